"""The overview's cards: a titled, foldable box, and rows of a name with its value."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from inbox_desktop.ui.kit.icons import paint_icon
from inbox_desktop.ui.kit.labels import ElidedLabel
from inbox_desktop.ui.kit.painting import RIGHT, KitWidget, draw_line_of_text, rounded
from inbox_desktop.ui.kit.plain import one_line, text_width
from inbox_desktop.ui.kit.theme import theme
from inbox_desktop.ui.kit.tokens import EDGE, GAP_TIGHT, GAP_WIDE, RADIUS_CARD

_HEAD = 22


class _CardHead(QAbstractButton):
    """The title line; pressing it folds the card."""

    def __init__(self, title: str, *, foldable: bool, parent: QWidget) -> None:
        super().__init__(parent)
        self._title = one_line(title)
        self._foldable = foldable
        self.note = ""
        self.setCheckable(foldable)
        self.setChecked(foldable)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus if foldable else Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self._title)
        theme().changed.connect(self.updateGeometry)

    def sizeHint(self) -> QSize:
        """One line."""
        return QSize(theme().px(120), theme().px(_HEAD))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint title, note and chevron."""
        painter = QPainter(self)
        right = float(self.width())
        if self._foldable:
            side = theme().px(14)
            name = "chevron-down" if self.isChecked() else "chevron-right"
            paint_icon(painter, QRectF(right - side, (self.height() - side) / 2, side, side), name, "text_2")
            right -= side + 6
        title_font, note_font = theme().font("secondary", 600), theme().font("secondary")
        title = min(text_width(self._title, title_font) + 1, right)
        rect = QRectF(0, 0, title, self.height())
        draw_line_of_text(painter, rect, self._title, title_font, theme().colour("text_2"))
        note = QRectF(title + 8, 0, right - title - 8, self.height())
        draw_line_of_text(painter, note, self.note, note_font, theme().colour("text_2"), RIGHT)
        painter.end()


class Card(KitWidget):
    """A box with a title. Put content into `body` (a vertical layout) or with `add`.

    Signals:
        folded(bool): the user folded (True) or unfolded the card.
    """

    folded = Signal(bool)

    def __init__(self, title: str = "", *, foldable: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(EDGE, GAP_WIDE, EDGE, GAP_WIDE)
        outer.setSpacing(GAP_TIGHT)
        self._head = _CardHead(title, foldable=foldable, parent=self)
        self._head.setVisible(bool(title))
        self._head.toggled.connect(self._toggled)
        outer.addWidget(self._head)
        self._content = QWidget(self)
        self.body = QVBoxLayout(self._content)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(2)
        outer.addWidget(self._content)
        self.setAccessibleName(one_line(title))

    def let_grow(self) -> None:
        """Be as tall as its words need once they wrap; else it is never taller than by a guess at its width.

        What is below the card must be able to give way.
        """
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)

    def add(self, widget: QWidget) -> None:
        """Put a widget below what is there."""
        self.body.addWidget(widget)

    def add_row(self, name: str, value: "str | QWidget") -> "KeyValueRow":
        """Put a row of a name and its value below what is there."""
        row = KeyValueRow(name, value, parent=self._content)
        self.body.addWidget(row)
        return row

    def clear(self) -> None:
        """Take all content out."""
        while (item := self.body.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()

    def set_note(self, note: str) -> None:
        """Say something at the right of the title ("2 h ago")."""
        self._head.note = one_line(note)
        self._head.update()

    @property
    def is_folded(self) -> bool:
        """Whether the content is hidden."""
        return not self._content.isVisibleTo(self)

    def set_folded(self, *, folded: bool) -> None:
        """Fold or unfold."""
        self._head.setChecked(not folded)

    def _toggled(self, shown: bool) -> None:
        self._content.setVisible(shown)
        self._head.update()
        self.folded.emit(not shown)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the box."""
        painter = QPainter(self)
        rounded(painter, QRectF(self.rect()), RADIUS_CARD, theme().colour("surface"), theme().colour("line"))
        painter.end()


class KeyValueRow(QWidget):
    """A name at the left and its value at the right: a text (cut with an ellipsis) or a widget."""

    def __init__(self, name: str, value: "str | QWidget" = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 2, 0, 2)
        row.setSpacing(12)
        self._name = ElidedLabel(name, ink="text_2", parent=self)
        self._name.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        row.addWidget(self._name)
        self._value: ElidedLabel | None = None
        if isinstance(value, str):
            self._value = ElidedLabel(value, weight=500, align_right=True, tabular=True, parent=self)
            self._value.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            row.addWidget(self._value, 1)
            self._describe()
        else:
            row.addStretch(1)
            row.addWidget(value)

    def value(self) -> str:
        """The value's text; empty when it is a widget."""
        return self._value.text() if self._value else ""

    def set_value(self, text: str) -> None:
        """Show another text. Does nothing when the value is a widget."""
        if self._value is not None:
            self._value.set_text(text)
            self._describe()

    def _describe(self) -> None:
        self.setAccessibleName(f"{self._name.text()}: {self.value()}")


def row_of(*widgets: QWidget, spacing: int = GAP_TIGHT) -> QWidget:
    """Several widgets side by side as one, such as the tags of a `KeyValueRow`."""
    box = QWidget()
    layout = QHBoxLayout(box)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(spacing)
    for widget in widgets:
        layout.addWidget(widget)
    return box
