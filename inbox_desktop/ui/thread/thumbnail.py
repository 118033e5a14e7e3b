"""A picture of a text: the picture itself in its own shape, without a frame; pressing it opens it."""

from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent

from inbox_desktop.ui.kit import theme
from inbox_desktop.ui.kit.tokens import RADIUS_CARD
from inbox_desktop.ui.thread.attachments import FileChip

_LARGEST: Final = 220
_LEAST: Final = 56


class Thumbnail(FileChip):
    """As `FileChip` until the picture has been read, and for every other file."""

    def sizeHint(self) -> QSize:
        """The picture's own shape, within a square."""
        if self._view is None:
            return super().sizeHint()
        largest, least = theme().px(_LARGEST), theme().px(_LEAST)
        size = self._view.size().scaled(QSize(largest, largest), Qt.AspectRatioMode.KeepAspectRatio)
        return size.expandedTo(QSize(least, least))

    def _save_area(self) -> QRectF:
        """Nothing is marked on a picture: its menu saves it."""
        return super()._save_area() if self._view is None else QRectF()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the picture, a little darker under the pointer."""
        if self._view is None:
            super().paintEvent(event)
            return
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        area = QRectF(self.rect())
        shape = QPainterPath()
        shape.addRoundedRect(area.adjusted(0.5, 0.5, -0.5, -0.5), RADIUS_CARD, RADIUS_CARD)
        painter.setClipPath(shape)
        scale = max(area.width() / self._view.width(), area.height() / self._view.height())
        width, height = area.width() / scale, area.height() / scale
        source = QRectF((self._view.width() - width) / 2, (self._view.height() - height) / 2, width, height)
        painter.drawImage(area, self._view, source)
        if self.underMouse() or self.isDown():
            shade = theme().colour("rail")
            shade.setAlphaF(0.18)
            painter.fillPath(shape, shade)
        painter.setClipping(False)
        painter.setPen(theme().colour("line"))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(shape)
        painter.end()
