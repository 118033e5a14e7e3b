"""A channel's state in words, as the status line and its panel say it."""

from datetime import datetime
from typing import Final

from PySide6.QtCore import QLocale

from inbox_desktop.models.health import Health
from inbox_desktop.models.kinds import ChannelKind, ChannelState
from inbox_desktop.models.phones import is_phone, show_phone_to
from inbox_desktop.ui.kit import Tone, short_duration

KIND_WORDS: Final = {ChannelKind.EMAIL: "E-mail", ChannelKind.SMS: "SMS", ChannelKind.CHAT: "Chat"}
_TONES: Final = {
    ChannelState.STARTING: Tone.NEUTRAL,
    ChannelState.SYNCING: Tone.ACCENT,
    ChannelState.CONNECTED: Tone.GOOD,
    ChannelState.OFFLINE: Tone.WARN,
    ChannelState.FAILED: Tone.BAD,
    ChannelState.STOPPED: Tone.NEUTRAL,
}


def channel_name(health: Health, *, alone: bool) -> str:
    """What the channel is called: its kind, or its name when there are several of the kind."""
    if alone:
        return KIND_WORDS[health.kind]
    return show_phone_to(health.name, health.name) if is_phone(health.name) else health.name


def channel_tone(health: Health) -> Tone:
    """The colour of the state; what needs a person is never just a warning."""
    return Tone.BAD if health.needs_person else _TONES[health.state]


def state_words(health: Health, now: datetime, locale: QLocale) -> str:
    """The state as a few words: "synced 12 s ago", "offline, retry in 30 s"."""
    if health.needs_person:
        return "needs your attention"
    match health.state:
        case ChannelState.STARTING:
            return "connecting"
        case ChannelState.SYNCING:
            return _progress_words(health, locale)
        case ChannelState.CONNECTED if health.synced_at is not None:
            return f"synced {short_duration((now - health.synced_at).total_seconds())} ago"
        case ChannelState.CONNECTED:
            return "connected"
        case ChannelState.STOPPED:
            return "stopped"
        case ChannelState.OFFLINE:
            return _with_retry("offline", health, now)
        case ChannelState.FAILED:
            return _with_retry("failed", health, now)


def detail_words(health: Health, now: datetime, locale: QLocale) -> str:
    """All that is known: the state as a sentence, then the reason."""
    words = state_words(health, now, locale)
    return " ".join(filter(None, (f"{health.name}: {words}.", health.reason)))


def moves_with_time(health: Health) -> bool:
    """Whether the words change by themselves from second to second."""
    return health.retry_at is not None or health.synced_at is not None


def _progress_words(health: Health, locale: QLocale) -> str:
    if health.progress is None or not health.progress.total:
        return "synchronising"
    done, total = (locale.toString(number) for number in (health.progress.done, health.progress.total))
    kind = "synchronising" if health.synced_at is not None else "first synchronisation"
    return f"{kind}, {done} of {total}"


def _with_retry(word: str, health: Health, now: datetime) -> str:
    if health.retry_at is None:
        return word
    seconds = (health.retry_at - now).total_seconds()
    return f"{word}, retry in {short_duration(seconds)}" if seconds >= 1 else f"{word}, trying again"
