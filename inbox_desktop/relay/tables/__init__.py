"""The relay's tables: SQLAlchemy 2.1 declarative, typed; the same on SQLite and PostgreSQL."""

from inbox_desktop.relay.tables.access import Desktop, Head, Invite
from inbox_desktop.relay.tables.base import Base
from inbox_desktop.relay.tables.chat import Chat, Conversation, File, MailJob, Message, Visitor
from inbox_desktop.relay.tables.hooks import Link, Number, Picture, Webhook

__all__ = [
    "Base",
    "Chat",
    "Conversation",
    "Desktop",
    "File",
    "Head",
    "Invite",
    "Link",
    "MailJob",
    "Message",
    "Number",
    "Picture",
    "Visitor",
    "Webhook",
]
