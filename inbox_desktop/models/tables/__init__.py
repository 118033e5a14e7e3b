"""The tables: SQLAlchemy 2.1 declarative, typed; one module a theme."""

from inbox_desktop.models.tables.base import Base
from inbox_desktop.models.tables.channels import Channel
from inbox_desktop.models.tables.chats import ChatConversation, MailJob, RelayState
from inbox_desktop.models.tables.journal import Head, JournalEntry
from inbox_desktop.models.tables.local import DraftRow, Setting
from inbox_desktop.models.tables.mail import LedgerEntry, Mailbox, RawMail
from inbox_desktop.models.tables.messages import (
    Attachment,
    Message,
    SearchDocument,
    SetAside,
    SetAsideKey,
)
from inbox_desktop.models.tables.outgoing import Delivery, Recipient
from inbox_desktop.models.tables.people import Agent, Customer, Identity
from inbox_desktop.models.tables.texts import Attribution, Consent, ConsentChange, PollCursor
from inbox_desktop.models.tables.tickets import (
    Participant,
    ThreadKey,
    Ticket,
    TicketCount,
    TicketEvent,
    TicketTag,
)

__all__ = [
    "Agent",
    "Attachment",
    "Attribution",
    "Base",
    "Channel",
    "ChatConversation",
    "Consent",
    "ConsentChange",
    "Customer",
    "Delivery",
    "DraftRow",
    "Head",
    "Identity",
    "JournalEntry",
    "LedgerEntry",
    "MailJob",
    "Mailbox",
    "Message",
    "Participant",
    "PollCursor",
    "RawMail",
    "Recipient",
    "RelayState",
    "SearchDocument",
    "SetAside",
    "SetAsideKey",
    "Setting",
    "ThreadKey",
    "Ticket",
    "TicketCount",
    "TicketEvent",
    "TicketTag",
]
