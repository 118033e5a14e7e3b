"""The one table of colours and sizes, light and dark, that everything on screen is made of."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Tokens:
    """One appearance. Every colour is `#rrggbb`; a name says what it is for, never what it looks like.

    `*_text` on `*_soft` are readable pairs (4.5:1 or more, WCAG 2.2 AA); `text_3` is for what nobody
    has to read. `on_accent` is written on `accent`, `on_badge` on `badge`.
    """

    name: str
    window: str
    surface: str
    raised: str
    rail: str
    rail_text: str
    rail_active: str
    on_rail_active: str
    text_1: str
    text_2: str
    text_3: str
    line: str
    line_strong: str
    hover: str
    pressed: str
    accent: str
    accent_hover: str
    accent_soft: str
    accent_text: str
    on_accent: str
    red: str
    red_soft: str
    red_text: str
    badge: str
    on_badge: str
    inbound: str
    outbound: str
    note: str
    note_line: str
    found: str
    good: str
    good_soft: str
    good_text: str
    warn: str
    warn_soft: str
    warn_text: str
    neutral_soft: str
    email: str
    sms: str
    chat: str
    inverse: str
    on_inverse: str
    inverse_accent: str

    @property
    def dark(self) -> bool:
        """Whether this is the dark appearance."""
        return self.name == "dark"

    def colour(self, token: str) -> str:
        """The colour of a token by its name. Raises `KeyError` for a name that is not in the table."""
        value = getattr(self, token, None)
        if not isinstance(value, str) or not value.startswith("#"):
            raise KeyError(token)
        return value


LIGHT: Final = Tokens(
    name="light",
    window="#f4f5f7",
    surface="#ffffff",
    raised="#ffffff",
    rail="#20242e",
    rail_text="#a6adbb",
    rail_active="#3a3f4b",
    on_rail_active="#ffffff",
    text_1="#1b1f27",
    text_2="#5a6372",
    text_3="#8b94a3",
    line="#e4e7ec",
    line_strong="#cdd2da",
    hover="#f1f3f6",
    pressed="#e4e7ec",
    accent="#3b5bdb",
    accent_hover="#3350c4",
    accent_soft="#e9eeff",
    accent_text="#2f49b8",
    on_accent="#ffffff",
    red="#e5484d",
    red_soft="#fdeaea",
    red_text="#c2262c",
    badge="#d6333a",
    on_badge="#ffffff",
    inbound="#f1f3f6",
    outbound="#e9eeff",
    note="#fff6dc",
    note_line="#f1d98c",
    found="#ffe58f",
    good="#2b8a3e",
    good_soft="#e3f5e6",
    good_text="#257a37",
    warn="#e8830c",
    warn_soft="#fdf0dd",
    warn_text="#a35200",
    neutral_soft="#eef0f3",
    email="#3b5bdb",
    sms="#0b8f6c",
    chat="#9c36b5",
    inverse="#20242e",
    on_inverse="#f4f5f7",
    inverse_accent="#a9baff",
)

DARK: Final = Tokens(
    name="dark",
    window="#14161b",
    surface="#1b1e25",
    raised="#242832",
    rail="#101216",
    rail_text="#8b94a3",
    rail_active="#2a2f3a",
    on_rail_active="#ffffff",
    text_1="#e8eaee",
    text_2="#a6adbb",
    text_3="#737c8b",
    line="#2a2f3a",
    line_strong="#3d4452",
    hover="#222630",
    pressed="#2a2f3a",
    accent="#6b87ff",
    accent_hover="#7f98ff",
    accent_soft="#26305a",
    accent_text="#a9baff",
    on_accent="#101216",
    red="#ff6369",
    red_soft="#401f22",
    red_text="#ff8b8f",
    badge="#d6333a",
    on_badge="#ffffff",
    inbound="#262b35",
    outbound="#26305a",
    note="#3a3320",
    note_line="#5c4f26",
    found="#4a3d14",
    good="#5fcf80",
    good_soft="#1d3726",
    good_text="#5fcf80",
    warn="#f0a94b",
    warn_soft="#3b2c16",
    warn_text="#f0a94b",
    neutral_soft="#2a2f3a",
    email="#6b87ff",
    sms="#3ccfa5",
    chat="#d07be6",
    inverse="#e8eaee",
    on_inverse="#1b1f27",
    inverse_accent="#2f49b8",
)

# Sizes in device-independent pixels at 100 %. Space is a grid of 4.
TEXT: Final = 13
SECONDARY: Final = 12
SMALL: Final = 11
TITLE: Final = 15
TITLE_LARGE: Final = 16
PAGE: Final = 20

GAP_TIGHT: Final = 4
GAP: Final = 8
GAP_WIDE: Final = 12
EDGE: Final = 16
EDGE_WIDE: Final = 20

RADIUS: Final = 8
RADIUS_CARD: Final = 12
RADIUS_PILL: Final = 5
CONTROL_HEIGHT: Final = 30
ICON: Final = 16

FOCUS_GAP: Final = 2
FOCUS_WIDTH: Final = 2

# White initials are readable on each of these (4.5:1 or more), in both appearances.
AVATAR_COLOURS: Final = (
    "#c2410c",
    "#0b7285",
    "#862e9c",
    "#287d3a",
    "#c2255c",
    "#5f3dc4",
    "#1864ab",
    "#9c5700",
)
AVATAR_NAMELESS: Final = "#495057"


def _luminance(colour: str) -> float:
    channels = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    red, green, blue = (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    """Contrast ratio of two `#rrggbb` colours, 1 to 21 (WCAG 2.2, 1.4.3)."""
    low, high = sorted((_luminance(first), _luminance(second)))
    return (high + 0.05) / (low + 0.05)
