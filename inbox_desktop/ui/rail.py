"""The rail at the left edge: the rooms of the program, settings, and who sits here."""

from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QVBoxLayout, QWidget

from inbox_desktop.models.queries.rows import AgentRow
from inbox_desktop.ui.kit import RailButton, initials, paint_avatar, plain_tool_tip, theme
from inbox_desktop.ui.shortcuts import shown_keys

WIDTH: Final = 60


class _Me(QAbstractButton):
    """The avatar of the person who sits here."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._name = ""
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        theme().changed.connect(self.updateGeometry)

    def set_person(self, me: AgentRow) -> None:
        self._name = me.name
        self.setToolTip(plain_tool_tip("\n".join(filter(None, (me.name, me.email)))))
        self.setAccessibleName(f"{me.name} ({initials(me.name)})")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme().px(34), theme().px(34))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        side = theme().px(32)
        paint_avatar(painter, QRectF(1, 1, side, side), self._name)
        painter.end()


class Rail(QWidget):
    """The navigation rail. Rooms that do not exist yet have no entry.

    Signals:
        inbox_wanted, settings_wanted: the entries.
    """

    inbox_wanted = Signal()
    settings_wanted = Signal()

    def __init__(self, me: AgentRow, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.inbox = RailButton("inbox", "Inbox", parent=self)
        self.inbox.setChecked(True)
        self.inbox.clicked.connect(self._inbox_pressed)
        self.settings = RailButton(
            "settings", "Channels and settings", hint=shown_keys("Ctrl+,"), parent=self
        )
        self.settings.setCheckable(False)
        self.settings.clicked.connect(lambda _checked=False: self.settings_wanted.emit())
        self._me = _Me(self)
        self._me.clicked.connect(lambda _checked=False: self.settings_wanted.emit())
        middle = Qt.AlignmentFlag.AlignHCenter
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 12, 0, 12)
        column.setSpacing(8)
        column.addWidget(self.inbox, 0, middle)
        column.addStretch(1)
        column.addWidget(self.settings, 0, middle)
        column.addWidget(self._me, 0, middle)
        self.set_me(me)
        theme().changed.connect(self._restyle)
        self._restyle()

    def _restyle(self) -> None:
        self.setFixedWidth(theme().px(WIDTH))
        self.update()

    def set_me(self, me: AgentRow) -> None:
        """Show who sits here."""
        self._me.set_person(me)

    def set_unread(self, count: int) -> None:
        """Show the number of unread tickets; none hides the badge."""
        self.inbox.set_count(count)

    def _inbox_pressed(self) -> None:
        self.inbox.setChecked(True)
        self.inbox_wanted.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme().colour("rail"))
        painter.end()
