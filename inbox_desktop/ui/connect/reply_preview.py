"""What an automatic answer will look like on the customer's phone, or why it can't be sent."""

from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from inbox_desktop.ui.kit import Label, theme
from inbox_desktop.ui.kit.painting import KitWidget, rounded
from inbox_desktop.ui.kit.tokens import GAP_TIGHT

_PAD = 12
_ROUND = 14


class ReplyPreview(KitWidget):
    """A bubble with the answer's words, and their length below."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._text = Label("", "text", wrap=True, parent=self)
        self._text.setContentsMargins(_PAD, 8, _PAD, 8)
        self._length = Label("", "small", "text_2", parent=self)
        self._trouble = Label("", "secondary", "red_text", wrap=True, parent=self)
        self._trouble.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP_TIGHT)
        for label in (self._text, self._length, self._trouble):
            column.addWidget(label)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)

    @property
    def text(self) -> str:
        """What is shown: the answer, or the trouble with it."""
        return self._trouble.text() or self._text.text()

    def show_text(self, text: str, length: str) -> None:
        """Show the answer and its length in words."""
        self._set(text, f"As Ana gets it · {length}", "")

    def show_trouble(self, words: str) -> None:
        """Say why there is no answer."""
        self._set("", "", words)

    def _set(self, text: str, length: str, trouble: str) -> None:
        for label, words in ((self._text, text), (self._length, length), (self._trouble, trouble)):
            label.setText(words)
            label.setVisible(bool(words))
        self.setAccessibleName(f"Preview: {text or trouble}")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the bubble behind the answer."""
        if self._text.text():
            painter = QPainter(self)
            rounded(painter, QRectF(QRect(self._text.geometry())), _ROUND, theme().colour("outbound"))
            painter.end()
