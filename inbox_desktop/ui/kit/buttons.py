"""Buttons: primary, secondary, quiet, danger and link; with icon, shortcut hint, avatar or menu."""

from typing import Final, Literal, NamedTuple

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QMenu, QPushButton, QSizePolicy, QWidget

from inbox_desktop.ui.kit.avatar import paint_avatar
from inbox_desktop.ui.kit.icons import paint_icon
from inbox_desktop.ui.kit.painting import LEFT, draw_line_of_text, rounded
from inbox_desktop.ui.kit.plain import one_line, text_width
from inbox_desktop.ui.kit.theme import theme
from inbox_desktop.ui.kit.tokens import CONTROL_HEIGHT, ICON, RADIUS

Variant = Literal["primary", "secondary", "quiet", "danger", "link"]
_GAP: Final = 7
_PADDING: Final = 11
_AVATAR: Final = 18
_CHEVRON: Final = 14


class _Look(NamedTuple):
    fill: str
    hover: str
    pressed: str
    border: str
    text: str
    icon: str


_LOOKS: Final[dict[str, _Look]] = {
    "primary": _Look("accent", "accent_hover", "accent_hover", "", "on_accent", "on_accent"),
    "secondary": _Look("raised", "hover", "pressed", "line_strong", "text_1", "text_2"),
    "quiet": _Look("", "hover", "pressed", "", "text_2", "text_2"),
    "danger": _Look("raised", "red_soft", "red_soft", "line_strong", "red_text", "red_text"),
    "link": _Look("", "", "", "", "accent_text", "accent_text"),
}
_CHECKED: Final = _Look("accent_soft", "accent_soft", "accent_soft", "", "accent_text", "accent_text")
_DISABLED: Final = _Look("", "", "", "line", "text_3", "text_3")


class Button(QPushButton):
    """A button of the kit. One primary button a screen.

    `hint` is the shortcut as shown ("Ctrl ⏎"); it is part of the tool tip and of what screen readers
    say, too. `ink` recolours a link (as in a warning strip).
    """

    def __init__(
        self,
        text: str = "",
        *,
        variant: Variant = "secondary",
        icon_name: str = "",
        hint: str = "",
        ink: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._variant: Variant = variant
        self._icon_name = icon_name
        self._hint = hint
        self._ink = ink
        self._avatar = ""
        self._chevron = False
        self._tight = False
        self._compact = False
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAutoDefault(False)
        if variant == "link":
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        theme().changed.connect(self._theme_changed)
        self.setText(text)

    def setText(self, text: str) -> None:
        """Set the words; ampersands are words here, not mnemonics."""
        self._words = one_line(text)
        super().setText(self._words.replace("&", "&&"))
        self.setAccessibleName(f"{self._words}, {self._hint}" if self._hint else self._words)
        self.updateGeometry()
        self.update()

    def text(self) -> str:
        """The words as they are shown."""
        return self._words

    def set_icon_name(self, name: str) -> None:
        """Show another icon of the kit; an empty name shows none."""
        self._icon_name = name
        self.updateGeometry()
        self.update()

    def set_ink(self, token: str) -> None:
        """Paint words and icon in another colour of the table, as on a coloured ground."""
        self._ink = token
        self.update()

    def set_tight(self, *, tight: bool) -> None:
        """Make the button 24 px high instead of 30, for rows within cards."""
        self._tight = tight
        self.updateGeometry()

    def set_compact(self, *, compact: bool) -> None:
        """Leave the words out where icon or avatar say enough; the tool tip and screen readers keep them."""
        self._compact = compact
        self.updateGeometry()
        self.update()

    def _theme_changed(self) -> None:
        self.updateGeometry()
        self.update()

    def _font(self) -> QFont:
        font = theme().font("text", 600 if self._variant == "link" else 500)
        font.setUnderline(self._variant == "link")
        return font

    def _hint_font(self) -> QFont:
        return theme().font("small", 400)

    def _parts(self) -> list[tuple[str, float]]:
        """What stands in the button from left to right, with widths in pixels."""
        scale = theme().px
        parts: list[tuple[str, float]] = []
        if self._avatar:
            parts.append(("avatar", scale(_AVATAR)))
        if self._icon_name:
            parts.append(("icon", scale(ICON)))
        words = "" if self._compact and parts else self._words
        if words:
            parts.append(("text", round(text_width(words, self._font()) + 0.5)))
        if self._hint and words:
            parts.append(("hint", round(text_width(self._hint, self._hint_font()) + 0.5)))
        if self._chevron:
            parts.append(("chevron", scale(_CHEVRON)))
        return parts

    def _padding(self) -> int:
        if self._variant == "link":
            return 0
        return theme().px(8 if self._tight else _PADDING)

    def sizeHint(self) -> QSize:
        """As large as its parts need; icon-only buttons are square."""
        height = theme().px(24 if self._tight else CONTROL_HEIGHT)
        if self._variant == "link":
            height = theme().px(20)
        parts = self._parts()
        if [name for name, _ in parts] in (["icon"], []):
            return QSize(height, height)
        width = sum(size for _, size in parts) + theme().px(_GAP) * (len(parts) - 1) + 2 * self._padding()
        return QSize(round(width), height)

    def minimumSizeHint(self) -> QSize:
        """The same as the size it wants; text is only cut when somebody fixes the width."""
        return self.sizeHint()

    def _look(self) -> _Look:
        if not self.isEnabled():
            return (
                _DISABLED
                if _LOOKS[self._variant].border or self._variant == "primary"
                else _Look("", "", "", "", "text_3", "text_3")
            )
        if self.isChecked():
            return _CHECKED
        look = _LOOKS[self._variant]
        return look._replace(text=self._ink, icon=self._ink) if self._ink else look

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint background and parts."""
        painter = QPainter(self)
        look = self._look()
        fill = (
            look.pressed
            if self.isDown()
            else look.hover
            if self.underMouse() and self.isEnabled()
            else look.fill
        )
        self._paint_ground(painter, fill, look.border)
        parts = self._parts()
        gap = theme().px(_GAP)
        total = sum(size for _, size in parts) + gap * (len(parts) - 1)
        space = self.width() - 2 * self._padding()
        x = self._padding() + max(0.0, (space - total) / 2)
        if self._chevron:
            x = float(self._padding())
        overflow = max(0.0, total - max(space, 0)) if self._words else 0.0
        for name, size in parts:
            width = max(0.0, size - overflow) if name == "text" else size
            if name == "chevron":
                x = max(x, self.width() - self._padding() - width)
            elif [part for part, _ in parts] == ["icon"]:
                x = (self.width() - width) / 2
            self._paint_part(painter, name, QRectF(x, 0, width, self.height()), look)
            x += width + gap
        painter.end()

    def _paint_ground(self, painter: QPainter, fill: str, border: str) -> None:
        if fill or border:
            colour: QColor | None = theme().colour(fill) if fill else None
            line = theme().colour(border) if border else None
            rounded(painter, QRectF(self.rect()), RADIUS, colour, line)

    def _paint_part(self, painter: QPainter, name: str, rect: QRectF, look: _Look) -> None:
        if name == "text":
            draw_line_of_text(painter, rect, self._words, self._font(), theme().colour(look.text), LEFT)
        elif name == "hint":
            draw_line_of_text(painter, rect, self._hint, self._hint_font(), theme().colour(look.text), LEFT)
        elif name == "icon":
            paint_icon(painter, rect, self._icon_name, look.icon)
        elif name == "chevron":
            paint_icon(painter, rect, "chevron-down", look.icon)
        else:
            top = (rect.height() - rect.width()) / 2
            paint_avatar(painter, QRectF(rect.x(), top, rect.width(), rect.width()), self._avatar)


class IconButton(Button):
    """A square button with an icon alone. `name` is what it does: tool tip and accessible name."""

    def __init__(
        self,
        icon_name: str,
        name: str,
        *,
        variant: Variant = "quiet",
        hint: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("", variant=variant, icon_name=icon_name, hint=hint, parent=parent)
        self.set_name(name)

    def set_name(self, name: str) -> None:
        """Say what the button does now."""
        words = f"{name} ({self._hint})" if self._hint else name
        self.setToolTip(words)
        self.setAccessibleName(words)


class MenuButton(Button):
    """A button that opens a menu, marked by a chevron; or by its icon alone when it has no words."""

    def __init__(
        self,
        text: str = "",
        *,
        variant: Variant = "secondary",
        icon_name: str = "",
        hint: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, variant=variant, icon_name=icon_name, hint=hint, parent=parent)
        self._chevron = bool(text)
        self.setMenu(QMenu(self))

    def set_value(self, text: str, avatar_name: str = "") -> None:
        """Show the present choice, with a person's avatar in front of it when there is one."""
        self._avatar = avatar_name
        self._chevron = bool(text)
        self.setText(text)
