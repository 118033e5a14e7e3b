"""An inbound message of any channel, as the synchronisation hands it to the inbox."""

from dataclasses import dataclass, field
from datetime import datetime

from inbox_desktop.models.kinds import IdentityKind, MessageKind
from inbox_desktop.models.rules.order import believable


@dataclass(frozen=True, slots=True)
class InboundFile:
    """A file of a message; its content lies in the attachment store already. `size` in bytes."""

    filename: str
    content_type: str
    size: int
    sha256: str
    inline: bool = False
    content_id: str | None = None


@dataclass(frozen=True, slots=True)
class FailedRecipient:
    """A recipient who did not get a message and never will, and why in words."""

    address: str
    reason: str


@dataclass(frozen=True, slots=True)
class BouncedMessage:
    """What a bounce says of a message of ours: whom it is about ("" if it does not tell), and who failed.

    Nobody has failed while the server still tries, and when the message arrived and was complained about.
    """

    external_id: str
    recipient: str
    failed: tuple[FailedRecipient, ...] = ()


@dataclass(frozen=True, slots=True)
class InboundMessage:
    """What a customer sent, read and cleaned; or what was sent to one from our own address.

    `external_id` is the Message-ID or the provider's id. `author_verified` is False when it is not clear
    who wrote; such a message joins no ticket by its author. `signed_ticket_id` is set when the mail quotes
    a Message-ID of ours whose signature holds. `channel_address` is our address that it was written to.
    `history` marks what was there before the channel was connected; `seen` what had been read there.
    `received_at` is when it arrived, if that is known.

    `sent_elsewhere` marks mail from an address of ours to others: a colleague wrote it with another
    program, or somebody forged it. It is no customer's, and nothing that an agent does follows from it.

    What follows from these values and is asked many times on the way in is worked out once: `moment` is the
    time by which it is put into order (history keeps its dates), and `thread_ids` are the ids by which it
    finds its thread, the best first (RFC 5322, section 3.6.4).
    """

    channel_id: str
    external_id: str
    kind: MessageKind
    author_kind: IdentityKind
    author_address: str
    author_name: str
    sent_at: datetime
    text: str
    visible_text: str
    author_verified: bool = True
    subject: str = ""
    html: str | None = None
    visible_html: str | None = None
    reply_to: tuple[str, ...] = ()
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    channel_address: str = ""
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()
    signed_ticket_id: str | None = None
    bounced: BouncedMessage | None = None
    files: tuple[InboundFile, ...] = ()
    blocked: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    raw_id: str | None = None
    history: bool = False
    seen: bool = False
    own_addresses: frozenset[str] = field(default=frozenset())
    received_at: datetime | None = None
    sent_elsewhere: bool = False
    moment: datetime = field(init=False, compare=False, repr=False)
    thread_ids: tuple[str, ...] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        moment = self.sent_at if self.history else believable(self.sent_at, self.received_at)
        bounced = (self.bounced.external_id,) if self.bounced else ()
        direct = (self.in_reply_to,) if self.in_reply_to else ()
        ids = (*bounced, *direct, *reversed(self.references), self.external_id)
        object.__setattr__(self, "moment", moment)
        object.__setattr__(self, "thread_ids", tuple(dict.fromkeys(ids)))

    @property
    def recipients(self) -> frozenset[str]:
        """To whom it went, our own addresses aside."""
        return frozenset((*self.to, *self.cc)) - self.own_addresses
