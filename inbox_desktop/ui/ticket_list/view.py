"""The list's view: rows of one height, several of which may be selected; it stays where one reads."""

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QScrollBar, QWidget

from inbox_desktop.models.queries.rows import TicketRow
from inbox_desktop.ui.kit import Density, TicketDelegate
from inbox_desktop.ui.ticket_list.model import TicketListModel

NEAR_END = 40
"""This many rows before the end of what is loaded, more is asked for."""


class FloatingBar(QScrollBar):
    """A scroll bar over the rows instead of beside them, so that they reach the pane's edge."""

    def __init__(self, view: QListView) -> None:
        super().__init__(Qt.Orientation.Vertical, view)
        self._view = view
        self._real = view.verticalScrollBar()
        self._real.rangeChanged.connect(self._follow_range)
        self._real.valueChanged.connect(self.setValue)
        self.valueChanged.connect(self._real.setValue)
        self._follow_range(self._real.minimum(), self._real.maximum())

    def _follow_range(self, low: int, high: int) -> None:
        self.setPageStep(self._real.pageStep())
        self.setRange(low, high)
        self.setVisible(high > low)

    def place(self) -> None:
        """Stand at the right edge of the view."""
        room = self._view.rect()
        width = self.sizeHint().width()
        self.setGeometry(room.right() - width + 1, room.top(), width, room.height())
        self.raise_()


class TicketListView(QListView):
    """Tickets, one under the other.

    Signals:
        opened: Enter or a double click; the focus shall go to the ticket itself.
        menu_wanted(QPoint): a context menu for the selection, at a global position.
        near_end: the last loaded rows are in sight.
    """

    opened = Signal()
    menu_wanted = Signal(QPoint)
    near_end = Signal()

    def __init__(self, model: TicketListModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tickets = model
        self.setModel(model)
        self.delegate = TicketDelegate(self)
        self.delegate.density_changed.connect(self.scheduleDelayedItemsLayout)
        self.setItemDelegate(self.delegate)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._bar = FloatingBar(self)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setMouseTracking(True)
        self.setAccessibleName("Tickets")
        self.verticalScrollBar().setSingleStep(self.delegate.row_height // 2)
        self.verticalScrollBar().valueChanged.connect(self._look_ahead)
        self.doubleClicked.connect(lambda _index: self.opened.emit())

    def set_density(self, density: Density) -> None:
        """Make rows taller or shorter."""
        self.delegate.set_density(density)
        self.verticalScrollBar().setSingleStep(self.delegate.row_height // 2)

    def current_place(self) -> int | None:
        """Where the current row is, None when there is none."""
        index = self.currentIndex()
        return index.row() if index.isValid() else None

    def selected_rows(self) -> tuple[TicketRow, ...]:
        """The selected tickets in the list's order."""
        places = sorted(index.row() for index in self.selectionModel().selectedIndexes())
        return tuple(row for place in places if (row := self._tickets.row(place)) is not None)

    def select_place(self, place: int) -> None:
        """Make one row the only selected and the current one, and bring it into sight."""
        index = self._tickets.index(place)
        self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self.scrollTo(index, QAbstractItemView.ScrollHint.EnsureVisible)

    def clear_choice(self) -> None:
        """Select nothing."""
        self.selectionModel().clear()

    def last_visible_place(self) -> int:
        """The last row in sight, -1 when there is none."""
        index = self.indexAt(QPoint(4, self.viewport().height() - 2))
        return index.row() if index.isValid() else self._tickets.rowCount() - 1

    def anchor(self) -> tuple[str, int] | None:
        """The uppermost row in sight and where it stands (pixels); None at the very top of the list."""
        if self.verticalScrollBar().value() == 0:
            return None
        index = self.indexAt(QPoint(4, 0))
        row = self._tickets.row(index.row()) if index.isValid() else None
        return (row.id, self.visualRect(index).top()) if row is not None else None

    def restore(self, anchor: tuple[str, int] | None) -> None:
        """Bring the row of an `anchor` back to where it stood."""
        place = self._tickets.place_of(anchor[0]) if anchor else None
        if anchor is None or place is None:
            return
        self.executeDelayedItemsLayout()
        top = self.visualRect(self._tickets.index(place)).top()
        bar = self.verticalScrollBar()
        bar.setValue(bar.value() + top - anchor[1])

    def _look_ahead(self) -> None:
        if self.last_visible_place() >= self._tickets.rowCount() - NEAR_END:
            self.near_end.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._bar.place()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Choose nothing by that: Qt would make the first row the current one without selecting it."""
        if self.currentIndex().isValid():
            super().focusInEvent(event)
        else:
            self.viewport().update()

    def keyboardSearch(self, search: str) -> None:
        """Letters are shortcuts here; nothing is looked for by typing."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and not event.modifiers():
            self.opened.emit()
            return
        super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A right click selects what it hits, unless that is selected already."""
        if event.button() == Qt.MouseButton.RightButton:
            index = self.indexAt(event.position().toPoint())
            if index.isValid() and not self.selectionModel().isSelected(index):
                self.select_place(index.row())
            return
        super().mousePressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if self.selectionModel().hasSelection():
            at = event.globalPos()
            if event.reason() is QContextMenuEvent.Reason.Keyboard:
                at = self.current_point()
            self.menu_wanted.emit(at)

    def current_point(self) -> QPoint:
        """A global point within the current row, where menus of the keyboard open."""
        index = self.currentIndex()
        rect = self.visualRect(index) if index.isValid() else self.viewport().rect()
        rect = rect.intersected(self.viewport().rect())
        return self.viewport().mapToGlobal(QPoint(rect.left() + rect.width() // 4, rect.center().y()))

    def index_of(self, ticket_id: str) -> QModelIndex:
        """The index of a ticket, invalid when it is not loaded."""
        place = self._tickets.place_of(ticket_id)
        return QModelIndex() if place is None else self._tickets.index(place)
