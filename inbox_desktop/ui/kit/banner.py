"""A strip that says something about what stands below it, with links to act on it."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from inbox_desktop.ui.kit.buttons import Button
from inbox_desktop.ui.kit.icons import paint_icon
from inbox_desktop.ui.kit.labels import Label
from inbox_desktop.ui.kit.painting import KitWidget, rounded
from inbox_desktop.ui.kit.pill import ON_SOFT, SOFT, Tone
from inbox_desktop.ui.kit.theme import theme
from inbox_desktop.ui.kit.tokens import GAP, GAP_TIGHT, GAP_WIDE, ICON, RADIUS

_ICONS: Final = {
    Tone.NEUTRAL: "info",
    Tone.ACCENT: "info",
    Tone.GOOD: "check",
    Tone.WARN: "warning",
    Tone.BAD: "warning",
}

_EDGE: Final = 10
_ABOVE: Final = 5


class Banner(KitWidget):
    """An icon, plain words that wrap, and links: "2 images, 1 tracker blocked  Load once  Always".

    The links of a `tall` one stand below its words.
    """

    def __init__(
        self,
        text: str,
        tone: Tone = Tone.WARN,
        *,
        icon_name: str = "",
        tall: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._tone = tone
        self._icon_name = icon_name or _ICONS[tone]
        # A tall one may need more lines than its size hint knows of: nothing may cap its height.
        height = QSizePolicy.Policy.Preferred if tall else QSizePolicy.Policy.Maximum
        self.setSizePolicy(QSizePolicy.Policy.Preferred, height)
        self._label = Label("", "secondary", ON_SOFT[tone], wrap=True, parent=self)
        self._tall = tall
        self._box: QBoxLayout = QVBoxLayout(self) if tall else QHBoxLayout(self)
        self._box.setSpacing(GAP_TIGHT if tall else GAP_WIDE)
        self._box.addWidget(self._label, 1)
        self._links = self._box
        if tall:
            self._links = QHBoxLayout()
            self._links.setSpacing(GAP_WIDE)
            self._links.addStretch(1)
            self._box.addLayout(self._links)
        self.restyle()
        self.set_text(text)

    def restyle(self) -> None:
        """Leave room for the icon."""
        self._box.setContentsMargins(_EDGE + theme().px(ICON) + GAP, _ABOVE, _EDGE, _ABOVE)

    def set_text(self, text: str) -> None:
        """Say something else."""
        self._label.setText(text)
        self.setAccessibleName(text)

    def add_link(self, text: str, on_click: Callable[[], None]) -> Button:
        """Add a link at the right, or below. `on_click` runs when it is chosen."""
        link = Button(text, variant="link", ink=ON_SOFT[self._tone], parent=self)
        link.clicked.connect(lambda _checked=False: on_click())
        self._links.insertWidget(self._links.count() - 1 if self._tall else -1, link)
        return link

    def sizeHint(self) -> QSize:
        """As tall as its words are in the width that it has: Qt's hint guesses another one, and cuts them."""
        return QSize(super().sizeHint().width(), self._box.totalHeightForWidth(self.width()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width may need another height."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()

    def minimumSizeHint(self) -> QSize:
        """Tall enough for one line, as wide as the links need."""
        return QSize(self._box.minimumSize().width(), theme().px(28))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint ground and icon."""
        painter = QPainter(self)
        rounded(painter, QRectF(self.rect()), RADIUS - 1, theme().colour(SOFT[self._tone]))
        side = theme().px(ICON)
        middle = self._label.geometry().center().y() + 0.5
        at = QRectF(_EDGE, middle - side / 2, side, side)
        paint_icon(painter, at, self._icon_name, ON_SOFT[self._tone])
        painter.end()
