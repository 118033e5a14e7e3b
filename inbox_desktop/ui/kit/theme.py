"""The application's appearance: follows the system or an override, and tells everyone when it changes."""

from functools import cache
from typing import Literal, cast

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication, QStyle

from inbox_desktop.ui.kit.focus import FocusRing
from inbox_desktop.ui.kit.fonts import make_font
from inbox_desktop.ui.kit.style_sheet import style_sheet
from inbox_desktop.ui.kit.tokens import DARK, LIGHT, Tokens

Choice = Literal["system", "light", "dark"]
_HALF_LIGHT = 128


class Theme(QObject):
    """The one appearance of the application. Get it with `theme()`; call `install()` once at start.

    Signals:
        changed: tokens or sizes are others now. Widgets of the kit repaint by themselves; whoever
            keeps colours, pixmaps or text layouts of its own drops them.
    """

    changed = Signal()

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._app = app
        self._choice: Choice = "system"
        self._text_scale = 1.0
        self._installed = False
        self._reduced_motion: bool | None = None
        self._fonts: dict[tuple[str, int, bool], QFont] = {}
        self.tokens: Tokens = LIGHT

    def install(self, choice: Choice = "system", text_scale: float = 1.0) -> None:
        """Take over the application's style, palette, font and style sheet, and follow the system."""
        if not self._installed:
            self._installed = True
            self._app.setStyle("Fusion")
            self._app.styleHints().colorSchemeChanged.connect(self._follow)
            FocusRing(self._app)
        self._choice = choice
        self._text_scale = text_scale
        self._apply()

    @property
    def choice(self) -> Choice:
        """What the user chose: "system", "light" or "dark"."""
        return self._choice

    def set_choice(self, choice: Choice) -> None:
        """Follow the system, or stay light or dark whatever the system says."""
        if choice != self._choice:
            self._choice = choice
            self._apply()

    @property
    def text_scale(self) -> float:
        """By how much all text is larger than the design's sizes (1.0 = 13 px text)."""
        return self._text_scale

    def set_text_scale(self, scale: float) -> None:
        """Make all text larger or smaller. Clamped to 0.8 .. 2.0."""
        clamped = min(2.0, max(0.8, scale))
        if clamped != self._text_scale:
            self._text_scale = clamped
            self._apply()

    @property
    def reduced_motion(self) -> bool:
        """Whether things should appear without movement: as set, otherwise as the system says."""
        if self._reduced_motion is not None:
            return self._reduced_motion
        return self._app.style().styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration) == 0

    def set_reduced_motion(self, reduced: bool | None) -> None:
        """Override the system's wish for less movement; None follows the system again."""
        self._reduced_motion = reduced

    def colour(self, token: str) -> QColor:
        """The present colour of a token. Raises `KeyError` for a name that is not in the table."""
        return _colour(self.tokens.colour(token))

    def font(self, role: str = "text", weight: int = 400, *, tabular: bool = False) -> QFont:
        """A font by role (a key of `fonts.SIZES`: "text", "secondary" ...) and weight (400, 500, 600)."""
        key = (role, weight, tabular)
        if key not in self._fonts:
            self._fonts[key] = make_font(role, weight, self._text_scale, tabular=tabular)
        return QFont(self._fonts[key])

    def px(self, size: float) -> int:
        """A height or width in pixels that must grow with the text."""
        return round(size * self._text_scale)

    def _system_is_dark(self) -> bool:
        scheme = self._app.styleHints().colorScheme()
        if scheme is not Qt.ColorScheme.Unknown:
            return scheme is Qt.ColorScheme.Dark
        # Desktops that name no scheme still give a palette; ours does not count as theirs.
        return self._app.style().standardPalette().color(QPalette.ColorRole.Window).lightness() < _HALF_LIGHT

    def _follow(self) -> None:
        if self._choice == "system":
            self._apply()

    def _apply(self) -> None:
        hints = self._app.styleHints()
        # Title bars and native dialogs follow the override too; Unknown hands the choice back to the system.
        wanted = {
            "light": Qt.ColorScheme.Light,
            "dark": Qt.ColorScheme.Dark,
            "system": Qt.ColorScheme.Unknown,
        }
        hints.setColorScheme(wanted[self._choice])
        dark = self._choice == "dark" or (self._choice == "system" and self._system_is_dark())
        self.tokens = DARK if dark else LIGHT
        self._fonts.clear()
        self._app.setPalette(palette(self.tokens))
        self._app.setFont(self.font())
        self._app.setStyleSheet(style_sheet(self.tokens, self._text_scale))
        for widget in self._app.allWidgets():
            # Qt polishes what was never shown when that is shown first, and then brings back the palette that
            # it had under the style sheet before: old colours over what `changed` is about to set.
            widget.ensurePolished()
        self.changed.emit()


@cache
def _colour(value: str) -> QColor:
    return QColor(value)


def theme() -> Theme:
    """The running application's theme; made on first use. Raises `TypeError` without a QApplication."""
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        raise TypeError("the theme belongs to a QApplication, and there is none yet")
    found = _themes.get(app)
    if found is None:
        found = cast("Theme | None", app.findChild(Theme)) or Theme(app)
        _themes.clear()
        _themes[app] = found
    return found


# The look-up by child is exact but walks the tree; painting asks thousands of times a second.
_themes: dict[QApplication, Theme] = {}


def palette(tokens: Tokens) -> QPalette:
    """The tokens as a QPalette, for everything that paints itself by the palette."""
    roles = QPalette.ColorRole
    table = {
        roles.Window: tokens.window,
        roles.WindowText: tokens.text_1,
        roles.Base: tokens.surface,
        roles.AlternateBase: tokens.window,
        roles.Text: tokens.text_1,
        roles.PlaceholderText: tokens.text_2,
        roles.Button: tokens.raised,
        roles.ButtonText: tokens.text_1,
        roles.BrightText: tokens.red,
        roles.ToolTipBase: tokens.inverse,
        roles.ToolTipText: tokens.on_inverse,
        roles.Highlight: tokens.accent,
        roles.HighlightedText: tokens.on_accent,
        roles.Accent: tokens.accent,
        roles.Link: tokens.accent_text,
        roles.LinkVisited: tokens.accent_text,
        roles.Light: tokens.raised,
        roles.Midlight: tokens.hover,
        roles.Mid: tokens.line_strong,
        roles.Dark: tokens.line_strong,
        roles.Shadow: tokens.line_strong,
    }
    made = QPalette()
    for role, value in table.items():
        made.setColor(role, QColor(value))
    faint = QColor(tokens.text_3)
    for role in (roles.WindowText, roles.Text, roles.ButtonText, roles.HighlightedText):
        made.setColor(QPalette.ColorGroup.Disabled, role, faint)
    made.setColor(QPalette.ColorGroup.Disabled, roles.Highlight, QColor(tokens.line))
    return made
