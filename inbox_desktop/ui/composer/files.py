"""The files that hang on a draft, as chips that can be taken off again."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from inbox_desktop.models.queries.rows import DraftFile
from inbox_desktop.ui.kit import one_line, paint_icon, plain_tool_tip, theme
from inbox_desktop.ui.kit.painting import draw_line_of_text, rounded
from inbox_desktop.ui.kit.plain import elided, text_width
from inbox_desktop.ui.kit.tokens import GAP, ICON, RADIUS
from inbox_desktop.ui.thread.words import size_words

LARGE: Final = 25_000_000
"""What many mail servers refuse, in bytes, all files together."""
_HEIGHT: Final = 28
_PADDING: Final = 9
_WIDEST: Final = 240
_EDGE: Final = 14


def too_large_words(files: Sequence[DraftFile]) -> str:
    """What to say about files that are too large for many servers; empty otherwise."""
    total = sum(file.size for file in files)
    if total <= LARGE:
        return ""
    return (
        f"The files are {size_words(total)} together. Many mail servers refuse more than "
        f"{size_words(LARGE)}; the reply may come back."
    )


def as_png(image: QImage) -> bytes:
    """A pasted picture as a PNG file. Runs on any thread."""
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]  # the stubs know bytes only
    return bytes(content.data())


class _Chip(QAbstractButton):
    """One file; pressing it, or Delete, takes it off."""

    def __init__(self, file: DraftFile, parent: QWidget) -> None:
        super().__init__(parent)
        self.file = file
        self._name = one_line(file.filename) or "attachment"
        self._size = size_words(file.size)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setAccessibleName(f"Attached {self._name}, {self._size}. Remove")
        self.setToolTip(plain_tool_tip(f"{self._name} · {self._size}"))

    def sizeHint(self) -> QSize:
        """Room for mark, name, size and the cross."""
        px = theme().px
        words = text_width(self._name, theme().font("secondary")) + text_width(
            self._size, theme().font("small")
        )
        return QSize(min(round(words) + 2 * px(_PADDING) + 2 * px(ICON) + 3 * GAP, px(_WIDEST)), px(_HEIGHT))

    def _cross(self) -> QRectF:
        return QRectF(self.width() - self.height(), 0, self.height(), self.height())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Only the cross takes the file off, when the mouse is used."""
        if not self._cross().contains(event.position()):
            self.setDown(False)
            return
        super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete and Backspace, as Space does."""
        if event.key() in {Qt.Key.Key_Delete, Qt.Key.Key_Backspace}:
            self.click()
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the chip."""
        painter = QPainter(self)
        px = theme().px
        rounded(
            painter, QRectF(self.rect()), RADIUS - 1, theme().colour("surface"), theme().colour("line_strong")
        )
        height, left = self.height(), float(px(_PADDING))
        mark = "image" if self.file.content_type.startswith("image/") else "file"
        paint_icon(painter, QRectF(left, 0, px(14), height), mark, "text_2")
        left += px(14) + 6
        name_font, size_font = theme().font("secondary"), theme().font("small")
        size_width = text_width(self._size, size_font) + 1
        room = self._cross().left() - left - size_width - GAP
        shown = elided(self._name, name_font, room, Qt.TextElideMode.ElideMiddle)
        draw_line_of_text(painter, QRectF(left, 0, room, height), shown, name_font, theme().colour("text_1"))
        at = left + min(room, text_width(shown, name_font)) + 6
        draw_line_of_text(
            painter, QRectF(at, 0, size_width, height), self._size, size_font, theme().colour("text_2")
        )
        cross = self._cross()
        paint_icon(
            painter,
            QRectF(cross.x() + 4, 0, px(13), height),
            "x",
            "text_1" if self.underMouse() else "text_2",
        )
        painter.end()


class FileTray(QWidget):
    """The chips of a draft, flowing over lines; not there when there are none.

    Signals:
        changed: a file was taken off.
    """

    changed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._chips: list[_Chip] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Attached files")
        self.hide()

    def files(self) -> tuple[DraftFile, ...]:
        """The files in order."""
        return tuple(chip.file for chip in self._chips)

    def set_files(self, files: Sequence[DraftFile]) -> None:
        """Show these files. Sends no `changed`."""
        for chip in self._chips:
            chip.hide()
            chip.deleteLater()
        self._chips = []
        for file in files:
            self._add(file)
        self._flow()

    def add(self, file: DraftFile) -> None:
        """Hang another file on, once."""
        if file not in self.files():
            self._add(file)
            self._flow()

    def _add(self, file: DraftFile) -> None:
        chip = _Chip(file, self)
        chip.clicked.connect(lambda: self._remove(chip))
        self._chips.append(chip)
        chip.show()

    def _remove(self, chip: _Chip) -> None:
        index = self._chips.index(chip)
        self._chips.remove(chip)
        chip.hide()
        chip.deleteLater()
        if self._chips and chip.hasFocus():
            self._chips[min(index, len(self._chips) - 1)].setFocus(Qt.FocusReason.TabFocusReason)
        self._flow()
        self.changed.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Flow over the lines of the new width."""
        super().resizeEvent(event)
        self._flow()

    def _flow(self) -> None:
        edge = _EDGE
        room = max(60, self.width() - 2 * edge)
        at = QPoint(edge, 4)
        for chip in self._chips:
            size = chip.sizeHint()
            width = min(size.width(), room)
            if at.x() > edge and at.x() + width > edge + room:
                at = QPoint(edge, at.y() + size.height() + 6)
            chip.setGeometry(at.x(), at.y(), width, size.height())
            at.setX(at.x() + width + 6)
        height = at.y() + theme().px(_HEIGHT) + 4 if self._chips else 0
        if height != self.height():
            self.setFixedHeight(height)
        self.setVisible(bool(self._chips))
