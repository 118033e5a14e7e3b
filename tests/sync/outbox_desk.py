"""A small desk for the outbox's tests: a real store and submission server, a clock that is set by hand."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from inbox_desktop.models.actions import Action, Outcome, Refusal, agent
from inbox_desktop.models.actions.channels import ChangeChannel
from inbox_desktop.models.actions.messages import Reply
from inbox_desktop.models.clock import now
from inbox_desktop.models.errors import InboxError
from inbox_desktop.models.ids import new_id
from inbox_desktop.models.kinds import CopyState, DeliveryState
from inbox_desktop.models.mail_settings import MailSettings
from inbox_desktop.models.store import WriteSession
from inbox_desktop.models.tables import Delivery, Message, Recipient
from inbox_desktop.sync.email.sender import EmailSender
from inbox_desktop.sync.email.smtp_session import Timeouts
from inbox_desktop.sync.outbox import Outbox, Pauses
from inbox_desktop.sync.sending import HandOver, LookUp, OutgoingMail, Sender, SendResult
from tests.models import samples
from tests.support.smtp_server import PASSWORD, USER, SmtpServer

T = TypeVar("T")

PATIENT = Timeouts(connect=20, reply=20, data=20, quit=5)
IMPATIENT = Timeouts(connect=0.5, reply=0.5, data=0.5, bytes_per_second=10_000_000, quit=0.1)
"""For servers that stall on purpose: elsewhere a busy computer would look like one."""
PAUSES = Pauses(grace=0.0, storage=0.01)
ANA = "ana@example.com"


class KilledError(BaseException):
    """The process ends here, like after kill -9."""


@dataclass
class LookUps:
    """The Sent folder of the tests: what a look-up answers, and what was asked and filed."""

    answer: Callable[[OutgoingMail], bool | None] = lambda _mail: False
    asked: list[str] = field(default_factory=list)
    filed: list[str] = field(default_factory=list)
    copy_faults: Callable[[OutgoingMail], Exception | None] = lambda _mail: None


class DeskSender:
    """The real way out over SMTP, with the tests' Sent folder."""

    def __init__(self, desk: Desk) -> None:
        settings = MailSettings(None, desk.smtp.server, USER)
        self.real = EmailSender(
            settings, lambda: desk.password, desk.store.attachments, timeouts=desk.timeouts
        )
        self.look_ups = desk.look_ups

    async def send(self, mail: OutgoingMail, hand_over: HandOver) -> SendResult:
        return await self.real.send(mail, hand_over)

    async def look_up(self, mail: OutgoingMail) -> LookUp | None:
        self.look_ups.asked.append(mail.external_id)
        found = self.look_ups.answer(mail)
        return None if found is None else LookUp(found)

    async def file_copy(self, mail: OutgoingMail) -> None:
        if fault := self.look_ups.copy_faults(mail):
            raise fault
        self.look_ups.filed.append(mail.external_id)


class Desk:
    """A store with a ticket of Ana's in an e-mail channel, and whatever its outbox needs."""

    def __init__(self, folder: Path, smtp: SmtpServer) -> None:
        self.store = samples.open_store(folder)
        self.smtp = smtp
        self.julia = samples.add_agent(self.store)
        self.channel = samples.add_channel(self.store, self.julia)
        settings = MailSettings(None, smtp.server, USER, password_env="TEST_PASSWORD").to_json()
        self.do(ChangeChannel(actor=agent(self.julia), channel_id=self.channel, settings=settings))
        self.time = now()
        self.password = PASSWORD
        self.timeouts = PATIENT
        self.look_ups = LookUps()
        self.problems: list[str | None] = []
        self.senders: Callable[[str], Sender | None] = lambda _channel: DeskSender(self)
        self.writes = 0
        self.kill_at: tuple[int, str] | None = None
        self.storage_faults: list[InboxError] = []
        self._mailroom = samples.Mailroom(self.store, self.channel)

    def do(self, action: Action) -> Outcome | Refusal:
        return samples.do(self.store, action)

    def reply(self, text: str = "It left yesterday.", **more: Any) -> str:
        """Julia answers Ana in a new ticket; returns the delivery's id."""
        arrived = self._mailroom(external_id=f"<{new_id()}@example.com>")
        assert arrived.ticket_id is not None
        action = Reply(
            actor=agent(self.julia), ticket_id=arrived.ticket_id, text=text, seen_message_id=None, **more
        )
        outcome = self.do(action)
        assert isinstance(outcome, Outcome), outcome
        with self.store.write() as session:
            delivery = session.query(Delivery).where(Delivery.message_id == action.message_id).one()
            return delivery.id

    def outbox(self, pauses: Pauses = PAUSES) -> Outbox:
        """An outbox as a freshly started process has it."""
        return Outbox(
            self.store,
            self.write,
            self._sender,
            lambda: self.time,
            on_problem=lambda _channel, text: self.problems.append(text),
            pauses=pauses,
        )

    def _sender(self, channel_id: str) -> Sender | None:
        return self.senders(channel_id)

    async def write(self, change: Callable[[WriteSession], T]) -> T:
        """One transaction; the process may be killed before or after it, or the disk be full."""
        self.writes += 1
        if self.storage_faults:
            raise self.storage_faults.pop(0)
        if self.kill_at == (self.writes, "before"):
            raise KilledError
        with self.store.write() as session:
            result = change(session)
        if self.kill_at == (self.writes, "after"):
            raise KilledError
        return result

    def later(self, **duration: float) -> None:
        """Let time pass."""
        self.time += timedelta(**duration)

    def delivery(self, delivery_id: str) -> Delivery:
        """The delivery as it stands."""
        with self.store.write() as session:
            return session.get_one(Delivery, delivery_id)

    def state(self, delivery_id: str) -> DeliveryState:
        return DeliveryState(self.delivery(delivery_id).state)

    def copy(self, delivery_id: str) -> CopyState:
        return CopyState(self.delivery(delivery_id).copy)

    def message(self, delivery_id: str) -> Message:
        with self.store.write() as session:
            return session.get_one(Message, session.get_one(Delivery, delivery_id).message_id)

    def recipients(self, delivery_id: str) -> dict[str, str]:
        """The state of each recipient."""
        with self.store.write() as session:
            rows = session.query(Recipient).where(Recipient.delivery_id == delivery_id).all()
            return {row.address: str(row.state) for row in rows}

    def queued_until(self, delivery_id: str) -> datetime | None:
        return self.delivery(delivery_id).not_before

    def copies(self, message_id: str | None) -> int:
        """How many messages with this Message-ID the server has taken."""
        header = f"Message-ID: {message_id}\r\n".encode()
        return sum(header in taken.content for taken in self.smtp.accepted)

    def recipients_detail(self, delivery_id: str) -> dict[str, str]:
        """What is told about each recipient."""
        with self.store.write() as session:
            rows = session.query(Recipient).where(Recipient.delivery_id == delivery_id).all()
            return {row.address: row.detail for row in rows}

    def break_server(self) -> None:
        """From now on nothing listens there, until `smtp.listen()`."""
        self.smtp.hang_up()


async def until(condition: Callable[[], object]) -> None:
    """Wait until it holds; a test that waits in vain ends by its time-out."""
    while not condition():  # noqa: ASYNC110 - what is waited for tells nobody
        await asyncio.sleep(0.01)


async def until_settled(desk: Desk, rounds: int = 2) -> None:
    """Start the program again and again, hours apart."""
    for _ in range(rounds):
        desk.later(hours=2)
        await desk.outbox().flush_once()


async def stopped_when_struck(desk: Desk) -> None:
    """Run the program until a fault of the server has struck, then stop it."""
    running = asyncio.create_task(desk.outbox().run())
    await until(lambda: desk.smtp.behaviour.struck)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
