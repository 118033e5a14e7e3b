"""What a person does with the relay through the engine: connect, make and change chats, see who is there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from inbox_desktop.models.actions import agent
from inbox_desktop.models.actions.channels import SaveSetting
from inbox_desktop.models.chat_relay import ChatChangedError, LiveChat
from inbox_desktop.models.chat_settings import ChatSettingsError, ChatSite
from inbox_desktop.models.errors import InboxError
from inbox_desktop.models.health import TestStep
from inbox_desktop.models.kinds import ChannelKind, ChannelState
from inbox_desktop.models.queries.chat_sites import known_site
from inbox_desktop.models.queries.directory import channels
from inbox_desktop.relay.access import desktops, invite, revoke
from inbox_desktop.relay.config import RelayConfig
from tests.relay.running import ORIGIN, RunningRelay
from tests.sync.chat.desks import PATIENCE, ChatDesk, eventually

SITE = ChatSite("Acme", (ORIGIN,), support_address="help@shop.example")


@pytest.fixture
def relay(tmp_path: Path) -> Iterator[RunningRelay]:
    with RunningRelay(RelayConfig(tmp_path / "relay")) as running:
        yield running


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[ChatDesk]:
    with ChatDesk(tmp_path) as made:
        yield made


def make(desk: ChatDesk, site: ChatSite = SITE) -> str:
    return desk.engine.create_chat(site).result(PATIENCE)


def test_an_invitation_is_used_once(relay: RunningRelay, desk: ChatDesk, tmp_path: Path) -> None:
    code = relay.relay.database.write(invite)
    info = desk.engine.connect_relay(relay.url + "/", code.lower()).result(PATIENCE)
    assert (info.url, info.public_url) == (relay.url, relay.url)
    token = desk.secrets.held["relay"]
    assert len(token) > 30
    eventually(lambda: (health := desk.engine.relay_health()) and health.state is ChannelState.CONNECTED)
    with ChatDesk(tmp_path, "other") as other:
        with pytest.raises(InboxError, match="invitation code is wrong"):
            other.engine.connect_relay(relay.url, code).result(PATIENCE)
        assert other.secrets.held == {}
        assert other.engine.relay_health() is None
    with pytest.raises(InboxError):  # a wrong code takes nothing away
        desk.engine.connect_relay(relay.url, code).result(PATIENCE)
    assert desk.secrets.held["relay"] == token


def test_every_step_is_told(relay: RunningRelay, desk: ChatDesk) -> None:
    steps: list[TestStep] = []
    code = relay.relay.database.write(invite)
    assert desk.engine.test_relay(relay.url, code, steps.append).result(PATIENCE)
    assert [(step.name, step.ok) for step in steps] == [
        ("name", True),
        ("port", True),
        ("certificate", True),
        ("sign-in", True),
    ]
    assert "used when you connect" in steps[-1].detail
    desk.join(relay)
    steps.clear()
    assert desk.engine.test_relay(relay.url, None, steps.append).result(PATIENCE)
    assert "knows this desktop as “desk”" in steps[-1].detail
    steps.clear()
    assert not desk.engine.test_relay(relay.url, "y" * 43, steps.append).result(PATIENCE)
    assert (steps[-1].name, steps[-1].ok) == ("sign-in", False)
    assert "no invitation code" in steps[-1].detail


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("a relay", "address"),
        ("https://does-not-exist.invalid", "name"),
        ("http://127.0.0.1:1", "port"),
    ],
)
def test_the_step_that_fails_is_named(desk: ChatDesk, url: str, name: str) -> None:
    steps: list[TestStep] = []
    assert not desk.engine.test_relay(url, "x" * 43, steps.append).result(PATIENCE)
    assert (steps[-1].name, steps[-1].ok) == (name, False)


@pytest.mark.expects_log("Invalid HTTP request")
def test_a_server_without_tls_fails_at_the_certificate(relay: RunningRelay, desk: ChatDesk) -> None:
    steps: list[TestStep] = []
    url = relay.url.replace("http://", "https://")
    assert not desk.engine.test_relay(url, "x" * 43, steps.append).result(PATIENCE)
    assert (steps[-1].name, steps[-1].ok) == ("certificate", False)


def test_a_chat_is_made_and_changed(relay: RunningRelay, desk: ChatDesk) -> None:
    desk.join(relay)
    channel_id = make(desk)
    (row,) = [c for c in desk.read(channels) if c.kind is ChannelKind.CHAT]
    assert (row.id, row.name) == (channel_id, "Acme")
    loaded = desk.engine.load_chat(channel_id).result(PATIENCE)
    assert loaded.site == SITE
    assert loaded.script_tag.startswith(f'<script src="{relay.url}/widget.js" data-chat="')
    assert len(loaded.identity_secret) >= 32
    assert loaded.identity_secret not in repr(loaded)
    saved = desk.engine.save_chat(channel_id, replace(SITE, name="Harbor"), loaded.version).result(PATIENCE)
    assert (saved.site.name, saved.version) == ("Harbor", loaded.version + 1)
    assert desk.read(lambda c: known_site(c, channel_id)) == saved.site
    eventually(lambda: [c.name for c in desk.read(channels) if c.id == channel_id] == ["Harbor"])
    renewed = desk.engine.renew_identity_secret(channel_id).result(PATIENCE)
    assert renewed.identity_secret != loaded.identity_secret


def test_who_saves_late_is_shown_what_is_there(relay: RunningRelay, desk: ChatDesk) -> None:
    desk.join(relay)
    channel_id = make(desk)
    first = desk.engine.load_chat(channel_id).result(PATIENCE)
    desk.engine.save_chat(channel_id, replace(SITE, name="First"), first.version).result(PATIENCE)
    with pytest.raises(ChatChangedError) as caught:
        desk.engine.save_chat(channel_id, replace(SITE, name="Second"), first.version).result(PATIENCE)
    assert caught.value.current.site.name == "First"


def test_what_cannot_be_used_is_refused_before_it_leaves(relay: RunningRelay, desk: ChatDesk) -> None:
    desk.join(relay)
    with pytest.raises(ChatSettingsError):
        make(desk, replace(SITE, colour="red"))
    assert relay.desktop().get("chats").json()["chats"] == []


def test_a_change_of_another_desktop_is_known_here(
    relay: RunningRelay, desk: ChatDesk, tmp_path: Path
) -> None:
    desk.join(relay)
    channel_id = make(desk)
    with ChatDesk(tmp_path, "other") as other:
        other.join(relay)
        theirs = other.engine.load_chat(other.chat_channel).result(PATIENCE)
        other.engine.save_chat(other.chat_channel, replace(SITE, name="Theirs"), theirs.version).result(
            PATIENCE
        )
    eventually(lambda: (site := desk.read(lambda c: known_site(c, channel_id))) and site.name == "Theirs")


def test_who_is_there_and_who_types(relay: RunningRelay, desk: ChatDesk) -> None:
    desk.join(relay)
    make(desk)
    heard: list[LiveChat] = []
    desk.engine.subscribe_live(heard.append)
    chat_id = relay.desktop().get("chats").json()["chats"][0]["id"]
    visitor = relay.visitor(chat_id)
    visitor.write("Hello?")
    desk.waits_for("Hello?")
    ticket_id = desk.ticket().id
    eventually(lambda: relay.relay.hub._listeners.get("desktops"))  # the desktop's socket is open
    with visitor.socket() as socket:
        socket.until("ready")
        eventually(lambda: desk.engine.live(ticket_id).present)
        socket.send("typing")
        eventually(lambda: desk.engine.live(ticket_id).typing)
        desk.engine.tell_typing(ticket_id)
        assert socket.until("typing")["agent_name"]
        visitor.write("I meant")
        eventually(lambda: not desk.engine.live(ticket_id).typing)
    assert visitor.post("leave", {"token": visitor.token}).is_success
    eventually(lambda: not desk.engine.live(ticket_id).present)
    assert desk.engine.live(ticket_id).left_at is not None
    assert {one.ticket_id for one in heard} == {ticket_id}


def test_a_setting_of_something_else_forgets_nobody_who_is_there(relay: RunningRelay, desk: ChatDesk) -> None:
    desk.join(relay)
    make(desk)
    visitor = relay.visitor(relay.desktop().get("chats").json()["chats"][0]["id"])
    visitor.write("Hello?")
    desk.waits_for("Hello?")
    ticket_id = desk.ticket().id
    with visitor.socket() as socket:
        socket.until("ready")
        eventually(lambda: desk.engine.live(ticket_id).present)
        heard: list[LiveChat] = []
        desk.engine.subscribe_live(heard.append)
        desk.do(SaveSetting(actor=agent(desk.me), key="remote.allowed", value=["ana@mail.example"]))
        visitor.write("Anybody?")
        desk.waits_for("Hello?", "Anybody?")
        assert all(one.present for one in heard)
        assert desk.engine.live(ticket_id).present


def test_a_new_token_of_the_same_relay_is_taken_up(relay: RunningRelay, desk: ChatDesk) -> None:
    desk.join(relay)
    former = relay.relay.database.read(desktops)[0]
    relay.relay.database.write(lambda writing: revoke(writing, former.id))
    desk.engine.sync_now()
    eventually(lambda: (health := desk.engine.relay_health()) and health.needs_person)
    desk.join(relay)
    eventually(lambda: (health := desk.engine.relay_health()) and health.state is ChannelState.CONNECTED)


def test_without_a_relay_nothing_can_be_made(desk: ChatDesk) -> None:
    with pytest.raises(InboxError, match="connected to no relay"):
        make(desk)
    desk.engine.tell_typing("no such ticket")
    assert desk.engine.live("no such ticket") == LiveChat("no such ticket")
