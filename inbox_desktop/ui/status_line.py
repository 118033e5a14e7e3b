"""The line at the window's foot: every channel's state and reason, and what waits in the outbox."""

from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QLocale, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from inbox_desktop.models.clock import now
from inbox_desktop.models.health import Health
from inbox_desktop.models.kinds import DeliveryState
from inbox_desktop.models.queries.rows import OutboxRow
from inbox_desktop.ui.channel_words import (
    channel_name,
    channel_tone,
    detail_words,
    moves_with_time,
    state_words,
)
from inbox_desktop.ui.kit import Button, Label, StatusDot, Tone, theme
from inbox_desktop.ui.kit.painting import hairline
from inbox_desktop.ui.popover import Popover

_HEIGHT = 28
_PANEL_WIDTH = 340


class StatusButton(StatusDot):
    """A state that opens its panel when it is pressed, by mouse or keyboard.

    Signals:
        pressed: it was pressed.
    """

    pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.pressed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space}:
            self.pressed.emit()
        else:
            super().keyPressEvent(event)


@dataclass(frozen=True, slots=True)
class OutboxSummary:
    """What the outbox's button says."""

    text: str
    tone: Tone


def summary_of(rows: tuple[OutboxRow, ...]) -> OutboxSummary | None:
    """The outbox in a few words; None when nothing is in it."""
    if not rows:
        return None
    asked = sum(row.state in {DeliveryState.FAILED, DeliveryState.UNKNOWN} for row in rows)
    waiting = len(rows) - asked
    parts = [f"{waiting} waiting"] if waiting else []
    if asked:
        parts.append(f"{asked} {'needs' if asked == 1 else 'need'} you")
    return OutboxSummary(f"Outbox: {', '.join(parts)}", Tone.BAD if asked else Tone.NEUTRAL)


class StatusLine(QWidget):
    """The status line.

    Signals:
        try_wanted(str): synchronise this channel now, by its id.
        settings_wanted: the channels' settings shall open.
        outbox_wanted: the outbox shall open.
    """

    try_wanted = Signal(str)
    settings_wanted = Signal()
    outbox_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._healths: dict[str, Health] = {}
        self._buttons: dict[str, StatusButton] = {}
        self._locale = QLocale()
        self._left = QHBoxLayout()
        self._left.setSpacing(18)
        self.outbox = StatusButton(self)
        self.outbox.pressed.connect(self.outbox_wanted)
        self.outbox.hide()
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 1, 14, 0)
        row.setSpacing(18)
        row.addLayout(self._left)
        row.addStretch(1)
        row.addWidget(self.outbox)
        self._clock = QTimer(self)
        self._clock.setInterval(1000)
        self._clock.timeout.connect(self._tick)
        theme().changed.connect(self._restyle)
        self._restyle()

    def _restyle(self) -> None:
        self.setFixedHeight(theme().px(_HEIGHT))
        self.update()

    def set_health(self, health: Health) -> None:
        """Show a channel's state."""
        self._healths[health.channel_id] = health
        if health.channel_id not in self._buttons:
            button = StatusButton(self)
            button.pressed.connect(partial(self.open_panel, health.channel_id))
            self._buttons[health.channel_id] = button
            self._left.addWidget(button)
        self._tell()

    def keep_only(self, channel_ids: set[str]) -> None:
        """Forget channels that are no more."""
        for gone in set(self._buttons) - channel_ids:
            self._buttons.pop(gone).deleteLater()
            self._healths.pop(gone, None)
        self._tell()

    def set_outbox(self, rows: tuple[OutboxRow, ...]) -> None:
        """Show how many messages wait."""
        summary = summary_of(rows)
        self.outbox.setVisible(summary is not None)
        if summary is not None:
            self.outbox.set_status(summary.text, summary.tone, "Open the outbox")

    def words(self) -> list[str]:
        """What the line says of the channels."""
        return [button.text() for button in self._buttons.values()]

    def open_panel(self, channel_id: str) -> "ChannelPanel":
        """Show a channel's whole reason, and what can be done."""
        panel = ChannelPanel(self._healths[channel_id], self._locale, self)
        panel.try_wanted.connect(self.try_wanted)
        panel.settings_wanted.connect(self.settings_wanted)
        panel.closed.connect(panel.deleteLater)
        panel.open_at(self._buttons[channel_id], above=True)
        return panel

    def _tick(self) -> None:
        if self.isVisible() and not self.window().isMinimized():
            self._tell()

    def _tell(self) -> None:
        kinds = [health.kind for health in self._healths.values()]
        moment = now()
        for channel_id, health in self._healths.items():
            name = channel_name(health, alone=kinds.count(health.kind) == 1)
            words = f"{name} {state_words(health, moment, self._locale)}"
            detail = detail_words(health, moment, self._locale)
            button = self._buttons[channel_id]
            if button.text() != words or button.tone is not channel_tone(health):
                button.set_status(words, channel_tone(health), detail)
        if any(moves_with_time(health) for health in self._healths.values()):
            self._clock.start()
        else:
            self._clock.stop()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme().colour("window"))
        hairline(painter, 0, self.width(), 0, theme().colour("line"))
        painter.end()


class ChannelPanel(Popover):
    """What a channel has to say, with the buttons to act on it.

    Signals:
        try_wanted(str): "Try now", with the channel's id.
        settings_wanted: "Settings".
    """

    try_wanted = Signal(str)
    settings_wanted = Signal()

    def __init__(self, health: Health, locale: QLocale, parent: QWidget) -> None:
        super().__init__(health.name, parent)
        words = state_words(health, now(), locale)
        head = StatusDot(f"{health.name}", channel_tone(health), parent=self)
        state = Label(f"{words[:1].upper()}{words[1:]}.", weight=600, wrap=True, parent=self)
        reason = Label(health.reason or "All is well.", "text", "text_2", wrap=True, parent=self)
        for label in (state, reason):
            label.setFixedWidth(theme().px(_PANEL_WIDTH))
        self.body.addWidget(head)
        self.body.addWidget(state)
        self.body.addWidget(reason)
        self.try_button = Button("Try now", variant="primary", icon_name="refresh", parent=self)
        self.try_button.clicked.connect(lambda _checked=False: self._act(health.channel_id))
        settings = Button("Channel settings", parent=self)
        settings.clicked.connect(lambda _checked=False: self._open_settings())
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.try_button)
        row.addWidget(settings)
        row.addStretch(1)
        self.body.addLayout(row)
        self.try_button.setFocus()

    def _act(self, channel_id: str) -> None:
        self.hide()
        self.try_wanted.emit(channel_id)

    def _open_settings(self) -> None:
        self.hide()
        self.settings_wanted.emit()
