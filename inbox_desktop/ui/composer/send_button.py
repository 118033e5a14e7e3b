"""The one primary button of the window: send, and beside it the other ways to send."""

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAction, QColor, QKeySequence, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QMenu, QSizePolicy, QWidget

from inbox_desktop.ui.kit import icon, paint_icon, theme
from inbox_desktop.ui.kit.painting import draw_line_of_text
from inbox_desktop.ui.kit.plain import text_width
from inbox_desktop.ui.kit.tokens import CONTROL_HEIGHT, RADIUS


class _Part(QAbstractButton):
    """One half of the button; `side` says which corners are round."""

    def __init__(self, side: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._side = side
        self.words, self.hint = "", ""
        self.alone = False
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme().changed.connect(self.updateGeometry)

    def sizeHint(self) -> QSize:
        """Room for the words, or for the chevron."""
        px = theme().px
        if self._side == "right":
            return QSize(px(26), px(CONTROL_HEIGHT))
        words = text_width(self.words, theme().font("text", 500))
        hint = text_width(self.hint, theme().font("small")) + px(7) if self.hint else 0
        return QSize(round(words + hint + 2 * px(11)), px(CONTROL_HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint this half."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=True)
        rect = QRectF(self.rect())
        shape = (
            rect
            if self.alone
            else rect.adjusted(0, 0, RADIUS, 0)
            if self._side == "left"
            else rect.adjusted(-RADIUS, 0, 0, 0)
        )
        path = QPainterPath()
        path.addRoundedRect(shape, RADIUS, RADIUS)
        painter.setClipRect(rect)
        ground = "neutral_soft" if not self.isEnabled() else "accent"
        if self.isEnabled() and (self.underMouse() or self.isDown()):
            ground = "accent_hover"
        painter.fillPath(path, theme().colour(ground))
        ink = "on_accent" if self.isEnabled() else "text_3"
        if self._side == "right":
            line = QColor(theme().colour(ink))
            line.setAlphaF(0.35)
            painter.fillRect(QRectF(0, 6, 1, rect.height() - 12), line)
            side = theme().px(14)
            paint_icon(
                painter, QRectF((rect.width() - side) / 2, 0, side, rect.height()), "chevron-down", ink
            )
        else:
            left, font = float(theme().px(11)), theme().font("text", 500)
            draw_line_of_text(painter, rect.adjusted(left, 0, 0, 0), self.words, font, theme().colour(ink))
            left += text_width(self.words, font) + theme().px(7)
            small = theme().font("small")
            draw_line_of_text(painter, rect.adjusted(left, 0, 0, 0), self.hint, small, theme().colour(ink))
        painter.end()


class SendButton(QWidget):
    """The button "Send" with a menu that also offers "Send and close"; for notes only "Add note".

    Signals:
        send(bool): send now; True closes the ticket, too.
    """

    send = Signal(bool)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._hint_shown = True
        self._main = _Part("left", self)
        self._arrow = _Part("right", self)
        self._main.clicked.connect(lambda: self.send.emit(False))
        self._arrow.clicked.connect(self._open_menu)
        self._arrow.setAccessibleName("More ways to send")
        self._arrow.setToolTip("More ways to send")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._main)
        row.addWidget(self._arrow)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set_note(note=False)

    def set_note(self, *, note: bool) -> None:
        """Offer to add a note, or to send a reply."""
        self._main.words = "Add note" if note else "Send"
        self._main.hint = _shown("Ctrl+Return") if self._hint_shown else ""
        self._main.alone = note
        self._main.setAccessibleName(f"{self._main.words}, {QKeySequence('Ctrl+Return').toString()}")
        self._arrow.setVisible(not note)
        self._main.updateGeometry()
        self.update()

    def show_hint(self, *, shown: bool) -> None:
        """Whether the shortcut stands on the button."""
        if shown != self._hint_shown:
            self._hint_shown = shown
            self.set_note(note=self._main.alone)

    def set_ready(self, *, ready: bool) -> None:
        """Whether there is anything to send."""
        self._main.setEnabled(ready)
        self._arrow.setEnabled(ready)

    def _open_menu(self) -> None:
        menu = QMenu(self)
        for words, mark, keys, close in (
            ("Send", "send", "Ctrl+Return", False),
            ("Send and close", "check", "Ctrl+Shift+Return", True),
        ):
            action = QAction(icon(mark), f"{words}\t{_shown(keys)}", menu)
            action.triggered.connect(lambda _checked=False, close=close: self.send.emit(close))
            menu.addAction(action)
        menu.aboutToHide.connect(menu.deleteLater)
        size = menu.sizeHint()
        menu.popup(self.mapToGlobal(QPoint(self.width() - size.width(), -size.height() - 4)))


def _shown(keys: str) -> str:
    """A shortcut as the platform writes it, with the sign for Return."""
    native = QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)
    return native.replace("Return", "⏎").replace("Shift+", "⇧ ").replace("Ctrl+", "Ctrl ")
