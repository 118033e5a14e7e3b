"""Attachments below a message: chips with name and size, pictures with a small view of themselves."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QContextMenuEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
)
from PySide6.QtWidgets import QAbstractButton, QMenu, QWidget

from inbox_desktop.models.queries.rows import AttachmentRow
from inbox_desktop.ui.bridge import Bridge
from inbox_desktop.ui.kit import icon, one_line, paint_icon, plain_tool_tip, theme
from inbox_desktop.ui.kit.painting import draw_line_of_text, rounded
from inbox_desktop.ui.kit.plain import elided, text_width
from inbox_desktop.ui.kit.tokens import GAP, ICON, RADIUS
from inbox_desktop.ui.thread.files import FileActions
from inbox_desktop.ui.thread.pictures import is_picture, read_picture
from inbox_desktop.ui.thread.words import size_words

_HEIGHT: Final = 30
_PADDING: Final = 11
_VIEW: Final = (224, 132)
_WIDEST: Final = 300


class FileChip(QAbstractButton):
    """One attachment. Pressing it opens it; the mark at its right, and its menu, save it."""

    def __init__(self, file: AttachmentRow, actions: FileActions, parent: QWidget) -> None:
        super().__init__(parent)
        self.file = file
        self._actions = actions
        self._view: QImage | None = None
        self._name = one_line(file.filename) or "attachment"
        self._size = size_words(file.size)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setAccessibleName(f"Attachment {self._name}, {self._size}")
        what = "can run programs: it is only saved, never opened here" if file.active else "press to open"
        self.setAccessibleDescription(what)
        self.setToolTip(plain_tool_tip(f"{self._name} · {self._size} · {what}"))
        self.clicked.connect(self._pressed)

    def set_view(self, image: QImage | None) -> None:
        """Show the picture itself above its name."""
        self._view = image
        self.updateGeometry()
        self.update()

    @property
    def has_view(self) -> bool:
        """Whether the picture itself is shown."""
        return self._view is not None

    def sizeHint(self) -> QSize:
        """As wide as name and size need; pictures have room for their view."""
        px = theme().px
        if self._view is not None:
            return QSize(px(_VIEW[0]), px(_VIEW[1] + _HEIGHT))
        words = text_width(self._name, theme().font()) + text_width(self._size, theme().font("secondary"))
        wanted = round(words) + 2 * px(_PADDING) + 2 * px(ICON) + 4 * GAP
        return QSize(min(wanted, px(_WIDEST)), px(_HEIGHT))

    def _save_area(self) -> QRectF:
        side = theme().px(_HEIGHT)
        return QRectF(self.width() - side, self.height() - side, side, side)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Save, when the mark at the right was pressed; open otherwise."""
        on_mark = self._save_area().contains(event.position()) and self.isDown()
        self.setDown(self.isDown() and not on_mark)
        if on_mark and event.button() == Qt.MouseButton.LeftButton:
            self._actions.save(self.file)
            return
        super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return opens, as Space does."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.click()
            return
        super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer both things to do."""
        menu = QMenu(self)
        if not self.file.active:
            open_it = QAction(icon("external"), "Open", menu)
            open_it.triggered.connect(self._pressed)
            menu.addAction(open_it)
        save = QAction(icon("download"), "Save as…", menu)
        save.triggered.connect(lambda: self._actions.save(self.file))
        menu.addAction(save)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(event.globalPos())

    def _pressed(self) -> None:
        self._actions.open(self.file)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint ground, view or mark, name, size, and the mark for saving."""
        painter = QPainter(self)
        px = theme().px
        ground = theme().colour("hover" if self.underMouse() else "surface")
        rounded(painter, QRectF(self.rect()), RADIUS, ground, theme().colour("line"))
        row = QRectF(0, self.height() - px(_HEIGHT), self.width(), px(_HEIGHT))
        left = float(px(_PADDING))
        if self._view is not None:
            self._paint_view(painter, self._view)
        else:
            name = "warning" if self.file.active else "image" if is_picture(self.file) else "file"
            ink = "warn_text" if self.file.active else "text_2"
            paint_icon(painter, QRectF(left, row.top(), px(ICON), row.height()), name, ink)
            left += px(ICON) + GAP
        right = self.width() - px(_PADDING) - px(ICON) - GAP
        size_font, name_font = theme().font("secondary"), theme().font()
        size_width = text_width(self._size, size_font) + 1
        room = max(20.0, right - left - size_width - GAP)
        shown = elided(self._name, name_font, room, Qt.TextElideMode.ElideMiddle)
        draw_line_of_text(
            painter, QRectF(left, row.top(), room, row.height()), shown, name_font, theme().colour("text_1")
        )
        at = left + min(room, text_width(shown, name_font)) + GAP
        draw_line_of_text(
            painter,
            QRectF(at, row.top(), size_width, row.height()),
            self._size,
            size_font,
            theme().colour("text_2"),
        )
        mark = QRectF(right + GAP, row.top(), px(ICON), row.height())
        paint_icon(painter, mark, "download", "text_1" if self.underMouse() else "text_3")
        painter.end()

    def _paint_view(self, painter: QPainter, image: QImage) -> None:
        """The picture, filling the upper part, cut at its edges."""
        area = QRectF(1, 1, self.width() - 2, self.height() - theme().px(_HEIGHT) - 1)
        scale = max(area.width() / image.width(), area.height() / image.height())
        width, height = area.width() / scale, area.height() / scale
        source = QRectF((image.width() - width) / 2, (image.height() - height) / 2, width, height)
        painter.save()
        clip = QPainterPath()
        clip.addRoundedRect(area.adjusted(0, 0, 0, RADIUS), RADIUS - 1, RADIUS - 1)
        painter.setClipPath(clip)
        painter.setClipRect(area, Qt.ClipOperation.IntersectClip)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, on=True)
        painter.drawImage(area, image, source)
        painter.restore()


class Attachments(QWidget):
    """The chips of one message, flowing over lines. Its owner asks `fit(width)` for the size.

    Signals:
        size_changed: a picture has arrived; ask again.
    """

    size_changed = Signal()

    def __init__(
        self,
        files: Sequence[AttachmentRow],
        bridge: Bridge,
        actions: FileActions,
        parent: QWidget,
        *,
        make: type[FileChip] = FileChip,
    ) -> None:
        super().__init__(parent)
        self.chips = [make(file, actions, self) for file in files]
        self._flow = list(self.chips)  # pictures that are seen come first
        for index, chip in enumerate(self.chips):
            if is_picture(chip.file):
                longest = round(_VIEW[0] * 2 * self.devicePixelRatioF())
                bridge.in_background(
                    partial(read_picture, Path(chip.file.path), longest), partial(self._arrived, index)
                )

    def _arrived(self, index: int, image: QImage | None) -> None:
        if image is not None:
            self.chips[index].set_view(image)
            self._flow.sort(key=lambda chip: chip.has_view, reverse=True)
            self.size_changed.emit()

    def fit(self, width: int) -> tuple[int, int]:
        """Place the chips within `width` pixels; returns the used width and height."""
        at, line, used = QPoint(0, 0), 0, 0
        for chip in self._flow:
            size = chip.sizeHint()
            size.setWidth(min(size.width(), width))
            if at.x() and at.x() + size.width() > width:
                at, line = QPoint(0, at.y() + line + GAP), 0
            chip.setGeometry(at.x(), at.y(), size.width(), size.height())
            chip.show()
            used = max(used, at.x() + size.width())
            line = max(line, size.height())
            at.setX(at.x() + size.width() + GAP)
        return used, at.y() + line
