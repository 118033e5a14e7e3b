"""The e-mails that the relay wants sent: claimed there, queued here exactly once, reported back."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from inbox_desktop.models.actions import Refusal, channel, perform
from inbox_desktop.models.actions.automatic import mail_channels, own_mail_addresses
from inbox_desktop.models.actions.chat_mail import QueueChatMail
from inbox_desktop.models.chat_settings import ChatSite
from inbox_desktop.models.kinds import MailJobKind, MailJobState
from inbox_desktop.models.queries.chat_sites import known_site
from inbox_desktop.models.store import Reader, WriteSession
from inbox_desktop.models.tables import ChatConversation, MailJob
from inbox_desktop.sync.chat.mail_words import Line, chat_mail
from inbox_desktop.sync.relay.client import RelayClient, RelayError
from inbox_desktop.sync.relay.feed import Change, FeedEntry, FeedPage
from inbox_desktop.sync.report import Counts
from inbox_desktop.sync.services import Services

log = logging.getLogger(__name__)

_OURS: Final = (MailJobState.QUEUED, MailJobState.REFUSED, MailJobState.DONE)
"""What this desktop has decided stays so, whatever the relay lists."""


@dataclass(frozen=True, slots=True)
class _Job:
    """A job that this desktop has to do something about."""

    id: str
    kind: MailJobKind
    conversation_id: str
    state: MailJobState


@dataclass(frozen=True, slots=True)
class _About:
    """What is known here of the conversation that a job is about."""

    channel_id: str
    site: ChatSite
    locale: str
    name: str
    page_url: str


class ChatMails:
    """Does the jobs. See `feed.FeedHandler`; belongs to the event loop."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def prepare(self, page: FeedPage, client: RelayClient) -> Change | None:
        """Returns what notes the page's jobs, so that none is forgotten."""
        jobs = page.of("mail_job")
        return partial(_note, jobs=jobs) if jobs else None

    async def taken(self, client: RelayClient) -> None:
        """Claim, queue and report what is open.

        Raises:
            RelayError: the relay cannot be asked. StorageError: the store cannot be used.
        """
        for job in await self._services.read(_open_jobs):
            if job.state is MailJobState.DUE:
                await self._send(job, client)
            else:
                await self._report(job, client)

    async def _send(self, job: _Job, client: RelayClient) -> None:
        about = await self._services.read(partial(_about, conversation_id=job.conversation_id))
        if about is None:
            return  # another desktop has the mailbox; or it is connected here later
        try:
            claimed = await client.post(f"mail-jobs/{job.id}/claim")
        except RelayError as error:
            if not error.is_final:
                raise
            await self._services.write(partial(_set, job_id=job.id, state=MailJobState.TAKEN))
            return
        action = self._action(job, about, claimed)
        state = await self._services.write(partial(_queue, action=action))
        await self._report(_Job(job.id, job.kind, job.conversation_id, state), client)

    def _action(self, job: _Job, about: _About, claimed: Mapping[str, Any]) -> QueueChatMail:
        lines = [_line(message, about.site.name) for message in claimed["messages"]]
        mail = chat_mail(
            job.kind, about.site, lines, locale=about.locale, name=about.name, page=about.page_url
        )
        return QueueChatMail(
            actor=channel(about.channel_id),
            job_id=job.id,
            kind=job.kind,
            conversation_id=job.conversation_id,
            support_address=about.site.support_address,
            sender_name=about.site.name,
            address=claimed["job"]["to"],
            subject=mail.subject,
            text=mail.text,
        )

    async def _report(self, job: _Job, client: RelayClient) -> None:
        """Tell the relay that the mail is in the outbox, or will never be sent."""
        is_sent = job.state is MailJobState.QUEUED
        body = {} if is_sent else {"reason": "It could not be sent here."}
        try:
            await client.post(f"mail-jobs/{job.id}/{'done' if is_sent else 'failed'}", body)
        except RelayError as error:
            if not error.is_final:
                raise
            log.info("the relay does not take the report on an e-mail: %s", error.code)
        await self._services.write(partial(_set, job_id=job.id, state=MailJobState.DONE))


def _note(session: WriteSession, jobs: tuple[FeedEntry, ...]) -> dict[str, Counts]:
    for entry in jobs:
        data = entry.data
        state = MailJobState.DUE if data["state"] == "due" else MailJobState.TAKEN
        known = session.get(MailJob, data["id"])
        if known is None:
            # One that we had claimed when we were ended is ours to send; the relay says so when it is asked.
            open_one = data["state"] in {"due", "claimed"}
            session.add(
                MailJob(
                    id=data["id"],
                    kind=MailJobKind(data["kind"]),
                    conversation_id=data["conversation_id"],
                    state=MailJobState.DUE if open_one else MailJobState.TAKEN,
                )
            )
        elif known.state not in _OURS and not (
            known.state == MailJobState.DUE and data["state"] == "claimed"
        ):
            known.state = state
    return {}


def _open_jobs(connection: Reader) -> list[_Job]:
    wanted = (MailJobState.DUE, MailJobState.QUEUED, MailJobState.REFUSED)
    query = select(MailJob.id, MailJob.kind, MailJob.conversation_id, MailJob.state)
    rows = connection.execute(query.where(MailJob.state.in_(wanted)).order_by(MailJob.id))
    return [_Job(row.id, MailJobKind(row.kind), row.conversation_id, MailJobState(row.state)) for row in rows]


def _about(connection: Reader, conversation_id: str) -> _About | None:
    """What is needed to write, None where this desktop cannot send from the chat's support address."""
    query = select(
        ChatConversation.channel_id,
        ChatConversation.locale,
        ChatConversation.name,
        ChatConversation.page_url,
    ).where(ChatConversation.id == conversation_id, ChatConversation.ticket_id.is_not(None))
    row = connection.execute(query).first()
    site = known_site(connection, row.channel_id) if row is not None else None
    if row is None or site is None or not site.support_address:
        return None
    with Session(connection) as session:
        if site.support_address.lower() not in own_mail_addresses(mail_channels(session)):
            return None
    return _About(row.channel_id, site, row.locale, row.name, row.page_url)


def _queue(session: WriteSession, action: QueueChatMail) -> MailJobState:
    result = perform(session, action)
    job = session.get_one(MailJob, action.job_id)
    if isinstance(result, Refusal) and job.message_id is None:
        log.info("an e-mail of a chat is not sent: %s", result.reason)
        job.state = MailJobState.REFUSED
    return MailJobState(job.state)


def _set(session: WriteSession, job_id: str, state: MailJobState) -> None:
    session.execute(update(MailJob).where(MailJob.id == job_id).values(state=state))


def _line(message: Mapping[str, Any], shop: str) -> Line:
    author = {"visitor": "", "automatic": shop}.get(message["author"], message.get("agent_name") or shop)
    files = tuple(str(file["name"]) for file in message.get("files", ()))
    return Line(author, str(message["text"]), datetime.fromisoformat(message["created_at"]), files)
