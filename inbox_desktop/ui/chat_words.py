"""What a visitor of a web chat does, and whether they will see an answer, in words. No widgets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from PySide6.QtCore import QLocale

from inbox_desktop.models.chat_relay import LiveChat
from inbox_desktop.models.health import Health
from inbox_desktop.models.kinds import ChannelKind, ChannelState, TicketStatus
from inbox_desktop.models.queries.chat_sites import known_site
from inbox_desktop.models.queries.chats import chat_of
from inbox_desktop.models.queries.rows import ChatRow, TicketRow
from inbox_desktop.models.store import Reader
from inbox_desktop.ui.composer.addresses import called
from inbox_desktop.ui.kit import Tone, customer_label, short_duration

if TYPE_CHECKING:
    from inbox_desktop.models.chat_settings import ChatSite

_REACHED: Final = frozenset({ChannelState.CONNECTED, ChannelState.SYNCING})
_MINUTE: Final = 60
_LONG_AGO: Final = 24 * 3600
_MEGABYTE: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class ChatState:
    """What is known of a chat's conversation and settings; either may be None while it is not."""

    row: ChatRow | None = None
    site: ChatSite | None = None


@dataclass(frozen=True, slots=True)
class Presence:
    """Whether a visitor is there, in a few words with a colour; empty where nobody can know it."""

    words: str = ""
    tone: Tone = Tone.NEUTRAL


def read_chat(reader: Reader, ticket: TicketRow) -> ChatState | None:
    """What is known of the chat behind a ticket; None for tickets of other kinds."""
    if ticket.channel_kind is not ChannelKind.CHAT:
        return None
    return ChatState(chat_of(reader, ticket.id), known_site(reader, ticket.channel_id))


def is_reached(health: Health | None) -> bool:
    """Whether the relay is reached, so that what it says of visitors holds."""
    return health is not None and health.state in _REACHED


def goes_on(ticket: TicketRow, chat: ChatState | None) -> bool:
    """Whether the conversation behind a ticket goes on in it."""
    row = chat.row if chat is not None else None
    ended = row is not None and (row.closed_at is not None or not row.is_newest)
    return ticket.status is not TicketStatus.CLOSED and not ended


def presence(live: LiveChat, moment: datetime, *, reached: bool) -> Presence:
    """Whether the visitor of a conversation that goes on is there."""
    if not reached:
        return Presence()
    if live.typing:
        return Presence("typing…", Tone.GOOD)
    if live.present:
        return Presence("here now", Tone.GOOD)
    if live.left_at is None:
        return Presence("not here now")
    seconds = max(0.0, (moment - live.left_at).total_seconds())
    if seconds < _MINUTE:
        return Presence("left just now")
    return Presence("left long ago" if seconds > _LONG_AGO else f"left {short_duration(seconds)} ago")


def answer_hint(
    ticket: TicketRow, chat: ChatState, live: LiveChat, *, reached: bool
) -> tuple[str, Tone] | None:
    """What becomes of an answer that is written now, where that is not plain; None where it is."""
    if not reached:
        return "The relay can't be reached. Your answer waits here and leaves by itself later.", Tone.WARN
    row = chat.row
    if row is None or live.present or live.typing:
        return None
    who = called(customer_label(ticket)) if ticket.customer_name else "The visitor"
    if not goes_on(ticket, chat):
        return (
            f"This conversation has ended. {who} sees your answer if they open the chat again.",
            Tone.NEUTRAL,
        )
    site = chat.site
    if site is None:
        return f"{who} has left, and sees your answer on coming back.", Tone.NEUTRAL
    if not site.support_address or not site.follow_up:
        why = "this chat sends no follow-up e-mails"
        return f"{who} has left and may not see your answer: {why}.", Tone.WARN
    if not row.email:
        return f"{who} has left without an e-mail address and may not see your answer.", Tone.WARN
    minutes = "a minute" if site.follow_up_minutes == 1 else f"{site.follow_up_minutes} minutes"
    return f"{who} has left. Unseen for {minutes}, your answer is e-mailed to {row.email}.", Tone.NEUTRAL


def largest_file(chat: ChatState | None) -> int:
    """How many bytes a file of this chat may have; 0 when that is not known."""
    return chat.site.max_file_mb * _MEGABYTE if chat is not None and chat.site is not None else 0


def page_words(address: str) -> str:
    """A page as people read it: its path, or the host of a first page; no question mark and what follows."""
    try:
        parts = urlsplit(address.strip())
    except ValueError:
        return address.strip()
    return parts.path.rstrip("/") or parts.netloc or address.strip()


def language_words(locale: str) -> str:
    """A browser's language as people say it: "Portuguese (Brazil)"; the code when nobody knows it."""
    found = QLocale(locale.replace("-", "_"))
    if not locale or found.language() == QLocale.Language.C:
        return locale
    language = QLocale.languageToString(found.language())
    return f"{language} ({QLocale.territoryToString(found.territory())})" if "-" in locale else language
