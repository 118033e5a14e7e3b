"""From a mail that was read to the message that the inbox takes in. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from inbox_desktop.models.actions.inbound import BouncedMessage, FailedRecipient, InboundFile, InboundMessage
from inbox_desktop.models.kinds import IdentityKind, MessageKind
from inbox_desktop.sync.email.channel import MailChannel
from inbox_desktop.sync.email.ledger import KeptMail
from inbox_desktop.sync.email.listener import without_trace
from inbox_desktop.sync.email.message_ids import signed_ticket_id
from inbox_desktop.sync.email.parsed import Address, Bounced, MailKind, ParsedMail

_KINDS = {
    MailKind.MESSAGE: MessageKind.MESSAGE,
    MailKind.LIST: MessageKind.MESSAGE,
    MailKind.AUTO_REPLY: MessageKind.AUTO_REPLY,
    MailKind.BOUNCE: MessageKind.BOUNCE,
    MailKind.COMPLAINT: MessageKind.COMPLAINT,
}
_WRITTEN = {MailKind.MESSAGE, MailKind.LIST, MailKind.AUTO_REPLY}
_NOBODY = Address("", "")
_CLOCKS_DIFFER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What must be known beside the mail: the channel, all of the team's addresses, and the signing key."""

    channel: MailChannel
    own_addresses: frozenset[str]
    signing_key: bytes


def to_inbound(
    mail: ParsedMail, kept: KeptMail, files: Sequence[InboundFile], where: Surroundings
) -> InboundMessage:
    """The message. `files` are the mail's attachments, whose contents are stored already."""
    sent_elsewhere = _is_sent_elsewhere(mail, where.own_addresses)
    author, verified = _author(mail, frozenset() if sent_elsewhere else where.own_addresses)
    ids = tuple(id_ for id_ in (mail.in_reply_to, *reversed(mail.references)) if id_)
    returned = (mail.bounced.original_message_id,) if mail.bounced else ()
    own = (mail.message_id,) if sent_elsewhere else ()  # of an answer that was restored from a backup, too
    return InboundMessage(
        channel_id=where.channel.id,
        external_id=mail.message_id or made_message_id(kept.raw),
        kind=_kind(mail.kind, sent_elsewhere=sent_elsewhere),
        author_kind=IdentityKind.EMAIL,
        author_address=author.address.lower(),
        author_name=author.name,
        author_verified=verified,
        sent_at=sent_at(mail.date, kept.received_at),
        subject=mail.subject,
        text=mail.text,
        visible_text=mail.visible_text,
        html=mail.html,
        visible_html=mail.visible_html,
        reply_to=_plain(mail.reply_to),
        to=_plain(mail.to),
        cc=_plain(mail.cc),
        channel_address=_channel_address(mail, where.channel, sent_elsewhere=sent_elsewhere),
        in_reply_to=mail.in_reply_to,
        references=mail.references,
        signed_ticket_id=signed_ticket_id([id_ for id_ in (*returned, *own, *ids) if id_], where.signing_key),
        bounced=_bounced(mail.bounced),
        files=tuple(files),
        blocked=mail.blocked,
        warnings=mail.warnings,
        raw_id=kept.raw_id,
        history=kept.history,
        seen=kept.history and kept.seen,
        own_addresses=where.own_addresses,
        received_at=kept.received_at,
        sent_elsewhere=sent_elsewhere,
    )


def sent_at(date: datetime | None, received_at: datetime) -> datetime:
    """When a mail was sent: its Date, unless that is missing or lies in the future of its arrival."""
    if date is None or date > received_at + _CLOCKS_DIFFER:
        return received_at
    return date


def made_message_id(raw: bytes) -> str:
    """The Message-ID of a mail that has none: the same mail always gets the same one.

    What our listener noted about its arrival is not of the mail: who tries again sends the same one.
    """
    return f"<{hashlib.sha256(without_trace(raw)).hexdigest()}@no-message-id.invalid>"


def _is_sent_elsewhere(mail: ParsedMail, own: frozenset[str]) -> bool:
    """Whether it was sent from an address of ours to others, and to none of ours.

    A contact form writes in our name, too: to one of our addresses, or (through a group's address) something
    that answers nothing and is to be answered to a stranger.
    """
    sender = mail.sender or _NOBODY
    if sender.address.lower() not in own or mail.kind not in _WRITTEN:
        return False
    is_answer = mail.in_reply_to is not None or bool(mail.references)
    if not is_answer and not own.issuperset(_plain(mail.reply_to)):
        return False
    recipients = {*_plain(mail.to), *_plain(mail.cc)}
    return bool(recipients) and own.isdisjoint(recipients)


def _kind(kind: MailKind, *, sent_elsewhere: bool) -> MessageKind:
    found = _KINDS[kind]
    return MessageKind.REPLY if sent_elsewhere and found is MessageKind.MESSAGE else found


def _author(mail: ParsedMail, own: frozenset[str]) -> tuple[Address, bool]:
    """Who wrote, and whether that is certain.

    A contact form writes in the shop's own name and puts the customer into Reply-To.
    """
    sender = mail.sender or _NOBODY
    if sender.address.lower() in own:
        for other in mail.reply_to:
            if other.address.lower() not in own:
                return other, False
    return sender, mail.from_verified and bool(sender.address)


def _channel_address(mail: ParsedMail, channel: MailChannel, *, sent_elsewhere: bool) -> str:
    """Which of the channel's addresses the mail was written to, or sent from; answers leave from it."""
    ours = channel.addresses
    written_to = (*mail.delivered_to, *_plain(mail.to), *_plain(mail.cc))
    for address in (mail.sender.address,) if sent_elsewhere and mail.sender else written_to:
        if address.lower() in ours:
            return address.lower()
    return ours[0]


def _plain(addresses: Sequence[Address]) -> tuple[str, ...]:
    # Most lists of a mail are empty.
    return tuple(dict.fromkeys([address.address.lower() for address in addresses])) if addresses else ()


def _bounced(bounced: Bounced | None) -> BouncedMessage | None:
    if bounced is None or bounced.original_message_id is None:
        return None
    failed = tuple(
        FailedRecipient(one.address.lower(), one.diagnostic or one.status or "The mail server sent it back.")
        for one in bounced.failed
    )
    return BouncedMessage(bounced.original_message_id, (bounced.recipient or "").lower(), failed)
