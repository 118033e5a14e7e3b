"""A person's round mark: initials on a colour of their own, with the channel's sign at the lower right."""

import unicodedata
import zlib
from functools import lru_cache
from math import ceil
from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPixmap, QPixmapCache
from PySide6.QtWidgets import QSizePolicy, QWidget

from inbox_desktop.models.kinds import ChannelKind
from inbox_desktop.ui.kit.icons import paint_icon
from inbox_desktop.ui.kit.painting import KitWidget
from inbox_desktop.ui.kit.plain import one_line
from inbox_desktop.ui.kit.theme import theme
from inbox_desktop.ui.kit.tokens import AVATAR_COLOURS, AVATAR_NAMELESS

CHANNEL_ICONS: Final = {ChannelKind.EMAIL: "mail", ChannelKind.SMS: "phone", ChannelKind.CHAT: "chat"}
CHANNEL_WORDS: Final = {ChannelKind.EMAIL: "e-mail", ChannelKind.SMS: "SMS", ChannelKind.CHAT: "chat"}
_MARK_OUT: Final = 4
"""How far the channel's mark sticks out at the right and below, in pixels."""
# Scripts in which one sign says enough: two would be a word (CJK) or join into one shape (Arabic).
_ONE_SIGN: Final = (
    "CJK",
    "HIRAGANA",
    "KATAKANA",
    "HANGUL",
    "ARABIC",
    "SYRIAC",
    "HEBREW",
    "THAI",
    "DEVANAGARI",
)


def _first_sign(word: str) -> str:
    """The first letter or digit of a word together with the marks that stand on it."""
    for index, char in enumerate(word):
        if char.isalnum():
            end = index + 1
            while end < len(word) and unicodedata.combining(word[end]):
                end += 1
            return char.upper()[0] + word[index + 1 : end]
    return ""


@lru_cache(maxsize=4096)
def initials(name: str) -> str:
    """One or two signs for a name: "Ana Souza" AS, "Visitor · checkout page" V, "+1 415 555 0188" #.

    No name at all gives "?". An address counts as its local part ("bo.li@shop.example" BL).
    """
    main = one_line(name).split(" · ")[0].split(" (")[0]
    if "@" in main and " " not in main:
        main = main.split("@")[0].replace(".", " ").replace("_", " ").replace("-", " ")
    if main and not any(char.isalpha() for char in main) and any(char.isdigit() for char in main):
        return "#"
    signs = [sign for sign in map(_first_sign, main.split()) if sign]
    if not signs:
        return "?"
    if len(signs) == 1 or unicodedata.name(signs[0][0], "").startswith(_ONE_SIGN):
        return signs[0]
    return signs[0] + signs[-1]


@lru_cache(maxsize=4096)
def avatar_colour(key: str) -> str:
    """The colour of a person, `#rrggbb`: the same for the same key on every machine and in every run."""
    if initials(key) in {"#", "?"}:
        return AVATAR_NAMELESS
    return AVATAR_COLOURS[zlib.crc32(key.strip().casefold().encode()) % len(AVATAR_COLOURS)]


def paint_avatar(
    painter: QPainter,
    rect: QRectF,
    name: str,
    *,
    colour_key: str = "",
    channel: ChannelKind | None = None,
    behind: str = "surface",
) -> None:
    """Draw an avatar into a square `rect`. `behind` is the token of what lies around; it frames the mark."""
    ratio = painter.device().devicePixelRatioF()
    colour, signs = avatar_colour(colour_key or name), initials(name)
    where = painter.transform()
    left, top = (rect.left() + where.dx()) * ratio, (rect.top() + where.dy()) * ratio
    if where.isScaling() or not (left.is_integer() and top.is_integer()):
        _draw(painter, rect, colour, signs, channel, behind)  # a picture would blur
        return
    frame = theme().colour(behind).name() if channel is not None else ""
    ink = theme().tokens.colour(channel.value) if channel is not None else ""
    key = f"inbox-avatar/{signs}/{colour}/{rect.width()}/{channel}/{frame}/{ink}/{ratio}"
    picture = QPixmap()
    if not QPixmapCache.find(key, picture):
        picture = _picture(rect.width(), ratio, colour, signs, channel, behind)
        QPixmapCache.insert(key, picture)
    painter.drawPixmap(rect.topLeft(), picture)


def _picture(
    side: float, ratio: float, colour: str, signs: str, channel: ChannelKind | None, behind: str
) -> QPixmap:
    """The avatar as a picture with room for the mark: lists show the same people over and over."""
    edge = ceil((side + _MARK_OUT) * ratio)
    made = QPixmap(edge, edge)
    made.setDevicePixelRatio(ratio)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    _draw(painter, QRectF(0, 0, side, side), colour, signs, channel, behind)
    painter.end()
    return made


def _draw(
    painter: QPainter, rect: QRectF, colour: str, signs: str, channel: ChannelKind | None, behind: str
) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=True)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colour))
    painter.drawEllipse(rect)
    painter.setFont(_initials_font(rect.height()))
    painter.setPen(QColor("#ffffff"))
    flags = (
        int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextSingleLine) | int(Qt.TextFlag.TextDontClip)
    )
    painter.drawText(rect, flags, signs)
    if channel is not None:
        _paint_mark(painter, rect, channel, behind)


def _initials_font(side: float) -> QFont:
    font = theme().font("small", 600)
    font.setPixelSize(max(7, round(side * (0.36 if side >= 28 else 0.42))))
    return font


def _paint_mark(painter: QPainter, rect: QRectF, channel: ChannelKind, behind: str) -> None:
    side = max(14.0, round(rect.height() * 0.5))
    mark = QRectF(rect.right() - side + _MARK_OUT, rect.bottom() - side + _MARK_OUT, side, side)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme().colour(behind))
    painter.drawEllipse(mark)
    icon = round(side * 0.72)
    at = QRectF(mark.center().x() - icon / 2, mark.center().y() - icon / 2, icon, icon)
    paint_icon(painter, at, CHANNEL_ICONS[channel], channel.value)


class Avatar(KitWidget):
    """A person as a widget. `behind` is the token of the surface it lies on."""

    def __init__(
        self,
        name: str = "",
        size: int = 34,
        *,
        channel: ChannelKind | None = None,
        colour_key: str = "",
        behind: str = "surface",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._size = size
        self._behind = behind
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set_person(name, channel=channel, colour_key=colour_key)

    def set_person(self, name: str, *, channel: ChannelKind | None = None, colour_key: str = "") -> None:
        """Show another person."""
        self._name = name
        self._channel = channel
        self._colour_key = colour_key
        words = one_line(name) or "nobody"
        self.setAccessibleName(f"{words}, {CHANNEL_WORDS[channel]}" if channel else words)
        self.update()

    def sizeHint(self) -> QSize:
        """The avatar, and room for the part of the mark that sticks out."""
        side = theme().px(self._size)
        extra = _MARK_OUT if self._channel else 0
        return QSize(side + extra, side + extra)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the avatar."""
        side = theme().px(self._size)
        painter = QPainter(self)
        paint_avatar(
            painter,
            QRectF(0, 0, side, side),
            self._name,
            colour_key=self._colour_key,
            channel=self._channel,
            behind=self._behind,
        )
        painter.end()
