"""The ways around the window: the rail's entries and the rows of the views pane."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from inbox_desktop.ui.kit.badge import badge_size, badge_text, paint_badge
from inbox_desktop.ui.kit.icons import paint_icon
from inbox_desktop.ui.kit.labels import plain_tool_tip
from inbox_desktop.ui.kit.painting import RIGHT, draw_line_of_text, rounded
from inbox_desktop.ui.kit.plain import one_line, text_width
from inbox_desktop.ui.kit.theme import theme
from inbox_desktop.ui.kit.tokens import GAP, ICON, RADIUS, RADIUS_CARD

_RAIL_SIDE = 44


class RailButton(QAbstractButton):
    """An entry of the rail: an icon, perhaps with the red badge. Its owner makes entries exclusive."""

    def __init__(self, icon_name: str, name: str, *, hint: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon_name, self._name = icon_name, name
        self._count = 0
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setToolTip(f"{name} ({hint})" if hint else name)
        self.setAccessibleName(name)
        theme().changed.connect(self.updateGeometry)

    @property
    def count(self) -> int:
        """The badge's number."""
        return self._count

    def set_count(self, count: int) -> None:
        """Show a number in the red badge; none hides it."""
        self._count = max(0, count)
        self.setAccessibleName(f"{self._name}, {self._count} unread" if self._count else self._name)
        self.update()

    def sizeHint(self) -> QSize:
        """A square of 44 px."""
        return QSize(theme().px(_RAIL_SIDE), theme().px(_RAIL_SIDE))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint ground, icon and badge."""
        painter = QPainter(self)
        rect = QRectF(self.rect())
        lit = self.isChecked() or self.underMouse()
        if self.isChecked():
            rounded(painter, rect, RADIUS_CARD - 2, theme().colour("rail_active"))
        side = theme().px(20)
        at = QRectF(rect.center().x() - side / 2, rect.center().y() - side / 2, side, side)
        paint_icon(painter, at, self._icon_name, "on_rail_active" if lit else "rail_text")
        if badge_text(self._count):
            size = badge_size(self._count)
            left = min(rect.width() - size.width(), rect.center().x() + 1)
            behind = "rail_active" if self.isChecked() else "rail"
            paint_badge(painter, QRectF(left, 0, size.width(), size.height()), self._count, behind)
        painter.end()


class NavButton(QAbstractButton):
    """A row of the views pane: icon, words and a count. Checkable; the owner makes them exclusive.

    `icon_ink` colours the icon, such as "sms" for a channel; the chosen row is all accent.
    """

    def __init__(
        self,
        icon_name: str,
        text: str,
        *,
        icon_ink: str = "text_2",
        hint: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._icon_name, self._icon_ink, self._hint = icon_name, icon_ink, hint
        self._count: int | None = None
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme().changed.connect(self.updateGeometry)
        self.set_words(text)

    def set_words(self, text: str) -> None:
        """Show other words."""
        self._words = one_line(text)
        self.setToolTip(plain_tool_tip(f"{self._words} ({self._hint})" if self._hint else self._words))
        self._describe()

    @property
    def count(self) -> int | None:
        """The number at the right."""
        return self._count

    def set_count(self, count: int | None) -> None:
        """Show a number at the right; None shows nothing."""
        self._count = count
        self._describe()

    def _describe(self) -> None:
        number = "" if self._count is None else f", {self._count}"
        self.setAccessibleName(f"{self._words}{number}")
        self.update()

    def sizeHint(self) -> QSize:
        """A row of 31 px."""
        return QSize(theme().px(176), theme().px(31))

    def minimumSizeHint(self) -> QSize:
        """Room for the icon and a few letters."""
        return QSize(theme().px(80), theme().px(31))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint ground, icon, words and count."""
        painter = QPainter(self)
        px, chosen = theme().px, self.isChecked()
        rect = QRectF(self.rect())
        if chosen or self.underMouse():
            rounded(painter, rect, RADIUS, theme().colour("accent_soft" if chosen else "pressed"))
        side = px(ICON)
        at = QRectF(px(10), (rect.height() - side) / 2, side, side)
        paint_icon(painter, at, self._icon_name, "accent_text" if chosen else self._icon_ink)
        right = rect.width() - px(10)
        ink = theme().colour("accent_text" if chosen else "text_2")
        if self._count is not None:
            font = theme().font("secondary", 600 if chosen else 400, tabular=True)
            number = str(self._count)
            width = text_width(number, font) + 1
            draw_line_of_text(
                painter, QRectF(right - width, 0, width, rect.height()), number, font, ink, RIGHT
            )
            right -= width + GAP
        left = at.right() + px(10)
        words = QRectF(left, 0, right - left, rect.height())
        draw_line_of_text(painter, words, self._words, theme().font("text", 600 if chosen else 400), ink)
        painter.end()
