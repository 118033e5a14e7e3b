"""The three dots that unfold what a mail quotes."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QWidget

from inbox_desktop.ui.kit import theme
from inbox_desktop.ui.kit.painting import rounded


class DotsButton(QAbstractButton):
    """Checked while the quoted text is shown."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.toggled.connect(self._describe)
        self._describe()

    def _describe(self) -> None:
        words = "Hide quoted text" if self.isChecked() else "Show quoted text"
        self.setToolTip(words)
        self.setAccessibleName(words)

    def sizeHint(self) -> QSize:
        """Three dots and some room to hit them."""
        return QSize(theme().px(32), theme().px(16))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the dots, on a soft ground under the pointer or while unfolded."""
        painter = QPainter(self)
        ink = "text_2"
        if self.underMouse() or self.isChecked():
            rounded(painter, QRectF(self.rect()), self.height() / 2, theme().colour("line"))
            ink = "text_1"
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=True)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme().colour(ink))
        side, middle = theme().px(4), self.rect().center()
        for step in (-1, 0, 1):
            x = middle.x() + 0.5 + step * theme().px(7) - side / 2
            painter.drawEllipse(QRectF(x, middle.y() + 0.5 - side / 2, side, side))
        painter.end()
