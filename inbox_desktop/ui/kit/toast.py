"""Short messages that float over the window, with one thing to do about them, such as Undo."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QEasingCurve, QEvent, QObject, QPoint, QPropertyAnimation, QRectF, QSize, QTimer
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QColor,
    QEnterEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QGraphicsDropShadowEffect, QHBoxLayout, QSizePolicy, QWidget

from inbox_desktop.ui.kit.buttons import Button, IconButton
from inbox_desktop.ui.kit.icons import paint_icon
from inbox_desktop.ui.kit.labels import Label
from inbox_desktop.ui.kit.painting import KitWidget, rounded
from inbox_desktop.ui.kit.pill import Tone
from inbox_desktop.ui.kit.theme import theme
from inbox_desktop.ui.kit.tokens import GAP_WIDE, ICON

DEFAULT_SECONDS: Final = 6.0
IN_A_HURRY_SECONDS: Final = 1.5
MOTION_MS: Final = 140
_BOTTOM: Final = 44
# Beside the rail, over the views: in the middle it would cover the buttons of the composer.
_LEFT: Final = 76
_WIDEST: Final = 460
_RADIUS: Final = 10
_TONE_ICONS: Final = {Tone.GOOD: "check", Tone.WARN: "warning", Tone.BAD: "warning"}


@dataclass(frozen=True, slots=True)
class ToastMessage:
    """One message. It goes by itself after `seconds`; zero means that it stays until it is closed."""

    text: str
    action_text: str = ""
    on_action: Callable[[], None] | None = None
    seconds: float = DEFAULT_SECONDS
    tone: Tone = Tone.NEUTRAL


class Toast(KitWidget):
    """The one toast of a window: `Toast(window).show_message("Closed #1042", "Undo", undo)`.

    Messages queue: while others wait, the one shown leaves sooner. The pointer or the focus on it
    keeps it. Screen readers hear every message.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._waiting: deque[ToastMessage] = deque()
        self._current: ToastMessage | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.dismiss)
        self._slide = QPropertyAnimation(self, b"pos", self)
        self._slide.setDuration(MOTION_MS)
        self._slide.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._build()
        parent.installEventFilter(self)
        self.hide()

    def _build(self) -> None:
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Maximum)
        self._label = Label("", "text", "on_inverse", parent=self)
        self._action = Button("", variant="link", ink="inverse_accent", parent=self)
        self._action.clicked.connect(self._act)
        self._close = IconButton("x", "Dismiss", variant="link", parent=self)
        self._close.set_ink("on_inverse")
        self._close.clicked.connect(self.dismiss)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 9, 10, 9)
        row.setSpacing(GAP_WIDE)
        row.addWidget(self._label, 1)
        row.addWidget(self._action)
        row.addWidget(self._close)
        shadow = QGraphicsDropShadowEffect(self)
        shadow.setBlurRadius(24)
        shadow.setOffset(0, 6)
        shadow.setColor(QColor(0, 0, 0, 70))
        self.setGraphicsEffect(shadow)

    @property
    def current(self) -> ToastMessage | None:
        """The message that is shown."""
        return self._current

    @property
    def waiting(self) -> int:
        """How many messages wait behind it."""
        return len(self._waiting)

    def show_message(
        self,
        text: str,
        action_text: str = "",
        on_action: Callable[[], None] | None = None,
        *,
        seconds: float = DEFAULT_SECONDS,
        tone: Tone = Tone.NEUTRAL,
    ) -> None:
        """Show a message, or queue it behind the one that is shown."""
        self._waiting.append(ToastMessage(text, action_text, on_action, seconds, tone))
        if self._current is None:
            self._next()
        elif self._timer.isActive() and self._timer.remainingTime() > IN_A_HURRY_SECONDS * 1000:
            self._timer.start(round(IN_A_HURRY_SECONDS * 1000))

    def dismiss(self) -> None:
        """Take the message away and show the next one."""
        self._timer.stop()
        self._current = None
        if self._waiting:
            self._next()
        else:
            self._slide.stop()
            self.hide()

    def clear(self) -> None:
        """Take everything away, also what waits."""
        self._waiting.clear()
        self.dismiss()

    def _act(self) -> None:
        message = self._current
        self.dismiss()
        if message is not None and message.on_action is not None:
            message.on_action()

    def _next(self) -> None:
        message = self._waiting.popleft()
        self._current = message
        self._label.setText(message.text)
        self._action.setText(message.action_text)
        self._action.setVisible(bool(message.action_text))
        self.setAccessibleName(message.text)
        icon = 0 if message.tone not in _TONE_ICONS else theme().px(ICON) + 8
        layout = self.layout()
        if layout is not None:
            layout.setContentsMargins(14 + icon, 9, 10, 9)
        self._place(animate=not self.isVisible())
        self._start_timer()
        self._announce(message.text)

    def _start_timer(self) -> None:
        if self._current is not None and self._current.seconds > 0:
            seconds = IN_A_HURRY_SECONDS if self._waiting else self._current.seconds
            self._timer.start(round(seconds * 1000))

    def _announce(self, text: str) -> None:
        if QAccessible.isActive():
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, text))

    def _place(self, *, animate: bool) -> None:
        parent = self.parentWidget()
        if parent is None:
            return
        left = theme().px(_LEFT)
        widest = max(120, min(theme().px(_WIDEST), parent.width() - left - theme().px(24)))
        self._label.setWordWrap(False)
        self.adjustSize()
        if self.sizeHint().width() > widest:
            self._label.setWordWrap(True)
            self.resize(widest, self.heightForWidth(widest))
        else:
            self.resize(self.sizeHint())
        to = QPoint(left, parent.height() - self.height() - theme().px(_BOTTOM))
        self._slide.stop()
        self.raise_()
        self.show()
        if animate and not theme().reduced_motion:
            self._slide.setStartValue(to + QPoint(0, 12))
            self._slide.setEndValue(to)
            self.move(to + QPoint(0, 12))
            self._slide.start()
        else:
            self.move(to)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay at the bottom of the window when it changes its size."""
        if event.type() == QEvent.Type.Resize and self._current is not None:
            self._place(animate=False)
        return super().eventFilter(watched, event)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Stay while the pointer is on it."""
        self._timer.stop()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Go on counting when the pointer leaves, unless the keyboard is here."""
        if not self._action.hasFocus():
            self._start_timer()
        super().leaveEvent(event)

    def sizeHint(self) -> QSize:
        """As wide as the words."""
        layout = self.layout()
        return layout.sizeHint() if layout is not None else QSize()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint ground and icon."""
        painter = QPainter(self)
        rounded(painter, QRectF(self.rect()), _RADIUS, theme().colour("inverse"))
        name = _TONE_ICONS.get(self._current.tone) if self._current else None
        if name:
            side = theme().px(ICON)
            paint_icon(painter, QRectF(14, (self.height() - side) / 2, side, side), name, "on_inverse")
        painter.end()
