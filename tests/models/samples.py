"""A small inbox for tests of any room: an agent, a mailbox, and messages that arrive in it."""

import zlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from inbox_desktop.models.actions import SYSTEM, Action, Outcome, Refusal, agent, channel, perform
from inbox_desktop.models.actions.channels import AddChannel
from inbox_desktop.models.actions.inbound import InboundMessage
from inbox_desktop.models.actions.people import SaveAgent
from inbox_desktop.models.actions.receiving import Receive
from inbox_desktop.models.ids import new_id
from inbox_desktop.models.kinds import ChannelKind, IdentityKind, MessageKind, Role, Security
from inbox_desktop.models.mail_settings import MailSettings, Server
from inbox_desktop.models.profile import Profile
from inbox_desktop.models.store import Store
from inbox_desktop.models.tables import RawMail

START = datetime(2025, 11, 20, 9, 0, tzinfo=UTC)
"""When the first message of a test arrives unless it says otherwise."""

SUPPORT = "support@shop.example"
_EMPTY: list[bytes] = []
"""The database of an inbox in which nothing has happened, once a test has made one."""


def open_store(folder: Path) -> Store:
    """A store in a fresh profile below `folder`; close it at the end."""
    profile = Profile(folder / "profile")
    if _EMPTY and not profile.database.exists():  # making the tables takes most of the time of a small test
        profile.create()
        profile.database.write_bytes(_EMPTY[0])
    store = Store.open(profile)
    if not _EMPTY:
        store.close()
        _EMPTY.append(profile.database.read_bytes())
        store = Store.open(profile)
    return store


def mail_settings() -> MailSettings:
    """Settings of a mailbox that nobody ever connects to."""
    return MailSettings(
        imap=Server("localhost", 10143, Security.NONE),
        smtp=Server("localhost", 10025, Security.NONE),
        user=SUPPORT,
        aliases=("help@shop.example",),
        password_env="TEST_PASSWORD",
    )


def do(store: Store, action: Action) -> Outcome | Refusal:
    """Perform one action in a transaction of its own."""
    with store.write() as session:
        return perform(session, action)


def done(store: Store, action: Action) -> Outcome:
    """As `do`; a refusal fails the test."""
    outcome = do(store, action)
    assert isinstance(outcome, Outcome), outcome
    return outcome


def add_agent(store: Store, name: str = "Julia", role: Role = Role.SUPPORT) -> str:
    """A person of the team, the first one its owner; returns the id."""
    agent_id = new_id()
    email = f"{name.lower()}@shop.example"
    done(store, SaveAgent(actor=SYSTEM, agent_id=agent_id, agent_name=name, email=email, role=role))
    return agent_id


def add_channel(
    store: Store,
    agent_id: str,
    kind: ChannelKind = ChannelKind.EMAIL,
    address: str = SUPPORT,
    name: str = "Support",
) -> str:
    """A channel of the kind; returns the id."""
    channel_id = new_id()
    settings = mail_settings().to_json() if kind is ChannelKind.EMAIL else {}
    action = AddChannel(
        actor=agent(agent_id),
        channel_id=channel_id,
        kind=kind,
        channel_name=name,
        address=address,
        settings=settings,
    )
    done(store, action)
    return channel_id


class Mailroom:
    """Hands messages to a store, each a minute after the one before it.

    Calling it receives one message and returns the outcome; keyword arguments are those of
    `InboundMessage`, `actor` aside.
    """

    def __init__(self, store: Store, channel_id: str) -> None:
        self.store = store
        self.channel_id = channel_id
        self.arrived = 0

    def message(self, **values: Any) -> InboundMessage:
        """The next message, without receiving it."""
        self.arrived += 1
        address = values.get("author_address", "ana@example.com")
        text = values.pop("text", "Where is my order?")
        given = {
            "channel_id": self.channel_id,
            "external_id": f"<{new_id()}@example.com>",
            "kind": MessageKind.MESSAGE,
            "author_kind": IdentityKind.EMAIL,
            "author_address": address,
            "author_name": "Ana Souza" if address == "ana@example.com" else "",
            "sent_at": START + timedelta(minutes=self.arrived),
            "text": text,
            "visible_text": text,
            "subject": "My order",
            "to": (SUPPORT,),
            "channel_address": SUPPORT,
            "own_addresses": frozenset({SUPPORT, "help@shop.example"}),
        }
        return InboundMessage(**{**given, **values})

    def raw(self, mail: bytes) -> str:
        """Store a mail as it came; its `raw_id`."""
        values = {"channel_id": self.channel_id, "received_at": START, "size": len(mail)}
        row = RawMail(id=new_id(), content=zlib.compress(mail), **values)
        with self.store.write() as session:
            session.add(row)
        return row.id

    def __call__(self, **values: Any) -> Outcome:
        """Receive the next message."""
        message = self.message(**values)
        return done(
            self.store, Receive(actor=channel(message.channel_id), at=message.sent_at, message=message)
        )

    def answer(self, outcome: Outcome, **values: Any) -> Outcome:
        """Receive a further mail of the same customer in the thread of an earlier one."""
        assert isinstance(outcome.action, Receive)
        before = outcome.action.message
        thread = (*before.references, before.external_id)
        given = {
            "author_address": before.author_address,
            "author_name": before.author_name,
            "author_kind": before.author_kind,
            "channel_id": before.channel_id,
            "subject": f"Re: {before.subject}",
            "in_reply_to": before.external_id,
            "references": thread,
        }
        return self(**{**given, **values})
