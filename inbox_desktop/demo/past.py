"""What has happened before the demo begins: every story's steps, each at its own time."""

from __future__ import annotations

import html
import re
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import select

from inbox_desktop.demo.deeds import do, handling, held, reading, sorting, stored
from inbox_desktop.demo.letters import Letter, Sealed, write, write_bounce
from inbox_desktop.demo.post import FULL_MAILBOX
from inbox_desktop.demo.received import Received
from inbox_desktop.demo.story import Deed, Step, Story
from inbox_desktop.demo.team import SUPPORT, Team
from inbox_desktop.models.actions import SYSTEM, agent
from inbox_desktop.models.actions.base import Actor
from inbox_desktop.models.actions.deliveries import BeginAttempt, FinishAttempt, RecordCopy
from inbox_desktop.models.actions.messages import AddNote, Reply
from inbox_desktop.models.drafts import save_draft
from inbox_desktop.models.kinds import CopyState, DeliveryState
from inbox_desktop.models.queries.rows import Draft
from inbox_desktop.models.store import WriteSession
from inbox_desktop.models.tables import Delivery, Message, Ticket
from inbox_desktop.sync.email.forwarding import ForwardedMail
from inbox_desktop.sync.email.message_ids import make_message_id
from inbox_desktop.sync.services import Services

_BY_CUSTOMER = {Deed.WRITE, Deed.AUTO, Deed.BOUNCE}
_SORTED_AFTER = timedelta(minutes=1)
_ON_ITS_WAY = timedelta(seconds=2)
_BOLD = re.compile(r"\*\*(.+?)\*\*")


@dataclass(slots=True)
class _Ticket:
    """How far one story is: its steps to come, its last mail by the customer and by the team."""

    story: Story
    steps: deque[Step]
    id: str = ""
    written: str | None = None
    received: Received | None = None


class Past:
    """Lets the stories happen, in rounds: all customers write once, then the team does its part.

    The customers' mails take the way of forwarded mail, the team's deeds are actions. What the team sent is
    recorded as the outbox would have; only a mail that is to fail is left for the outbox itself.
    """

    def __init__(self, services: Services, team: Team, forwarded: ForwardedMail, present: datetime) -> None:
        self._services = services
        self._team = team
        self._forwarded = forwarded
        self._present = present

    async def happen(self, stories: Sequence[Story]) -> None:
        """Let all of them happen up to the present moment."""
        tickets = [_Ticket(story, deque(story.steps)) for story in stories]
        while any(ticket.steps for ticket in tickets):
            fresh = [ticket for ticket in tickets if not ticket.id]
            await self._customers_write([ticket for ticket in tickets if ticket.steps])
            await self._services.write(partial(self._team_acts, tickets=tickets, fresh=fresh))
        await self._services.write(partial(self._drafts, tickets=tickets))

    # The customers' part

    async def _customers_write(self, tickets: Sequence[_Ticket]) -> None:
        """One mail of each whose turn it is; the older ones come first."""
        turns = sorted((t for t in tickets if t.steps[0].deed in _BY_CUSTOMER), key=lambda t: -t.steps[0].ago)
        mails: list[tuple[bytes, datetime]] = []
        for ticket in turns:
            step = ticket.steps.popleft()
            mail = self._mail(ticket, step)
            ticket.written = mail.message_id
            mails.append((mail.content, self._present - step.ago))
        await self._forwarded.keep_all(mails)
        await self._forwarded.take_kept()

    def _mail(self, ticket: _Ticket, step: Step) -> Sealed:
        moment = self._present - step.ago
        if step.deed is Deed.BOUNCE:
            assert ticket.received is not None
            return write_bounce(ticket.received, ticket.story.customer.address, SUPPORT, moment)
        letter = Letter(
            ticket.story,
            step.text,
            moment,
            answers=ticket.received,
            earlier=ticket.written,
            files=step.files,
            images=step.images,
            tracker=step.tracker,
            automatic=step.deed is Deed.AUTO,
        )
        return write(letter, SUPPORT)

    # The team's part

    def _team_acts(self, session: WriteSession, tickets: Sequence[_Ticket], fresh: Sequence[_Ticket]) -> None:
        """Sort the new tickets, and do all that the team does until each customer's next turn."""
        rows = held(session)
        for ticket in fresh:
            query = select(Message.ticket_id).where(Message.external_id == ticket.written)
            ticket.id = session.scalars(query).one() or ""
            story = ticket.story
            moment = self._present - story.steps[0].ago + _SORTED_AFTER
            do(session, *sorting(self._team, ticket.id, story.assignee, story.tags, moment))
        for ticket in tickets:
            while ticket.steps and ticket.steps[0].deed not in _BY_CUSTOMER:
                self._act(session, ticket, ticket.steps.popleft())
        del rows

    def _act(self, session: WriteSession, ticket: _Ticket, step: Step) -> None:
        at = self._present - step.ago
        row = session.get_one(Ticket, ticket.id)
        actor = agent(self._team[step.by or ticket.story.assignee or "julia"])
        if step.deed is Deed.REPLY:
            self._reply(session, ticket, step, self._reply_action(row, actor, step, at))
            return
        do(session, *reading(row, actor, at))
        if step.deed is Deed.NOTE:
            do(session, AddNote(actor=actor, at=at, ticket_id=row.id, text=step.text))
        else:
            do(session, *handling(row, actor, step.text, at))

    def _reply_action(self, row: Ticket, actor: Actor, step: Step, at: datetime) -> Reply:
        return Reply(
            actor=actor,
            at=at,
            ticket_id=row.id,
            text=step.text,
            files=tuple(stored(self._services.store, name) for name in step.files),
            seen_message_id=None,
            close=step.close,
            not_before=None if step.later is None else self._present + step.later,
        )

    def _reply(self, session: WriteSession, ticket: _Ticket, step: Step, reply: Reply) -> None:
        """Write it, and unless it waits or is going to fail, record that it was sent."""
        do(session, reply)
        if step.later is not None or ticket.story.customer.address.endswith(f"@{FULL_MAILBOX}"):
            return
        message = session.get_one(Message, reply.message_id)
        delivery = session.scalars(select(Delivery).where(Delivery.message_id == message.id)).one()
        domain = message.author_address.rpartition("@")[2]
        message_id = make_message_id(ticket.id, message.id, self._services.signing_key, domain)
        sent = reply.at + _ON_ITS_WAY
        do(
            session,
            BeginAttempt(actor=SYSTEM, at=reply.at, delivery_id=delivery.id, external_id=message_id),
            FinishAttempt(actor=SYSTEM, at=sent, delivery_id=delivery.id, state=DeliveryState.SENT),
            RecordCopy(actor=SYSTEM, at=sent, delivery_id=delivery.id, copy=CopyState.NONE),
        )
        ticket.received = Received(
            recipients=tuple(message.to),
            message_id=message_id,
            references=tuple(message.references),
            sent_at=message.sent_at,
            author_name=message.author_name,
            author_address=message.author_address,
            subject=message.subject,
            text=message.text,
            automatic=False,
        )

    def _drafts(self, session: WriteSession, tickets: Sequence[_Ticket]) -> None:
        """What Julia has begun to write."""
        for ticket in tickets:
            words = ticket.story.draft
            if not words:
                continue
            draft = Draft(
                ticket_id=ticket.id,
                is_note=False,
                html=_rich(words),
                text=_BOLD.sub(r"\1", words),
                files=(),
                seen_message_id=session.get_one(Ticket, ticket.id).last_message_id,
                saved_at=self._present,
            )
            save_draft(session, draft)


def _rich(text: str) -> str:
    """The draft as the editor keeps it: paragraphs, and **words** in bold."""
    marked = _BOLD.sub(r"<b>\1</b>", html.escape(text))
    return "".join(f"<p>{part.replace(chr(10), '<br>')}</p>" for part in marked.split("\n\n"))
