"""A few choices side by side, one of which holds: Reply | Note."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QSizePolicy, QWidget

from inbox_desktop.ui.kit.painting import CENTER, draw_line_of_text, rounded
from inbox_desktop.ui.kit.plain import one_line, text_width
from inbox_desktop.ui.kit.theme import theme
from inbox_desktop.ui.kit.tokens import GAP_TIGHT, RADIUS


class _Tab(QAbstractButton):
    """One choice."""

    def __init__(self, text: str, hint: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._words = one_line(text)
        self.setCheckable(True)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self._words)
        self.setToolTip(f"{self._words} ({hint})" if hint else "")
        theme().changed.connect(self.updateGeometry)

    def sizeHint(self) -> QSize:
        """As wide as the words when they are heavy, so that choosing moves nothing."""
        return QSize(
            round(text_width(self._words, theme().font("text", 600)) + theme().px(20)), theme().px(26)
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the words, on a soft ground when chosen."""
        painter = QPainter(self)
        rect = QRectF(self.rect())
        chosen = self.isChecked()
        if chosen or self.underMouse():
            rounded(painter, rect, RADIUS - 1, theme().colour("accent_soft" if chosen else "hover"))
        token = "accent_text" if chosen else "text_2"
        font = theme().font("text", 600 if chosen else 500)
        draw_line_of_text(painter, rect, self._words, font, theme().colour(token), CENTER)
        painter.end()


class SegmentedTabs(QWidget):
    """Tabs without pages. Arrow keys move between them.

    Signals:
        current_changed(int): the index of the tab that holds now.
    """

    current_changed = Signal(int)

    def __init__(self, *texts: str, name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._group.idToggled.connect(self._toggled)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(GAP_TIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(name or " or ".join(texts))
        for text in texts:
            self.add_tab(text)

    def add_tab(self, text: str, hint: str = "") -> int:
        """Add a choice, with its shortcut as a hint; the first one holds. Returns its index."""
        index = len(self._group.buttons())
        tab = _Tab(text, hint, self)
        self._group.addButton(tab, index)
        self._row.addWidget(tab)
        if index == 0:
            tab.setChecked(True)
        return index

    @property
    def current(self) -> int:
        """The index of the tab that holds; -1 without tabs."""
        return self._group.checkedId()

    def set_current(self, index: int) -> None:
        """Choose a tab."""
        button = self._group.button(index)
        if button is not None:
            button.setChecked(True)

    def _toggled(self, index: int, checked: bool) -> None:
        if checked:
            self.current_changed.emit(index)
