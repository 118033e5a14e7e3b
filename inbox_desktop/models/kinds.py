"""The closed vocabularies of the inbox: every status, kind and state that is stored or shown."""

from enum import StrEnum


class ChannelKind(StrEnum):
    """How a customer reaches the team."""

    EMAIL = "email"
    SMS = "sms"
    CHAT = "chat"


class TicketStatus(StrEnum):
    """Where a ticket stands. A snoozed one is hidden until its time comes."""

    OPEN = "open"
    SNOOZED = "snoozed"
    CLOSED = "closed"


class Direction(StrEnum):
    """Who a message comes from, seen from the brand."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"


class MessageKind(StrEnum):
    """What a message is. Only `MESSAGE` opens, reopens or wakes a ticket.

    `KEYWORD` is a customer's text that is a compliance keyword (STOP, HELP ...): it is never unread, and no
    person has to answer it. `CAMPAIGN` is a campaign or flow message that another program sent from the same
    number; its `subject` holds the provider's label, if there is one. `NOTIFICATION` is an e-mail to the team
    about a text, and belongs to no ticket. `AUTO_REPLY` comes in (an out-of-office) and goes out (what the
    auto-responder says, or what a keyword is answered with).
    """

    MESSAGE = "message"
    REPLY = "reply"
    NOTE = "note"
    AUTO_REPLY = "auto_reply"
    BOUNCE = "bounce"
    COMPLAINT = "complaint"
    KEYWORD = "keyword"
    CAMPAIGN = "campaign"
    NOTIFICATION = "notification"


class DeliveryState(StrEnum):
    """The delivery state machine: draft -> queued -> attempting -> sent | failed | unknown.

    `SENT`: the server or provider took it. `DELIVERED`: the provider says that it arrived; only after `SENT`,
    and only on channels that report it.
    """

    QUEUED = "queued"
    ATTEMPTING = "attempting"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    UNKNOWN = "unknown"
    CANCELLED = "cancelled"


class CopyState(StrEnum):
    """Whether the copy of a sent mail already lies in the Sent folder."""

    NONE = "none"
    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"


class UidState(StrEnum):
    """What became of one UID of a mailbox (the ledger).

    `FETCHED` means that the raw mail is kept and not yet read. `SET_ASIDE` is what belongs to no ticket and
    opens none: automatic mail (a bounce, an out-of-office), and mail of ours sent with another program.
    `GONE` was listed by the server and had vanished before it could be fetched.
    """

    FETCHED = "fetched"
    STORED = "stored"
    DUPLICATE = "duplicate"
    SET_ASIDE = "set_aside"
    QUARANTINED = "quarantined"
    GONE = "gone"


class ActorKind(StrEnum):
    """Who performs an action."""

    AGENT = "agent"
    CHANNEL = "channel"
    SYSTEM = "system"


class Role(StrEnum):
    """What an agent may do; exactly one owner."""

    OWNER = "owner"
    ADMIN = "admin"
    MANAGER = "manager"
    SUPPORT = "support"


class IdentityKind(StrEnum):
    """What kind of address a customer is known by."""

    EMAIL = "email"
    PHONE = "phone"
    VISITOR = "visitor"


class ConsentKind(StrEnum):
    """What a person may agree to be texted about. Either allows the team to answer a text."""

    MARKETING = "marketing"
    TRANSACTIONAL = "transactional"


class ConsentState(StrEnum):
    """Whether a person agreed. Never having been asked is no state: there is no row then."""

    GRANTED = "granted"
    REVOKED = "revoked"


class ConsentSource(StrEnum):
    """How a change of consent became known.

    `KEYWORD`: the person texted it. `AGENT`: somebody of the team entered it. `PROVIDER`: the provider
    refuses the number because its owner opted out there (Twilio's error 21610). `IMPORT`: it came with other
    data.
    """

    KEYWORD = "keyword"
    AGENT = "agent"
    PROVIDER = "provider"
    IMPORT = "import"


class MailJobKind(StrEnum):
    """Which e-mail a chat wants sent: what was answered after the visitor left, or the whole conversation."""

    FOLLOW_UP = "follow_up"
    TRANSCRIPT = "transcript"


class MailJobState(StrEnum):
    """How far an e-mail is that a chat wants sent.

    `TAKEN`: another desktop sends it, or it is not wanted any more. `QUEUED`: it is in our outbox, which the
    relay does not know yet. `REFUSED`: it cannot be sent, which the relay does not know yet.
    """

    DUE = "due"
    TAKEN = "taken"
    QUEUED = "queued"
    REFUSED = "refused"
    DONE = "done"


class Security(StrEnum):
    """How a connection to a mail server is protected."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"


class ChannelState(StrEnum):
    """What a channel is doing, as the status line shows it."""

    STARTING = "starting"
    SYNCING = "syncing"
    CONNECTED = "connected"
    OFFLINE = "offline"
    FAILED = "failed"
    STOPPED = "stopped"
