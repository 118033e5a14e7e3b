"""The list pane: header, tickets and their states; it keeps selection and scroll position through news."""

from dataclasses import replace

from PySide6.QtCore import QPoint, QTimer, Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from inbox_desktop.models.fulltext import words_of
from inbox_desktop.models.kinds import TicketStatus
from inbox_desktop.models.queries.filters import StatusFilter, View
from inbox_desktop.models.queries.rows import TicketRow
from inbox_desktop.ui.bridge import Bridge
from inbox_desktop.ui.kit import Density, Divider, EmptyState, ErrorState, Skeleton, theme
from inbox_desktop.ui.places import MINE, Place
from inbox_desktop.ui.ticket_list.feeder import Feeder, State
from inbox_desktop.ui.ticket_list.header import ListHeader
from inbox_desktop.ui.ticket_list.model import TicketListModel
from inbox_desktop.ui.ticket_list.question import PAGE, Answer, Question
from inbox_desktop.ui.ticket_list.view import TicketListView
from inbox_desktop.ui.ticket_list.words import nothing_for

PATIENCE_MS = 120
"""A list that comes sooner than this is not announced by a skeleton."""
SEARCH_MS = 50


class TicketListPane(QWidget):
    """The list of tickets.

    Signals:
        current_changed(TicketRow | None): another ticket is to be shown, or none.
        row_changed(TicketRow): the current ticket's row has news.
        selection_changed: other tickets are selected.
        opened: Enter on a ticket.
        command(str, object): a command by id, with the widget or point where its menu belongs.
        wanted(str): the button of an empty state: a command, or "clear_search".
        menu_wanted(QPoint): a context menu for the selection.
        views_wanted: the folded views pane shall open.
        trouble(str): something for people.
        shown: rows (or an empty state) have come up for a question.
    """

    current_changed = Signal(object)
    row_changed = Signal(object)
    selection_changed = Signal()
    opened = Signal()
    command = Signal(str, object)
    wanted = Signal(str)
    menu_wanted = Signal(QPoint)
    views_wanted = Signal()
    trouble = Signal(str)
    shown = Signal()

    def __init__(self, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._me = bridge.me.id
        self._question = Question(MINE, self._me)
        self._by_place: dict[str, Question] = {}
        self._current: TicketRow | None = None
        self._settling = False
        self._awaited: str | None = None
        self.chosen_by_person = True
        self._remembered: tuple[list[str], tuple[str, int] | None] = ([], None)
        self.model = TicketListModel(self)
        self.view = TicketListView(self.model, self)
        self._feeder = Feeder(bridge, self.model, self._needs, self)
        self._build()
        self._connect()

    def _build(self) -> None:
        self.setAutoFillBackground(True)
        self.header = ListHeader(self)
        self._stack = QStackedWidget(self)
        self._skeleton = Skeleton(parent=self)
        self._empties: dict[str, EmptyState] = {}
        self._error = ErrorState("The tickets could not be read", "", parent=self)
        for page in (self.view, self._skeleton, self._error):
            self._stack.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(Divider(parent=self))
        column.addWidget(self._stack, 1)
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(PATIENCE_MS)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(SEARCH_MS)
        self._restyle()

    def _connect(self) -> None:
        theme().changed.connect(self._restyle)
        self.header.asked.connect(self.ask)
        self.header.command.connect(self.command)
        self.header.views_wanted.connect(self.views_wanted)
        self.header.selection_cleared.connect(self._one_of_several)
        self.view.opened.connect(self.opened)
        self.view.menu_wanted.connect(self.menu_wanted)
        self.view.near_end.connect(self._feeder.more)
        self.view.selectionModel().currentChanged.connect(self._current_moved)
        self.view.selectionModel().selectionChanged.connect(self._selection_moved)
        self._feeder.state_changed.connect(self._state_changed)
        self._feeder.updating.connect(self._before_update)
        self._feeder.updated.connect(self._after_update)
        self._feeder.trouble.connect(self.trouble)
        self._error.acted.connect(self.refresh)
        self._patience.timeout.connect(lambda: self._stack.setCurrentWidget(self._skeleton))
        self._typing.timeout.connect(lambda: self._feeder.ask(self._question))

    def _restyle(self) -> None:
        palette = self.palette()
        palette.setColor(self.backgroundRole(), theme().colour("surface"))
        self.setPalette(palette)

    # What is asked for

    @property
    def question(self) -> Question:
        """What the list shows."""
        return self._question

    @property
    def is_searching(self) -> bool:
        """Whether the list holds what was searched for."""
        return bool(self._question.words)

    def show_place(self, place: Place) -> None:
        """Show a view or a channel, with the filter and order that it had last."""
        known = self._by_place.get(place.key)
        self.ask(replace(known, place=place) if known else Question(place, self._me))

    def ask(self, question: Question) -> None:
        """Show the list of a question, from its beginning."""
        if not question.words:
            self._by_place[question.place.key] = question
        self._question = question
        self._typing.stop()
        self._tell_question()
        self._feeder.ask(question)

    def search(self, words: str) -> None:
        """Show what holds these words, as soon as typing pauses; none lead back to the place."""
        cleaned = " ".join(words.split())
        if cleaned == self._question.words:
            return
        if not cleaned:
            self.show_place(self._question.place)
            return
        self._question = replace(self._question, words=cleaned)
        self._tell_question()
        self._typing.start()

    def _tell_question(self) -> None:
        self.header.set_question(self._question)
        # In my inbox every ticket is mine; to say so on each row would be noise.
        is_mine = self._question.place.view is View.MINE and not self._question.words
        self.view.delegate.set_show_assignee(shown=not is_mine)
        self.view.delegate.set_words(words_of(self._question.words))

    def refresh(self) -> None:
        """Read the list again."""
        self._feeder.refresh()

    def set_density(self, density: Density) -> None:
        """Make rows taller or shorter."""
        self.view.set_density(density)

    # What is chosen

    @property
    def current(self) -> TicketRow | None:
        """The ticket that is shown, as far as it was chosen here."""
        return self._current

    def selected(self) -> tuple[TicketRow, ...]:
        """The selected tickets in order."""
        return self.view.selected_rows()

    def step(self, by: int) -> None:
        """Go to the next (1) or previous (-1) ticket; the ends hold."""
        count = self.model.rowCount()
        if not count:
            return
        here = self.view.current_place()
        place = (0 if by > 0 else count - 1) if here is None else here + by
        if 0 <= place < count:
            self.view.select_place(place)

    def select(self, ticket_id: str) -> bool:
        """Choose a ticket if it is loaded; whether it was."""
        place = self.model.place_of(ticket_id)
        if place is not None:
            self.view.select_place(place)
        return place is not None

    def select_when_there(self, ticket_id: str) -> None:
        """Choose a ticket that is here or comes with the next news."""
        if not self.select(ticket_id):
            self._awaited = ticket_id

    def select_first(self) -> None:
        """Show the first ticket, if none is chosen. Nobody has asked for it, so it is not read by that."""
        if self._current is None and self.model.rowCount():
            self.chosen_by_person = False
            self.view.select_place(0)
            self.chosen_by_person = True

    def clear_choice(self) -> None:
        """Choose none; the ticket on the screen comes from elsewhere."""
        self._settling = True
        self.view.clear_choice()
        self._settling = False
        self._current = None
        self._selection_moved()

    def focus(self) -> None:
        """Put the keyboard into the list, or what stands there: a hidden view would take it much later."""
        (self._stack.currentWidget() or self.view).setFocus()

    def _one_of_several(self) -> None:
        place = self.view.current_place()
        if place is not None:
            self.view.select_place(place)

    def _current_moved(self) -> None:
        if self._settling:
            return
        place = self.view.current_place()
        row = self.model.row(place) if place is not None else None
        if (row and row.id) != (self._current and self._current.id):
            self._awaited = None
            self._current = row
            self.current_changed.emit(row)

    def _selection_moved(self) -> None:
        if not self._settling:
            self.header.set_selected(len(self.view.selectionModel().selectedIndexes()))
            self.selection_changed.emit()

    # What comes

    def _state_changed(self, state: State) -> None:
        if state is State.LOADING:
            self._patience.start()
            return
        self._patience.stop()
        if state is State.FAILED:
            self._error.set_words("The tickets could not be read", self._feeder.reason, "Try again")
            self._stack.setCurrentWidget(self._error)
            return
        self.view.scrollToTop()
        self._keep_current()
        self._show_rows()
        self.shown.emit()

    def _keep_current(self) -> None:
        """After another list has come: stay on the ticket if it is there, else show what is on the screen."""
        current = self._current
        place = self.model.place_of(current.id) if current else None
        self._settling = True
        if place is not None:
            self.view.select_place(place)
        self._settling = False
        if place is None:
            self._current = None
        self._selection_moved()

    def _show_rows(self) -> None:
        if self.model.rowCount():
            self._stack.setCurrentWidget(self.view)
            return
        nothing = nothing_for(self._question)
        empty = self._empties.get(nothing.icon)
        if empty is None:
            empty = self._empties[nothing.icon] = EmptyState(nothing.icon, "", parent=self)
            empty.acted.connect(self._empty_pressed)
            self._stack.addWidget(empty)
        empty.set_words(nothing.title, nothing.text, nothing.action)
        self._stack.setCurrentWidget(empty)

    def _empty_pressed(self) -> None:
        act = nothing_for(self._question).act
        if act == "widen":
            self.ask(self._question.widened())
        elif act == "any_status":
            self.ask(replace(self._question, status=StatusFilter.ANY))
        else:
            self.wanted.emit(act)

    def _before_update(self) -> None:
        self._settling = True
        order = [row.id for row in self.model.rows]
        self._remembered = (order, self.view.anchor())

    def _after_update(self, answer: Answer) -> None:
        order, anchor = self._remembered
        self._show_rows()
        self.view.restore(anchor)
        current = self._current
        place = self.model.place_of(current.id) if current else None
        if current is not None and place is None:
            self._current_left(current, answer, order)
            return
        self._settling = False
        self._selection_moved()
        row = self.model.row(place) if place is not None else None
        if row is not None and row != current:
            self._current = row
            self.row_changed.emit(row)
        if self._awaited is not None and self.select(self._awaited):
            self._awaited = None

    def _current_left(self, current: TicketRow, answer: Answer, order: list[str]) -> None:
        """The ticket on the screen is no longer in this list: go to its neighbour if it is done with."""
        self.view.clear_choice()
        self._settling = False
        self._current = None
        after = answer.missing
        if after is not None and not _is_done_with(after, self._me):
            self._selection_moved()
            self.row_changed.emit(after)
            return
        place = self._neighbour(current.id, order)
        if place is not None:
            self.view.select_place(place)
        else:
            self._selection_moved()
            self.current_changed.emit(None)

    def _neighbour(self, ticket_id: str, order: list[str]) -> int | None:
        """The next ticket that followed it and is still here, else the nearest one before it."""
        at = order.index(ticket_id) if ticket_id in order else 0
        for other in (*order[at + 1 :], *reversed(order[:at])):
            place = self.model.place_of(other)
            if place is not None:
                return place
        return 0 if self.model.rowCount() else None

    def _needs(self) -> tuple[int, str | None]:
        """How many rows must stay loaded (those in sight or selected, a page), and the ticket shown."""
        selected = [index.row() for index in self.view.selectionModel().selectedIndexes()]
        last = max([self.view.last_visible_place(), *selected], default=0)
        return last + PAGE, self._current.id if self._current else None


def _is_done_with(row: TicketRow, me: str) -> bool:
    """Whether the ticket needs nothing of the person who sits here now."""
    return row.status is not TicketStatus.OPEN or row.assignee_id not in {me, None}
