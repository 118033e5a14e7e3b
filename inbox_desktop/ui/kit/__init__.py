"""The UI kit: the look, the icons, the small widgets and the delegates that the panes are made of.

Start with `theme().install()` once per application. Everything follows the theme by itself from then on.
Colours are asked for by token name (`tokens.Tokens`), called `ink` where a widget takes one:
`Label("Waiting 18 min", "secondary", "text_2")`, `icon("mail", "email")`.

- Words: `Label` (wraps), `ElidedLabel` (one line), `Pill`, `StatusDot`, `CountBadge`. Always plain text.
- Actions: `Button` (primary, secondary, quiet, danger, link), `IconButton`, `MenuButton`, `SegmentedTabs`.
- Asking before something: `Question`.
- Frames: `Card` with `KeyValueRow`, `Banner` with links, `Divider`; `NavButton` and `RailButton` lead around.
- States of a list: `Skeleton`, `EmptyState`, `ErrorState`. What has happened: one `Toast` a window.
- Ticket lists: `TicketDelegate` on a model that answers `TicketRole`, `StateRole` and, by
  `ticket_sentence`, `Qt.AccessibleTextRole`.

What paints itself takes sizes from `theme().px()` and repaints on `theme().changed` (see
`painting.KitWidget`). A widget's property `kitRing` ("parent", "none") steers the focus ring.
"""

from inbox_desktop.ui.kit.avatar import Avatar, avatar_colour, initials, paint_avatar
from inbox_desktop.ui.kit.badge import CountBadge, badge_size, badge_text, paint_badge
from inbox_desktop.ui.kit.banner import Banner
from inbox_desktop.ui.kit.buttons import Button, IconButton, MenuButton
from inbox_desktop.ui.kit.calendar import Calendar
from inbox_desktop.ui.kit.cards import Card, KeyValueRow, row_of
from inbox_desktop.ui.kit.fields import DateTimeField, NumberField, TimeField
from inbox_desktop.ui.kit.icons import icon, icon_names, icon_pixmap, paint_icon
from inbox_desktop.ui.kit.labels import Divider, ElidedLabel, Label, StatusDot, plain_tool_tip
from inbox_desktop.ui.kit.nav import NavButton, RailButton
from inbox_desktop.ui.kit.pill import Pill, PillSpec, Tone, paint_pill, pill_size, tag_pill
from inbox_desktop.ui.kit.plain import one_line
from inbox_desktop.ui.kit.question import Question
from inbox_desktop.ui.kit.row_plan import Density
from inbox_desktop.ui.kit.rows import StateRole, TicketDelegate, TicketRole
from inbox_desktop.ui.kit.search_field import SearchField
from inbox_desktop.ui.kit.states import EmptyState, ErrorState, Skeleton
from inbox_desktop.ui.kit.tabs import SegmentedTabs
from inbox_desktop.ui.kit.theme import Theme, theme
from inbox_desktop.ui.kit.ticket_text import (
    BLOCKED,
    NOT_DELIVERED,
    NOT_SUBSCRIBED,
    SENDING_UNKNOWN,
    customer_label,
    ticket_sentence,
)
from inbox_desktop.ui.kit.times import day_and_time, full_time, short_duration, short_time
from inbox_desktop.ui.kit.toast import Toast, ToastMessage
from inbox_desktop.ui.kit.tokens import Tokens

__all__ = [
    "BLOCKED",
    "NOT_DELIVERED",
    "NOT_SUBSCRIBED",
    "SENDING_UNKNOWN",
    "Avatar",
    "Banner",
    "Button",
    "Calendar",
    "Card",
    "CountBadge",
    "DateTimeField",
    "Density",
    "Divider",
    "ElidedLabel",
    "EmptyState",
    "ErrorState",
    "IconButton",
    "KeyValueRow",
    "Label",
    "MenuButton",
    "NavButton",
    "NumberField",
    "Pill",
    "PillSpec",
    "Question",
    "RailButton",
    "SearchField",
    "SegmentedTabs",
    "Skeleton",
    "StateRole",
    "StatusDot",
    "Theme",
    "TicketDelegate",
    "TicketRole",
    "TimeField",
    "Toast",
    "ToastMessage",
    "Tokens",
    "Tone",
    "avatar_colour",
    "badge_size",
    "badge_text",
    "customer_label",
    "day_and_time",
    "full_time",
    "icon",
    "icon_names",
    "icon_pixmap",
    "initials",
    "one_line",
    "paint_avatar",
    "paint_badge",
    "paint_icon",
    "paint_pill",
    "pill_size",
    "plain_tool_tip",
    "row_of",
    "short_duration",
    "short_time",
    "tag_pill",
    "theme",
    "ticket_sentence",
]
