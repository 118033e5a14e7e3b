"""The list model: the rows loaded so far, changed step by step and never reset for a few of them."""

from collections.abc import Callable, Sequence
from datetime import datetime

from PySide6.QtCore import (
    QAbstractListModel,
    QLocale,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from inbox_desktop.models.clock import now
from inbox_desktop.models.queries.rows import TicketRow
from inbox_desktop.ui.kit import (
    NOT_DELIVERED,
    NOT_SUBSCRIBED,
    PillSpec,
    StateRole,
    TicketRole,
    ticket_sentence,
)
from inbox_desktop.ui.ticket_list.diff import Change, Insert, Move, Remove, Step

MOST_STEPS = 60
"""Above this, one new layout is quicker than moving rows one by one."""

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


class TicketListModel(QAbstractListModel):
    """Tickets in the order of a query. Knows nothing of queries: rows are given to it.

    Signals:
        more_wanted: the view has come near the end of what is loaded.
    """

    more_wanted = Signal()

    def __init__(self, parent: QObject | None = None, clock: Callable[[], datetime] = now) -> None:
        super().__init__(parent)
        self._rows: list[TicketRow] = []
        self._places: dict[str, int] = {}
        self._complete = True
        self._clock = clock
        self._locale = QLocale()

    @property
    def rows(self) -> tuple[TicketRow, ...]:
        """What is loaded, in order."""
        return tuple(self._rows)

    @property
    def complete(self) -> bool:
        """Whether nothing follows the last row."""
        return self._complete

    def row(self, place: int) -> TicketRow | None:
        """The ticket at a place, None beyond the ends."""
        return self._rows[place] if 0 <= place < len(self._rows) else None

    def place_of(self, ticket_id: str | None) -> int | None:
        """Where a ticket stands, None when it is not loaded."""
        if not self._places and self._rows:
            self._places = {row.id: place for place, row in enumerate(self._rows)}
        return self._places.get(ticket_id) if ticket_id else None

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row = self.row(index.row()) if index.isValid() else None
        if row is None:
            return None
        if role == TicketRole:
            return row
        state = _state(row)
        if role == StateRole:
            return state
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ticket_sentence(row, self._clock(), self._locale, state=state)
        return None

    def canFetchMore(self, parent: Index) -> bool:
        return not parent.isValid() and not self._complete

    def fetchMore(self, parent: Index) -> None:
        if self.canFetchMore(parent):
            self.more_wanted.emit()

    def start(self, rows: Sequence[TicketRow], *, complete: bool) -> None:
        """Show the answer to another question."""
        self.beginResetModel()
        self._rows = list(rows)
        self._places = {}
        self._complete = complete
        self.endResetModel()

    def append(self, rows: Sequence[TicketRow], *, complete: bool) -> None:
        """Continue behind the last row; what is here already is left out."""
        self._complete = complete
        fresh = [row for row in rows if self.place_of(row.id) is None]
        if fresh:
            first = len(self._rows)
            self.beginInsertRows(_NOWHERE, first, first + len(fresh) - 1)
            self._rows.extend(fresh)
            self._places = {}
            self.endInsertRows()

    def update(self, rows: Sequence[TicketRow], way: Change, *, complete: bool) -> None:
        """Become `rows` by removing, moving, inserting and changing only what differs.

        `way` leads there from the present rows (`diff.change`).
        """
        self._complete = complete
        if len(way.steps) > MOST_STEPS:
            self._lay_out_anew(rows)
            return
        for step in way.steps:
            self._do(step, rows)
        for place in way.changed:
            self._rows[place] = rows[place]
            self.dataChanged.emit(self.index(place), self.index(place))

    def _do(self, step: Step, rows: Sequence[TicketRow]) -> None:
        match step:
            case Remove(first, last):
                self.beginRemoveRows(_NOWHERE, first, last)
                del self._rows[first : last + 1]
                self._places = {}
                self.endRemoveRows()
            case Move(source, target):
                # Qt counts the target among the rows as they are before the move.
                before = target + 1 if target > source else target
                self.beginMoveRows(_NOWHERE, source, source, _NOWHERE, before)
                self._rows.insert(target, self._rows.pop(source))
                self._places = {}
                self.endMoveRows()
            case Insert(first, last):
                self.beginInsertRows(_NOWHERE, first, last)
                self._rows[first:first] = rows[first : last + 1]
                self._places = {}
                self.endInsertRows()

    def _lay_out_anew(self, rows: Sequence[TicketRow]) -> None:
        """Change everything at once; selection and current row follow their tickets."""
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        ids = [row.id if (row := self.row(index.row())) else "" for index in before]
        self._rows = list(rows)
        self._places = {}
        places = [self.place_of(ticket_id) for ticket_id in ids]
        after = [QModelIndex() if place is None else self.index(place) for place in places]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()


def _state(row: TicketRow) -> PillSpec | None:
    """What stands in the way of an answer, besides what the ticket itself tells."""
    if row.delivery_problem:
        return NOT_DELIVERED
    return NOT_SUBSCRIBED if row.may_text is False and not row.customer_blocked else None
