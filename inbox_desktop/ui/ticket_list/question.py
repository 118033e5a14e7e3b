"""What a list asks for: a place with its filter and order, or words to search."""

from dataclasses import dataclass, replace

from inbox_desktop.models.queries.filters import Sort, StatusFilter, TicketFilter, View
from inbox_desktop.models.queries.rows import PageKey, TicketRow
from inbox_desktop.models.queries.search import search
from inbox_desktop.models.queries.tickets import ticket_row, ticket_rows
from inbox_desktop.models.store import Reader
from inbox_desktop.ui.places import Place

PAGE = 100


@dataclass(frozen=True, slots=True)
class Question:
    """One list. With `words` it is the search over everything, and place, status and order don't count."""

    place: Place
    me: str
    status: StatusFilter = StatusFilter.DEFAULT
    sort: Sort = Sort.NEWEST
    unread_only: bool = False
    words: str = ""

    @property
    def title(self) -> str:
        """What stands above the list."""
        return "Search" if self.words else self.place.title

    @property
    def is_narrowed(self) -> bool:
        """Whether it shows less than its place does by itself."""
        return self.status is not StatusFilter.DEFAULT or self.unread_only

    def widened(self) -> "Question":
        """The same place without a filter."""
        return replace(self, status=StatusFilter.DEFAULT, unread_only=False)

    def filter(self) -> TicketFilter:
        """The filter that the query understands."""
        return TicketFilter(
            view=self.place.view,
            status=self.status,
            channel_id=self.place.channel_id,
            me=self.me,
            unread_only=self.unread_only,
        )

    @property
    def shown_status(self) -> StatusFilter:
        """The status filter as it is called: the default by its real name."""
        if self.status is not StatusFilter.DEFAULT:
            return self.status
        if self.place.view is View.ALL:
            return StatusFilter.ANY
        return StatusFilter.SNOOZED if self.place.view is View.SNOOZED else StatusFilter.OPEN


@dataclass(frozen=True, slots=True)
class Answer:
    """Rows in order. `complete`: nothing follows them.

    `missing` is the ticket that was asked about when it is not among them.
    """

    rows: tuple[TicketRow, ...]
    complete: bool
    missing: TicketRow | None = None


def first_rows(reader: Reader, question: Question, count: int, about: str | None = None) -> Answer:
    """The first rows of a list, at least a page of them, and what became of the ticket `about`."""
    limit = max(PAGE, -(-count // PAGE) * PAGE)
    if question.words:
        rows = search(reader, question.words, limit)
    else:
        rows = ticket_rows(reader, question.filter(), question.sort, limit)
    lost = about is not None and all(row.id != about for row in rows)
    return Answer(rows, len(rows) < limit, ticket_row(reader, about) if lost and about else None)


def next_rows(reader: Reader, question: Question, after: PageKey, have: int) -> Answer:
    """The page behind a row. A search has no pages and gives everything up to there anew."""
    if question.words:
        return first_rows(reader, question, have + PAGE)
    rows = ticket_rows(reader, question.filter(), question.sort, PAGE, after)
    return Answer(rows, len(rows) < PAGE)
