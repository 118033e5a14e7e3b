"""E-mails that are due: follow-ups once for each departure, transcripts on request; who sends them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, insert, or_, select, update

from inbox_desktop.models.chat_settings import LONGEST_FOLLOW_UP, ChatSite
from inbox_desktop.models.clock import to_micros
from inbox_desktop.models.ids import new_id
from inbox_desktop.relay.api.errors import ApiError, not_found
from inbox_desktop.relay.conversations import MOST_SHOWN
from inbox_desktop.relay.database import Writing
from inbox_desktop.relay.feed import job_columns, job_json
from inbox_desktop.relay.keys import Keys
from inbox_desktop.relay.messages import COLUMNS, for_desktop
from inbox_desktop.relay.tables import Chat, Conversation, MailJob, Message, Visitor
from inbox_desktop.relay.visitors import PRESENT_FOR, newest_conversation_id

_TOO_LATE: Final = timedelta(hours=24)
"""Nobody is told of an answer for which it has been time for so long, as after a long stop of the relay."""
_LONGEST: Final = timedelta(minutes=LONGEST_FOLLOW_UP)
_WAITS: Final = timedelta(days=7)
"""So long an e-mail waits for a desktop."""
_OPEN: Final = ("due", "claimed")


def due_follow_ups(connection: Connection, at: datetime) -> tuple[str, ...]:
    """The conversations whose visitor left without having seen an agent's answer, and is to be written to."""
    query = (
        select(Conversation.id, Conversation.agent_wrote_at, Chat.site)
        .join(Visitor, Visitor.id == Conversation.visitor_id)
        .join(Chat, Chat.id == Conversation.chat_id)
        .where(
            Conversation.agent_wrote_at > at - _TOO_LATE - _LONGEST,
            Conversation.agent_wrote_at <= at - timedelta(minutes=1),
            *_unseen_and_away(at),
        )
    )
    return tuple(row.id for row in connection.execute(query) if _is_wanted(row.site, row.agent_wrote_at, at))


def make_follow_up(writing: Writing, conversation_id: str, at: datetime) -> bool:
    """Make the job, unless another process did or the visitor came back meanwhile."""
    seq = writing.take_seq()
    connection = writing.connection
    row = connection.execute(
        select(
            Visitor.email,
            Visitor.seen_at,
            Conversation.visitor_seen_position,
            Conversation.agent_position,
        )
        .join(Visitor, Visitor.id == Conversation.visitor_id)
        .where(Conversation.id == conversation_id, *_unseen_and_away(at))
    ).one_or_none()
    if row is None:
        return False
    connection.execute(
        insert(MailJob).values(
            id=new_id(),
            kind="follow_up",
            conversation_id=conversation_id,
            departure=to_micros(row.seen_at),
            to=row.email,
            after=row.visitor_seen_position,
            up_to=row.agent_position,
            due_at=at,
            state="due",
            reason="",
            seq=seq,
        )
    )
    connection.execute(
        update(Conversation).where(Conversation.id == conversation_id).values(followed_up_at=at, seq=seq)
    )
    return True


def make_transcript(writing: Writing, visitor_id: str, to: str, at: datetime) -> None:
    """Make the job for the visitor's present conversation; the same one again is none.

    Raises:
        ApiError: 404 without a conversation; 409 when the chat sends no e-mails.
    """
    seq = writing.take_seq()
    connection = writing.connection
    conversation_id = newest_conversation_id(connection, visitor_id)
    if conversation_id is None:
        raise not_found("A conversation")
    position, site = connection.execute(
        select(Conversation.last_position, Chat.site)
        .join(Chat, Chat.id == Conversation.chat_id)
        .where(Conversation.id == conversation_id)
    ).one()
    if not ChatSite.from_json(site).support_address:
        raise ApiError(409, "no_mail", "This chat sends no e-mails.")
    same = select(MailJob.id).where(
        MailJob.conversation_id == conversation_id,
        MailJob.kind == "transcript",
        MailJob.to == to,
        MailJob.up_to == position,
        MailJob.state.in_((*_OPEN, "done")),
    )
    if connection.execute(same).first() is not None:
        return
    connection.execute(
        insert(MailJob).values(
            id=new_id(),
            kind="transcript",
            conversation_id=conversation_id,
            departure=to_micros(at),
            to=to,
            after=0,
            up_to=position,
            due_at=at,
            state="due",
            reason="",
            seq=seq,
        )
    )


def claim(writing: Writing, keys: Keys, job_id: str, desktop_id: str, at: datetime) -> dict[str, Any]:
    """Give the job to one desktop; asking again for one's own is harmless. Returns the job and its messages.

    Raises:
        ApiError: 404; 409 `taken` by another desktop, or `expired` since the visitor has seen the answer.
    """
    seq = writing.take_seq()
    connection = writing.connection
    job = _job(connection, job_id)
    if job.claimed_by not in {None, desktop_id} or job.state not in _OPEN:
        raise ApiError(409, "taken", "Another desktop sends this e-mail, or it was sent.")
    if job.state == "due":
        if job.kind == "follow_up" and not _still_unseen(connection, job):
            raise ApiError(409, "expired", "The visitor has seen the answer meanwhile.")
        connection.execute(
            update(MailJob)
            .where(MailJob.id == job_id)
            .values(state="claimed", claimed_by=desktop_id, claimed_at=at, seq=seq)
        )
    return {"job": job_json(_job(connection, job_id)), "messages": _messages(connection, keys, job)}


def finish(writing: Writing, job_id: str, desktop_id: str, state: str, reason: str = "") -> None:
    """The desktop that claimed the job says that it is done, or why it failed.

    Raises:
        ApiError: 404; 409 when the job is not this desktop's.
    """
    seq = writing.take_seq()
    job = _job(writing.connection, job_id)
    if job.claimed_by != desktop_id or job.state not in {"claimed", state}:
        raise ApiError(409, "taken", "This e-mail is not this desktop's to send.")
    writing.connection.execute(
        update(MailJob).where(MailJob.id == job_id).values(state=state, reason=reason, seq=seq)
    )


def stale_jobs(connection: Connection, at: datetime) -> tuple[str, ...]:
    """Jobs that nobody claimed and that need not be sent any more."""
    query = (
        select(MailJob.id)
        .join(Conversation, Conversation.id == MailJob.conversation_id)
        .where(
            MailJob.state == "due",
            or_(
                MailJob.due_at < at - _WAITS,
                (MailJob.kind == "follow_up") & (Conversation.visitor_seen_position >= MailJob.up_to),
            ),
        )
    )
    return tuple(connection.execute(query).scalars())


def expire(writing: Writing, job_ids: tuple[str, ...]) -> None:
    """Give up jobs that nobody claimed."""
    seq = writing.take_seq()
    writing.connection.execute(
        update(MailJob)
        .where(MailJob.id.in_(job_ids), MailJob.state == "due")
        .values(state="expired", seq=seq)
    )


def _unseen_and_away(at: datetime) -> tuple[Any, ...]:
    return (
        Conversation.agent_position > Conversation.visitor_seen_position,
        Visitor.email != "",
        Visitor.blocked.is_(False),
        Visitor.seen_at < at - PRESENT_FOR,
        or_(Conversation.followed_up_at.is_(None), Conversation.followed_up_at < Visitor.seen_at),
    )


def _is_wanted(site_json: dict[str, Any], agent_wrote_at: datetime, at: datetime) -> bool:
    site = ChatSite.from_json(site_json)
    due_for = at - agent_wrote_at - timedelta(minutes=site.follow_up_minutes)
    return site.follow_up and bool(site.support_address) and timedelta(0) <= due_for < _TOO_LATE


def _job(connection: Connection, job_id: str) -> Any:
    row = connection.execute(select(*job_columns()).where(MailJob.id == job_id)).one_or_none()
    if row is None:
        raise not_found("This e-mail")
    return row


def _still_unseen(connection: Connection, job: Any) -> bool:
    query = select(Conversation.visitor_seen_position).where(Conversation.id == job.conversation_id)
    return bool(connection.execute(query).scalar_one() < job.up_to)


def _messages(connection: Connection, keys: Keys, job: Any) -> list[dict[str, Any]]:
    """What the e-mail tells: the answers that the visitor had not seen, or the whole conversation."""
    query = select(*COLUMNS).where(
        Message.conversation_id == job.conversation_id,
        Message.position > job.after,
        Message.position <= job.up_to,
    )
    if job.kind == "follow_up":
        query = query.where(Message.author == "agent")
    rows = connection.execute(query.order_by(Message.position.desc()).limit(MOST_SHOWN * 10)).all()[::-1]
    visitor_id = connection.execute(
        select(Conversation.visitor_id).where(Conversation.id == job.conversation_id)
    ).scalar_one()
    return for_desktop(connection, keys, rows, {job.conversation_id: visitor_id})
