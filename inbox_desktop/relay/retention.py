"""What is kept no longer: old conversations with all that is theirs, files, e-mails, visitors, texts."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, exists, select

from inbox_desktop.models.chat_settings import ChatSite
from inbox_desktop.relay.database import Writing
from inbox_desktop.relay.links import forget_links
from inbox_desktop.relay.pictures import forget_pictures
from inbox_desktop.relay.tables import Chat, Conversation, File, MailJob, Message, Visitor
from inbox_desktop.relay.webhooks import forget_webhooks

BATCH: Final = 100
_LOST_FILE: Final = timedelta(hours=24)
_FINISHED_JOB: Final = timedelta(days=30)
_SILENT_VISITOR: Final = timedelta(days=30)


def remove_old(writing: Writing, at: datetime) -> int:
    """Remove one small batch of what is too old; how many things that were. 0: nothing is left to remove."""
    return (
        _old_conversations(writing, at)
        or _lost_files(writing, at)
        or _finished_jobs(writing, at)
        or _silent_visitors(writing, at)
        or _texts(writing, at)
    )


def _old_conversations(writing: Writing, at: datetime) -> int:
    connection = writing.connection
    old: list[str] = []
    for chat_id, site in connection.execute(select(Chat.id, Chat.site)).all():
        days = ChatSite.from_json(site).retention_days
        if not days:
            continue
        query = select(Conversation.id).where(
            Conversation.chat_id == chat_id, Conversation.last_message_at < at - timedelta(days=days)
        )
        old += connection.execute(query.limit(BATCH - len(old))).scalars()
        if len(old) >= BATCH:
            break
    if not old:
        return 0
    writing.take_seq()  # no process may add a message to what goes
    for table in (File, MailJob, Message):
        connection.execute(delete(table).where(table.conversation_id.in_(old)))
    connection.execute(delete(Conversation).where(Conversation.id.in_(old)))
    return len(old)


def _lost_files(writing: Writing, at: datetime) -> int:
    lost = select(File.id).where(File.message_id.is_(None), File.created_at < at - _LOST_FILE)
    statement = delete(File).where(File.id.in_(lost.limit(BATCH)), File.message_id.is_(None))
    return writing.connection.execute(statement).rowcount


def _finished_jobs(writing: Writing, at: datetime) -> int:
    """E-mails that nobody has to send any more."""
    over = select(MailJob.id).where(
        MailJob.state.in_(("done", "failed", "expired")), MailJob.due_at < at - _FINISHED_JOB
    )
    return writing.connection.execute(delete(MailJob).where(MailJob.id.in_(over.limit(BATCH)))).rowcount


def _texts(writing: Writing, at: datetime) -> int:
    """Webhooks that every desktop has, short links and pictures that have expired."""
    forget = (forget_webhooks, forget_links, forget_pictures)
    return sum(one(writing.connection, at) for one in forget)


def _silent_visitors(writing: Writing, at: datetime) -> int:
    """Visitors without a conversation, who have not been there for long."""
    has_written = exists().where(Conversation.visitor_id == Visitor.id)
    silent = select(Visitor.id).where(Visitor.seen_at < at - _SILENT_VISITOR, ~has_written)
    ids = writing.connection.execute(silent.limit(BATCH)).scalars().all()
    if not ids:
        return 0
    writing.take_seq()
    return writing.connection.execute(delete(Visitor).where(Visitor.id.in_(ids), ~has_written)).rowcount
