"""What a message says about itself in words: its author, its delivery, what was blocked in it."""

import re
from collections import Counter
from datetime import datetime, tzinfo
from typing import Final

from PySide6.QtCore import QLocale

from inbox_desktop.models.kinds import DeliveryState, Direction, MessageKind
from inbox_desktop.models.phones import is_phone
from inbox_desktop.models.queries.rows import DeliveryRow, MessageRow
from inbox_desktop.ui.kit import one_line, short_time

UNVERIFIED: Final = "The sender could not be verified. Check the address before you share anything."
_KINDS: Final = {
    MessageKind.NOTE: "private note",
    MessageKind.AUTO_REPLY: "automatic reply",
    MessageKind.BOUNCE: "delivery report",
    MessageKind.COMPLAINT: "complaint",
    MessageKind.KEYWORD: "keyword",
    MessageKind.CAMPAIGN: "campaign",
    MessageKind.NOTIFICATION: "notification to the team",
}
_LONGEST_LABEL: Final = 40
_REMOTE: Final = ("image", "tracker")
LONGEST_SPOKEN: Final = 400
_BEGINNINGS: Final = ("Not sent yet.", "Not sent yet:", "Not sent.", "Perhaps sent, perhaps not.")


def author_label(message: MessageRow, me_id: str) -> str:
    """Who wrote, as the card's head names them: "You", a colleague, the customer's name or address."""
    if message.author_id is not None and message.author_id == me_id:
        return "You"
    return one_line(message.author_name) or one_line(message.author_address) or "Unknown sender"


def kind_label(message: MessageRow) -> str:
    """What a message is besides an ordinary one ("private note"); empty for ordinary ones.

    An answer that was not sent here is named: it bears our address, and anyone can write that. In a chat only
    our own desktops can answer.
    """
    bears_address = "@" in message.author_address or is_phone(message.author_address)
    if message.kind is MessageKind.REPLY and message.delivery is None and bears_address:
        return "sent with another program"
    kind = _KINDS.get(message.kind, "")
    if message.kind is MessageKind.CAMPAIGN and (name := one_line(message.subject, _LONGEST_LABEL)):
        return f"{kind} “{name}”"
    return kind


def plural(count: int, word: str) -> str:
    """A count with its word: "1 image", "2 images"."""
    return f"{count:,} {word}" if count == 1 else f"{count:,} {word}s"


def blocked_words(blocked: tuple[str, ...]) -> str:
    """What was kept from loading or running: "2 images, 1 tracker blocked"; empty when nothing was.

    Entries begin with what they are: "image URL", "tracker URL", "script", "link javascript:".
    """
    kinds = Counter(entry.partition(" ")[0] for entry in blocked)
    remote = [plural(kinds[word], word) for word in _REMOTE if kinds[word]]
    links = kinds["link"]
    others = sum(kinds.values()) - sum(kinds[word] for word in (*_REMOTE, "link"))
    parts = [", ".join(remote) + " blocked"] if remote else []
    if links:
        parts.append(f"{plural(links, 'unsafe link')} taken out")
    if others:
        parts.append("active content taken out")
    return " · ".join(parts)


def remote_images(html: str | None) -> tuple[str, ...]:
    """The addresses of images that the mail would load from the network, each once."""
    if not html:
        return ()
    found = re.findall(r'<img data-remote="([^"]{1,4000})"', html)
    return tuple(dict.fromkeys(address.replace("&amp;", "&") for address in found))


def delivery_label(delivery: DeliveryRow | None) -> str:
    """The short word in the card's head; empty when the strip below tells more."""
    if delivery is None:
        return ""
    refused = any(recipient.state is DeliveryState.FAILED for recipient in delivery.recipients)
    if delivery.state is DeliveryState.SENT:
        return "Sent to some" if refused else "Sent"
    return {
        DeliveryState.DELIVERED: "Delivered",
        DeliveryState.QUEUED: "Waiting",
        DeliveryState.ATTEMPTING: "Sending…",
        DeliveryState.FAILED: "Not sent",
        DeliveryState.UNKNOWN: "Sent or not?",
    }.get(delivery.state, "")


def queued_words(
    delivery: DeliveryRow, now: datetime, locale: QLocale, *, offline: bool, zone: tzinfo | None = None
) -> str:
    """Why a queued message has not left yet: "Sending in 8 s", "Queued, offline", or a reason."""
    wait = (delivery.not_before - now).total_seconds() if delivery.not_before else 0.0
    if delivery.detail:
        again = (
            f" Next try {short_time(now, delivery.not_before, locale, zone)}." if delivery.not_before else ""
        )
        return f"Not sent yet: {reason_words(delivery.detail)}{again}"
    if wait > 90:
        assert delivery.not_before is not None
        return f"Will be sent {short_time(now, delivery.not_before, locale, zone)}"
    if wait > 0:
        return f"Sending in {max(1, round(wait))} s"
    return "Queued, offline. It leaves by itself later." if offline else "Waiting to be sent"


def reason_words(detail: str) -> str:
    """The reason alone: what became of the message is said by whoever shows it."""
    for beginning in _BEGINNINGS:
        detail = detail.removeprefix(beginning).strip()
    return detail if detail.endswith(")") else ended(detail)


def refused_words(delivery: DeliveryRow) -> str:
    """Which recipients did not get a message that others got; empty when all did."""
    refused = [one for one in delivery.recipients if one.state is DeliveryState.FAILED]
    return " ".join(
        f"Not delivered to {one.address}: {ended(one.detail or 'refused')}" for one in refused[:5]
    )


def ended(text: str) -> str:
    """The sentence with its full stop."""
    text = one_line(text)
    return text if not text or text.endswith((".", "!", "?", "…", "。")) else f"{text}."


def spoken(message: MessageRow, me_id: str, when: str) -> str:
    """The whole message as one plain sentence, for screen readers."""
    who = author_label(message, me_id)
    verb = "replied"
    if message.direction is Direction.INBOUND or message.kind is MessageKind.NOTE:
        verb = "wrote"
    elif message.kind in {MessageKind.CAMPAIGN, MessageKind.NOTIFICATION}:
        verb = "sent"
    kind = kind_label(message)
    said = [f"{who} {verb}{f' ({kind})' if kind else ''}, {when}:"]
    said.append(ended(one_line(message.visible_text or message.text, LONGEST_SPOKEN) or "no text"))
    if not message.author_verified and message.direction is Direction.INBOUND:
        said.append("The sender could not be verified.")
    files = [file for file in message.attachments if not file.inline]
    if files:
        said.append(
            f"{plural(len(files), 'attachment')}: {', '.join(one_line(f.filename, 80) for f in files[:5])}."
        )
    if label := delivery_label(message.delivery):
        said.append(ended(label))
    return " ".join(said)


def size_words(size: int) -> str:
    """A size in bytes as people say it: "184 KB", "2.4 MB"."""
    if size < 1000:
        return f"{size} B"
    if size < 999_500:
        return f"{round(size / 1000)} KB"
    if size < 999_500_000:
        return f"{size / 1_000_000:.1f} MB"
    return f"{size / 1_000_000_000:.1f} GB"
