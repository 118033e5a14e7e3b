"""What stands where content is missing: nothing there, nothing found, an error, or still loading."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from inbox_desktop.ui.kit.buttons import Button
from inbox_desktop.ui.kit.icons import paint_icon
from inbox_desktop.ui.kit.labels import Label
from inbox_desktop.ui.kit.painting import KitWidget, hairline, rounded
from inbox_desktop.ui.kit.pill import ON_SOFT, SOFT, Tone
from inbox_desktop.ui.kit.theme import theme
from inbox_desktop.ui.kit.tokens import EDGE_WIDE, GAP, GAP_TIGHT

_TEXT_WIDTH = 280


class _RoundIcon(KitWidget):
    """An icon on a soft disc."""

    def __init__(self, icon_name: str, tone: Tone, parent: QWidget) -> None:
        super().__init__(parent)
        self._icon_name, self._tone = icon_name, tone
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """A disc of 48 px."""
        return QSize(theme().px(48), theme().px(48))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint disc and icon."""
        painter = QPainter(self)
        rect = QRectF(self.rect())
        rounded(painter, rect, rect.height() / 2, theme().colour(SOFT[self._tone]))
        side = theme().px(22)
        at = QRectF(rect.center().x() - side / 2, rect.center().y() - side / 2, side, side)
        paint_icon(painter, at, self._icon_name, ON_SOFT[self._tone])
        painter.end()


class EmptyState(QWidget):
    """Nothing is here: an icon, what that means, and the next thing to do.

    Signals:
        acted: the button was pressed.
    """

    acted = Signal()

    def __init__(
        self,
        icon_name: str,
        title: str,
        text: str = "",
        action_text: str = "",
        *,
        tone: Tone = Tone.NEUTRAL,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        column = self._column = QVBoxLayout(self)
        column.setSpacing(GAP_TIGHT)
        column.addStretch(2)
        middle = Qt.AlignmentFlag.AlignHCenter
        column.addWidget(_RoundIcon(icon_name, tone, self), 0, middle)
        column.addSpacing(GAP)
        self._title = Label("", "title", "text_1", weight=600, wrap=True, parent=self)
        self._text = Label("", "text", "text_2", wrap=True, parent=self)
        for label in (self._title, self._text):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            # No alignment for the layout: it would ask for one line's height and cut the others off.
            column.addWidget(label)
        column.addSpacing(GAP)
        self.button = Button(action_text, parent=self)
        self.button.clicked.connect(self._pressed)
        column.addWidget(self.button, 0, middle)
        column.addStretch(3)
        self.set_words(title, text, action_text)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the words in a narrow column in the middle."""
        side = max(EDGE_WIDE, (self.width() - theme().px(_TEXT_WIDTH)) // 2)
        self._column.setContentsMargins(side, EDGE_WIDE, side, EDGE_WIDE)
        super().resizeEvent(event)

    def _pressed(self) -> None:
        self.acted.emit()

    def set_words(self, title: str, text: str = "", action_text: str = "") -> None:
        """Say something else; an empty text or action is not shown."""
        self._title.setText(title)
        self._text.setText(text)
        self._text.setVisible(bool(text))
        self.button.setText(action_text)
        self.button.setVisible(bool(action_text))
        self.setAccessibleName(title)
        self.setAccessibleDescription(text)


class ErrorState(EmptyState):
    """Something went wrong: what happened, what was kept, what to do. `acted` asks to try again."""

    def __init__(
        self, title: str, text: str, action_text: str = "Try again", *, parent: QWidget | None = None
    ) -> None:
        super().__init__("warning", title, text, action_text, tone=Tone.WARN, parent=parent)


class Skeleton(KitWidget):
    """The shapes of rows that are still being loaded. They stand still: loading is over in a moment."""

    def __init__(self, rows: int = 6, row_height: int = 84, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows, self._row_height = rows, row_height
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Loading")

    def sizeHint(self) -> QSize:
        """All rows."""
        return QSize(theme().px(320), self._rows * theme().px(self._row_height))

    def minimumSizeHint(self) -> QSize:
        """One row; the others are cut off."""
        return QSize(theme().px(80), theme().px(self._row_height))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the shapes; lower rows are fainter."""
        painter = QPainter(self)
        height = theme().px(self._row_height)
        for row in range(self._rows):
            painter.setOpacity(max(0.2, 1 - row * 0.14))
            self._paint_row(painter, row, height)
        painter.end()

    def _paint_row(self, painter: QPainter, row: int, height: int) -> None:
        px, shape = theme().px, theme().colour("neutral_soft")
        top = row * height
        disc = min(px(34), height - px(12))
        rounded(painter, QRectF(px(27), top + px(12), disc, disc), disc / 2, shape)
        left, right = px(71), self.width() - px(17)
        widths = ((0.42, 0.78, 0.6), (0.34, 0.66, 0.72), (0.5, 0.58, 0.44))[row % 3]
        bar = px(9)
        lines = max(1, min(3, (height - px(20)) // px(18)))
        for line, share in enumerate(widths[:lines]):
            y = top + px(16) + line * px(18)
            rounded(painter, QRectF(left, y, (right - left) * share, bar), bar / 2, shape)
        rounded(painter, QRectF(right - px(32), top + px(16), px(32), bar), bar / 2, shape)
        hairline(painter, 0, self.width(), top + height - 1, theme().colour("line"))
