"""The relay goes and comes back, loses answers, or is another one: nothing is lost, nothing is doubled."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, update

from inbox_desktop.models.health import Health
from inbox_desktop.models.kinds import ChannelState, DeliveryState, TicketStatus
from inbox_desktop.models.tables import RelayState
from inbox_desktop.relay.migrate import renew_epoch
from tests.relay.running import RunningRelay, VisitorClient
from tests.support.tcp_proxy import TcpProxy, Way
from tests.sync.chat.desks import ChatDesk, eventually


@pytest.fixture
def proxy(relay: RunningRelay) -> Iterator[TcpProxy]:
    with TcpProxy(int(relay.url.rpartition(":")[2])) as made:
        yield made


@pytest.fixture
def far_desk(relay: RunningRelay, proxy: TcpProxy, tmp_path: Path) -> Iterator[ChatDesk]:
    """A desktop whose way to the relay the test can cut."""
    with ChatDesk(tmp_path) as made:
        made.secrets.held["relay"] = relay.desktop().token
        made.engine.connect_relay(proxy.url, made.secrets.held["relay"]).result(60)
        yield made


def begun(relay: RunningRelay, desk: ChatDesk) -> VisitorClient:
    """A visitor whose first message, "One", has come to the desktop."""
    visitor = relay.visitor(relay.chat())
    visitor.write("One")
    desk.waits_for("One")
    return visitor


def reopen(proxy: TcpProxy, desk: ChatDesk) -> None:
    proxy.way = Way.OPEN
    desk.engine.sync_now()


def health_of(desk: ChatDesk, state: ChannelState) -> Health:
    """What the chat's channel says as soon as it is in a state."""
    return eventually(lambda: [one for one in [desk.health()] if one and one.state is state])[0]


def agents_messages(relay: RunningRelay, conversation_id: str) -> list[str]:
    told = relay.desktop("looker").get(f"conversations/{conversation_id}/messages").json()["messages"]
    return [message["text"] for message in told if message["author"] == "agent"]


def test_what_happened_meanwhile_arrives(relay: RunningRelay, proxy: TcpProxy, far_desk: ChatDesk) -> None:
    visitor = begun(relay, far_desk)
    proxy.way = Way.CUT
    far_desk.engine.sync_now()
    reason = health_of(far_desk, ChannelState.OFFLINE).reason
    assert "can't be reached" in reason
    assert "your answers wait in the outbox" in reason
    visitor.write("Two")
    message_id = far_desk.answer("Offline answer")
    assert far_desk.state(message_id) in {DeliveryState.QUEUED, DeliveryState.ATTEMPTING}
    reopen(proxy, far_desk)
    eventually(lambda: far_desk.state(message_id) is DeliveryState.SENT)
    eventually(lambda: sorted(far_desk.texts()) == ["Offline answer", "One", "Two"])
    health_of(far_desk, ChannelState.CONNECTED)
    assert agents_messages(relay, far_desk.chat().conversation_id) == ["Offline answer"]


def test_what_was_closed_offline_is_closed_later(
    relay: RunningRelay, proxy: TcpProxy, far_desk: ChatDesk
) -> None:
    visitor = begun(relay, far_desk)
    proxy.way = Way.CUT
    far_desk.close_ticket()
    reopen(proxy, far_desk)
    eventually(lambda: visitor.get("conversation").json()["closed"])


def test_what_came_while_it_was_closed_offline_is_a_new_ticket(
    relay: RunningRelay, proxy: TcpProxy, far_desk: ChatDesk
) -> None:
    visitor = begun(relay, far_desk)
    proxy.way = Way.CUT
    visitor.write("Two")
    far_desk.close_ticket()
    reopen(proxy, far_desk)
    far_desk.waits_for("Two", number=2)
    assert far_desk.ticket(1).status is TicketStatus.CLOSED
    assert not visitor.get("conversation").json()["closed"]
    far_desk.close_ticket(2)
    eventually(lambda: visitor.get("conversation").json()["closed"])


def test_an_answer_whose_answer_was_lost_is_there_once(
    relay: RunningRelay, proxy: TcpProxy, far_desk: ChatDesk
) -> None:
    begun(relay, far_desk)
    proxy.way = Way.DEAF
    message_id = far_desk.answer("Twice sent")
    conversation = far_desk.chat().conversation_id
    eventually(lambda: agents_messages(relay, conversation) == ["Twice sent"])
    reopen(proxy, far_desk)
    eventually(lambda: far_desk.state(message_id) is DeliveryState.SENT)
    assert agents_messages(relay, conversation) == ["Twice sent"]
    assert far_desk.texts() == ["One", "Twice sent"]
    assert proxy.answers_lost


def test_a_restarted_desktop_goes_on(relay: RunningRelay, desk: ChatDesk) -> None:
    visitor = begun(relay, desk)
    desk.stop()
    visitor.write("Two")
    desk.start()
    desk.waits_for("One", "Two")


def test_another_epoch_starts_over_and_doubles_nothing(relay: RunningRelay, desk: ChatDesk) -> None:
    visitor = begun(relay, desk)
    desk.answer("Answer")
    eventually(lambda: visitor.get("conversation").json()["messages"][-1]["text"] == "Answer")
    before = desk.read(lambda c: c.execute(select(RelayState.epoch)).scalar_one())
    relay.relay.database.write(lambda writing: renew_epoch(writing.connection))
    visitor.write("Two")
    desk.engine.sync_now()
    desk.waits_for("One", "Answer", "Two")
    after = desk.read(lambda c: c.execute(select(RelayState.epoch)).scalar_one())
    assert before != after
    assert len(desk.tickets()) == 1


def test_a_desktop_that_forgot_where_it_stood_doubles_nothing(relay: RunningRelay, desk: ChatDesk) -> None:
    visitor = begun(relay, desk)
    desk.close_ticket()
    eventually(lambda: desk.chat().closed_at)
    visitor.write("Two")
    desk.waits_for("Two", number=2)
    desk.answer("Answer", number=2)
    eventually(lambda: visitor.get("conversation").json()["messages"][-1]["text"] == "Answer")
    desk.stop()
    with desk.store.write() as session:
        session.execute(update(RelayState).values(cursor=0))
    desk.start()
    visitor.write("Three")
    desk.waits_for("Two", "Answer", "Three", number=2)
    assert desk.texts(1) == ["One"]
    assert len(desk.tickets()) == 2


def test_a_desktop_whose_access_was_taken_says_so(relay: RunningRelay, desk: ChatDesk) -> None:
    from inbox_desktop.relay.access import desktops, revoke

    relay.chat()
    health_of(desk, ChannelState.CONNECTED)
    mine = next(one for one in relay.relay.database.read(desktops) if one.name == desk.name)
    relay.relay.database.write(lambda writing: revoke(writing, mine.id))
    desk.engine.sync_now()
    eventually(lambda: (health := desk.health()) and health.needs_person)
    told = desk.health()
    assert told is not None
    assert "does not know this desktop" in told.reason


def test_without_a_relay_a_chat_says_what_to_do(relay: RunningRelay, desk: ChatDesk) -> None:
    relay.chat()
    health_of(desk, ChannelState.CONNECTED)
    desk.engine.disconnect_relay().result(60)
    assert "connected to no relay" in health_of(desk, ChannelState.FAILED).reason
    assert desk.engine.relay_health() is None
    desk.join(relay)
    health_of(desk, ChannelState.CONNECTED)


@pytest.mark.expects_log("could not be taken in")
def test_an_entry_that_breaks_us_stops_no_other(
    relay: RunningRelay, desk: ChatDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    from inbox_desktop.models.actions.chats import receive_chat

    def broken(session, chat, messages, at):  # type: ignore[no-untyped-def]
        if any(message.text == "poison" for message in messages):
            raise ZeroDivisionError
        return receive_chat(session, chat, messages, at)

    monkeypatch.setattr("inbox_desktop.sync.chat.intake.receive_chat", broken)
    chat = relay.chat(welcome={}, in_hours_reply={}, away_reply={})
    desk.stop()
    relay.visitor(chat).write("poison")
    relay.visitor(chat).write("Sound")
    desk.start()
    eventually(lambda: [desk.texts(row.number) for row in desk.tickets()] == [["Sound"]])


def test_a_chat_that_was_removed_here_stays_so(relay: RunningRelay, desk: ChatDesk) -> None:
    chat = relay.chat()
    visitor = relay.visitor(chat)
    visitor.write("One")
    desk.waits_for("One")
    desk.engine.remove_channel(desk.chat_channel).result(60)
    visitor.write("Two")
    other = relay.visitor(relay.chat(name="Other"))
    other.write("Elsewhere")
    desk.waits_for("Elsewhere", number=2)
    assert desk.texts(1) == ["One"]
