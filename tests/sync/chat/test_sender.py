"""A chat's way out: what the relay's answers mean for a message."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from inbox_desktop.models.kinds import DeliveryState
from inbox_desktop.models.tables import Delivery, Message
from tests.relay.running import RunningRelay
from tests.sync.chat.desks import ChatDesk, eventually


@pytest.fixture
def chatting(relay: RunningRelay, desk: ChatDesk) -> ChatDesk:
    """A desktop with a visitor's message."""
    relay.visitor(relay.chat()).write("Hello?")
    desk.waits_for("Hello?")
    return desk


def detail(desk: ChatDesk, message_id: str) -> str:
    query = select(Delivery.detail).where(Delivery.message_id == message_id)
    return str(desk.read(lambda c: c.execute(query).scalar_one()))


def test_it_bears_the_relays_id_afterwards(chatting: ChatDesk) -> None:
    message_id = chatting.answer("Yes?")
    eventually(lambda: chatting.state(message_id) is DeliveryState.SENT)
    query = select(Message.external_id).where(Message.id == message_id)
    external_id = chatting.read(lambda c: c.execute(query).scalar_one())
    assert external_id is not None
    assert external_id != message_id


def test_a_conversation_that_the_relay_forgot(relay: RunningRelay, chatting: ChatDesk) -> None:
    from sqlalchemy import delete

    from inbox_desktop.relay.tables import Conversation as Kept
    from inbox_desktop.relay.tables import Message as KeptMessage

    def forget(writing):  # type: ignore[no-untyped-def]
        writing.connection.execute(delete(KeptMessage))
        writing.connection.execute(delete(Kept))

    relay.relay.database.write(forget)
    message_id = chatting.answer("Yes?")
    eventually(lambda: chatting.state(message_id) is DeliveryState.FAILED)
    assert "no longer has this conversation" in detail(chatting, message_id)


def test_what_the_relay_does_not_take(chatting: ChatDesk) -> None:
    message_id = chatting.answer("x" * 60_000)
    eventually(lambda: chatting.state(message_id) is DeliveryState.FAILED)
    assert "said no" in detail(chatting, message_id)
    shorter = chatting.answer("Shorter, then")
    eventually(lambda: chatting.state(shorter) is DeliveryState.SENT)


def test_without_a_relay_it_waits(relay: RunningRelay, chatting: ChatDesk) -> None:
    chatting.engine.disconnect_relay().result(60)
    message_id = chatting.answer("Yes?")
    eventually(lambda: "connected to no relay" in detail(chatting, message_id))
    assert chatting.state(message_id) is DeliveryState.QUEUED
    chatting.join(relay)
    eventually(lambda: chatting.state(message_id) is DeliveryState.SENT)
