"""The ticket's tags: taken off one by one, and added by typing."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QSizePolicy, QWidget

from inbox_desktop.models.actions.tickets import LONGEST_TAG
from inbox_desktop.ui.kit import (
    Button,
    ElidedLabel,
    paint_icon,
    paint_pill,
    pill_size,
    plain_tool_tip,
    tag_pill,
    theme,
)
from inbox_desktop.ui.kit.tokens import GAP_TIGHT

_CROSS: Final = 14
_LINE: Final = 24
_FIELD: Final = 110


class TagButton(QAbstractButton):
    """A tag; pressing it, or Delete, takes it off. The cross darkens under the pointer."""

    def __init__(self, tag: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.tag = tag
        self._spec = tag_pill(tag)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(f"Tag {self._spec.text}. Remove")
        self.setToolTip(plain_tool_tip(f"Remove the tag {self._spec.text}"))

    def sizeHint(self) -> QSize:
        """The pill and its cross."""
        size = pill_size(self._spec).toSize()
        return QSize(size.width() + theme().px(_CROSS) - 2, max(size.height(), theme().px(18)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete and Backspace, as Space does."""
        if event.key() in {Qt.Key.Key_Delete, Qt.Key.Key_Backspace}:
            self.click()
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the pill with the cross inside."""
        painter = QPainter(self)
        cross = theme().px(_CROSS)
        text = self._spec._replace(text="")
        paint_pill(painter, QRectF(self.rect()), text)
        paint_pill(painter, QRectF(self.rect()).adjusted(0, 0, 2 - cross, 0), self._spec)
        ink = "text_1" if self.underMouse() or self.hasFocus() else "text_3"
        paint_icon(painter, QRectF(self.width() - cross - 1, 0, theme().px(11), self.height()), "x", ink)
        painter.end()


class TagsRow(QWidget):
    """The name "Tags" at the left; the tags at the right, over as many lines as they need.

    Signals:
        added(str), removed(str): the person wants a tag put on or taken off.
    """

    added = Signal(str)
    removed = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._tags: tuple[str, ...] = ()
        self._buttons: list[TagButton] = []
        self._name = ElidedLabel("Tags", ink="text_2", parent=self)
        self._add = Button("Add", icon_name="plus", variant="quiet", parent=self)
        self._add.set_tight(tight=True)
        self._add.clicked.connect(self.begin)
        self._field = QLineEdit(self)
        self._field.setMaxLength(LONGEST_TAG)
        self._field.setProperty("tight", True)
        self._field.setPlaceholderText("New tag")
        self._field.setAccessibleName("New tag")
        self._field.returnPressed.connect(self._finish)
        self._field.installEventFilter(self)
        self._field.hide()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme().changed.connect(self._flow)

    def set_tags(self, tags: Sequence[str]) -> None:
        """Show these tags."""
        if tuple(tags) == self._tags and self._buttons:
            return
        self._tags = tuple(tags)
        for button in self._buttons:
            button.hide()
            button.deleteLater()
        self._buttons = []
        for tag in self._tags:
            button = TagButton(tag, self)
            button.clicked.connect(lambda _checked=False, tag=tag: self.removed.emit(tag))
            button.show()
            self._buttons.append(button)
        self._add.setText("" if self._tags else "Add")
        self._add.setAccessibleName("Add a tag")
        self._add.setToolTip("Add a tag")
        self._flow()

    def begin(self) -> None:
        """Let a tag be typed."""
        self._field.clear()
        self._field.show()
        self._add.hide()
        self._flow()
        self._field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _finish(self) -> None:
        tag = " ".join(self._field.text().split())
        self._leave()
        if tag:
            self.added.emit(tag)

    def _leave(self) -> None:
        had = self._field.hasFocus()
        self._field.hide()
        self._add.show()
        self._flow()
        if had:
            self._add.setFocus(Qt.FocusReason.OtherFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Escape, and leaving the field empty, put it away again."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Escape:
                event.accept()
                return True
        elif isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Escape:
                self._leave()
                return True
        elif event.type() == QEvent.Type.FocusOut and not self._field.text().strip():
            self._leave()
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Flow over the lines of the new width."""
        super().resizeEvent(event)
        self._flow()

    def _flow(self) -> None:
        """Place everything, each line flush with the right edge."""
        line = theme().px(_LINE)
        name = self._name.sizeHint()
        self._name.setGeometry(0, (line - name.height()) // 2, name.width(), name.height())
        left = name.width() + 12
        shown: list[QWidget] = [*self._buttons, self._add if self._field.isHidden() else self._field]
        rows: list[list[tuple[QWidget, QSize]]] = [[]]
        for widget in shown:
            hint = widget.sizeHint()
            wide = theme().px(_FIELD) if widget is self._field else hint.width()
            size = QSize(min(wide, max(40, self.width() - left)), min(hint.height(), line))
            used = sum(other.width() + GAP_TIGHT for _, other in rows[-1])
            if rows[-1] and used + size.width() > self.width() - left:
                rows.append([])
            rows[-1].append((widget, size))
        for number, row in enumerate(rows):
            x = self.width() - sum(size.width() for _, size in row) - GAP_TIGHT * (len(row) - 1)
            for widget, size in row:
                widget.setGeometry(
                    x, number * line + (line - size.height()) // 2, size.width(), size.height()
                )
                x += size.width() + GAP_TIGHT
        height = len(rows) * line
        if height != self.height():
            self.setFixedHeight(height)
