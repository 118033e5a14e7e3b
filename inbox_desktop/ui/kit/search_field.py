"""The search field: a magnifier, the words, a way to clear them, and the key that leads here."""

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSizePolicy, QWidget

from inbox_desktop.ui.kit.buttons import IconButton
from inbox_desktop.ui.kit.icons import paint_icon
from inbox_desktop.ui.kit.painting import CENTER, KitWidget, draw_line_of_text, rounded
from inbox_desktop.ui.kit.theme import theme
from inbox_desktop.ui.kit.tokens import CONTROL_HEIGHT, ICON, RADIUS


class SearchField(KitWidget):
    """A line to search in. Escape clears it first and leaves it on the second press.

    Signals:
        text_changed(str): on every change, as typed.
        submitted(str): Enter was pressed.
        left: Escape was pressed in the empty field; the owner puts the focus where it came from.
        moved_down: the down key was pressed; the owner moves into the results.
    """

    text_changed = Signal(str)
    submitted = Signal(str)
    left = Signal()
    moved_down = Signal()

    def __init__(
        self, placeholder: str = "Search", *, hint: str = "/", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._hint = hint
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.edit = QLineEdit(self)
        self.edit.setProperty("bare", True)
        self.edit.setProperty("kitRing", "parent")
        self.edit.setPlaceholderText(placeholder)
        self.edit.setAccessibleName(placeholder)
        self.edit.installEventFilter(self)
        self._clear = IconButton("x", "Clear search", parent=self)
        self._clear.set_tight(tight=True)
        self._clear.clicked.connect(self._cleared)
        self._clear.hide()
        self._row = QHBoxLayout(self)
        self._row.setSpacing(0)
        self._row.addWidget(self.edit, 1)
        self._row.addWidget(self._clear)
        self.setFocusProxy(self.edit)
        self.edit.textChanged.connect(self._text_changed)
        self.edit.returnPressed.connect(lambda: self.submitted.emit(self.edit.text()))
        self.restyle()

    def restyle(self) -> None:
        """Take over sizes and font."""
        hint = theme().px(30) if self._hint and not self.edit.text() else 3
        self._row.setContentsMargins(theme().px(34), 1, hint, 1)
        self.edit.setFont(theme().font())

    def text(self) -> str:
        """What is searched for, as typed."""
        return self.edit.text()

    def set_text(self, text: str) -> None:
        """Search for something else."""
        self.edit.setText(text)

    def sizeHint(self) -> QSize:
        """A control's height."""
        return QSize(theme().px(176), theme().px(CONTROL_HEIGHT + 2))

    def _text_changed(self, text: str) -> None:
        self._clear.setVisible(bool(text))
        self.restyle()
        self.update()
        self.text_changed.emit(text)

    def _cleared(self) -> None:
        self.edit.clear()
        self.edit.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take Escape and Down out of the line edit's hands, and repaint the frame with the focus."""
        if event.type() in {QEvent.Type.FocusIn, QEvent.Type.FocusOut}:
            self.update()
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            if event.key() == Qt.Key.Key_Escape:
                event.accept()  # the window has a use for this key, too
                return True
        elif isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Escape:
                if self.edit.text():
                    self.edit.clear()
                else:
                    self.left.emit()
                return True
            if event.key() == Qt.Key.Key_Down:
                self.moved_down.emit()
                return True
        return super().eventFilter(watched, event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The magnifier and the hint lead into the field, too."""
        self.edit.setFocus(Qt.FocusReason.MouseFocusReason)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint frame, magnifier and hint."""
        painter = QPainter(self)
        tokens = theme()
        focused = self.edit.hasFocus()
        line = tokens.colour("accent" if focused else "line_strong")
        rounded(painter, QRectF(self.rect()), RADIUS, tokens.colour("surface"), line)
        side = tokens.px(ICON)
        at = QRectF(tokens.px(10), (self.height() - side) / 2, side, side)
        paint_icon(painter, at, "search", "text_2")
        if self._hint and not self.edit.text():
            side = tokens.px(17)
            key = QRectF(self.width() - side - tokens.px(8), (self.height() - side) / 2, side, side)
            rounded(painter, key, 4, None, tokens.colour("line_strong"))
            draw_line_of_text(painter, key, self._hint, tokens.font("small"), tokens.colour("text_2"), CENTER)
        painter.end()
