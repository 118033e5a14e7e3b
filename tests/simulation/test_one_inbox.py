"""Random lives of one inbox: whatever happens in whatever order, the invariants hold.

The reference is independent of the actions: it is computed from the stored messages and the journal.
"""

import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import func, select

from inbox_desktop.models import counts
from inbox_desktop.models.actions import SYSTEM, Action, Outcome, Refusal, agent
from inbox_desktop.models.actions.attaching import AttachSetAside
from inbox_desktop.models.actions.deliveries import (
    BeginAttempt,
    FinishAttempt,
    PostponeAttempt,
    RetryDelivery,
)
from inbox_desktop.models.actions.messages import AddNote, Reply
from inbox_desktop.models.actions.receiving import Receive
from inbox_desktop.models.actions.tickets import Assign, Close, MarkRead, MarkUnread, Reopen, Snooze, Wake
from inbox_desktop.models.clock import now
from inbox_desktop.models.ids import new_id
from inbox_desktop.models.kinds import DeliveryState, MessageKind, TicketStatus
from inbox_desktop.models.tables import Delivery, Head, JournalEntry, Message, Ticket
from tests.models import samples

people = st.sampled_from(["ana@example.com", "bo@example.com", "eve@example.com"])


class OneInbox(RuleBasedStateMachine):
    """Customers write, agents work, deliveries end; undo whatever can be undone."""

    @initialize()
    def open(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.store = samples.open_store(Path(self.folder.name))
        self.julia = samples.add_agent(self.store)
        self.tom = samples.add_agent(self.store, "Tom")
        self.receive = samples.Mailroom(self.store, samples.add_channel(self.store, self.julia))
        self.received: list[Outcome] = []
        self.undos: list[Action] = []
        self.seen: dict[str, tuple[str | None, str | None]] = {}

    def teardown(self) -> None:
        self.store.close()
        self.folder.cleanup()

    def act(self, action: Action) -> Outcome | Refusal:
        result = samples.do(self.store, action)
        if isinstance(result, Outcome) and result.undo is not None:
            self.undos.append(result.undo)
        return result

    def pick(self, data: st.DataObject, table: Any = Ticket) -> Any:
        with self.store.write() as session:
            rows = list(session.scalars(select(table).order_by(table.id)))
        return data.draw(st.sampled_from(rows))

    @rule(who=people, kind=st.sampled_from([MessageKind.MESSAGE] * 4 + [MessageKind.AUTO_REPLY]))
    def write_first(self, who: str, kind: MessageKind) -> None:
        outcome = self.receive(author_address=who, kind=kind, sent_at=now())
        if outcome.ticket_id:
            self.received.append(outcome)

    @precondition(lambda self: self.received)
    @rule(data=st.data(), who=st.none() | people, history=st.booleans(), days=st.integers(-2, 0))
    def write_again(self, data: st.DataObject, who: str | None, history: bool, days: int) -> None:
        earlier = data.draw(st.sampled_from(self.received))
        values: dict[str, Any] = {"author_address": who} if who else {}
        moment = now() + timedelta(days=days)
        self.received.append(self.receive.answer(earlier, history=history, sent_at=moment, **values))

    @rule(who=people, days=st.integers(-2, 0))
    def answer_what_comes_later(self, who: str, days: int) -> None:
        """An answer from a phone is here before its question, is set aside, and joins that."""
        question = f"<{new_id()}@example.com>"
        moment = now() + timedelta(days=days)
        ours: dict[str, Any] = {"author_address": samples.SUPPORT, "to": (who,), "sent_elsewhere": True}
        aside = self.receive(**ours, kind=MessageKind.REPLY, references=(question,), sent_at=moment)
        assert isinstance(aside.action, Receive)
        attach = AttachSetAside(actor=SYSTEM, message_id=aside.action.message_id)
        assert isinstance(self.act(attach), Refusal)
        self.received.append(self.receive(author_address=who, external_id=question, sent_at=moment))
        assert isinstance(self.act(attach), Outcome)

    @precondition(lambda self: self.received)
    @rule(data=st.data())
    def look(self, data: st.DataObject) -> None:
        ticket = self.pick(data)
        self.seen[ticket.id] = (ticket.last_message_id, ticket.last_inbound_id)

    @precondition(lambda self: self.received)
    @rule(data=st.data(), what=st.integers(0, 8), by_tom=st.booleans())
    def work(self, data: st.DataObject, what: int, by_tom: bool) -> None:
        ticket = self.pick(data)
        actor = agent(self.tom if by_tom else self.julia)
        message, inbound = self.seen.get(ticket.id, (None, None))
        text = "An answer."
        until = now() + timedelta(hours=3)
        actions: list[Action] = [
            Assign(actor=actor, ticket_id=ticket.id, assignee_id=actor.id),
            Close(actor=actor, ticket_id=ticket.id, seen_inbound_id=inbound),
            Snooze(actor=actor, ticket_id=ticket.id, until=until),
            Wake(actor=SYSTEM, ticket_id=ticket.id, due=ticket.snoozed_until or until),
            Reopen(actor=actor, ticket_id=ticket.id),
            MarkRead(actor=actor, ticket_id=ticket.id, seen_message_id=message),
            MarkUnread(actor=actor, ticket_id=ticket.id),
            AddNote(actor=actor, ticket_id=ticket.id, text="A note."),
            Reply(actor=actor, ticket_id=ticket.id, text=text, seen_message_id=message, close=by_tom),
        ]
        self.act(actions[what])

    @precondition(lambda self: self.undos)
    @rule(data=st.data())
    def undo(self, data: st.DataObject) -> None:
        self.act(self.undos.pop(data.draw(st.integers(0, len(self.undos) - 1))))

    @rule(data=st.data(), end=st.sampled_from(["sent", "failed", "unknown", "later", "retry"]))
    def deliver(self, data: st.DataObject, end: str) -> None:
        with self.store.write() as session:
            ids = list(session.scalars(select(Delivery.id).order_by(Delivery.id)))
        if not ids:
            return
        delivery_id = data.draw(st.sampled_from(ids))
        if end == "retry":
            self.act(RetryDelivery(actor=agent(self.julia), delivery_id=delivery_id))
            return
        begin = BeginAttempt(
            actor=SYSTEM, delivery_id=delivery_id, external_id=f"<{delivery_id}@shop.example>"
        )
        if isinstance(self.act(begin), Refusal):
            return
        if end == "later":
            self.act(PostponeAttempt(actor=SYSTEM, delivery_id=delivery_id, until=now(), detail="busy"))
        else:
            self.act(FinishAttempt(actor=SYSTEM, delivery_id=delivery_id, state=DeliveryState(end)))

    @invariant()
    def counts_are_true(self) -> None:
        with self.store.read() as reader:
            assert counts.kept(reader) == counts.recount(reader)

    @invariant()
    def the_journal_has_no_gap(self) -> None:
        with self.store.write() as session:
            newest, total = session.execute(
                select(func.max(JournalEntry.seq), func.count(JournalEntry.seq))
            ).one()
            assert newest == total == session.get_one(Head, 1).seq

    @invariant()
    def no_closed_ticket_hides_a_message(self) -> None:
        with self.store.write() as session:
            for ticket in session.scalars(select(Ticket).where(Ticket.status == TicketStatus.CLOSED)):
                assert ticket.closed_seen_id == ticket.last_inbound_id

    @invariant()
    def tickets_agree_with_their_messages(self) -> None:
        cancelled = select(Delivery.message_id).where(Delivery.state == DeliveryState.CANCELLED)
        with self.store.write() as session:
            for ticket in session.scalars(select(Ticket)):
                messages = list(
                    session.scalars(
                        select(Message)
                        .where(Message.ticket_id == ticket.id, Message.id.not_in(cancelled))
                        .order_by(Message.order_at, Message.id)
                    )
                )
                assert ticket.message_count == len(messages)
                assert ticket.last_message_at == max(m.order_at for m in messages)
                assert (ticket.status == TicketStatus.SNOOZED) == (ticket.snoozed_until is not None)


TestOneInbox = OneInbox.TestCase
TestOneInbox.settings = settings(
    max_examples=15, stateful_step_count=40, suppress_health_check=list(HealthCheck)
)
