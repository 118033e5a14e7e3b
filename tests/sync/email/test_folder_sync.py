"""A folder on a server that misbehaves: one mail that cannot be had keeps no other away."""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import select

from inbox_desktop.models.actions import SYSTEM, perform
from inbox_desktop.models.actions.channels import ChangeChannel
from inbox_desktop.models.check import check
from inbox_desktop.models.kinds import Security, UidState
from inbox_desktop.models.mail_settings import MailSettings, Server
from inbox_desktop.models.store import Store
from inbox_desktop.models.tables import LedgerEntry
from inbox_desktop.sync.email import folder_sync
from inbox_desktop.sync.engine import Engine
from inbox_desktop.sync.report import ChannelReport
from inbox_desktop.sync.secrets import Secrets
from tests.support.mails import mail
from tests.support.scripted import Conversation, ScriptedServer

Connect = Callable[[MailSettings], str]
UIDS = (1, 2, 3)


class Odd:
    """A mailbox of three mails. `refuse` says what happens when some of them are fetched."""

    def __init__(self, refuse: Callable[[Conversation, str, list[int]], bool]) -> None:
        self._refuse = refuse
        self.uidnext = 4
        self.first = 0

    def __call__(self, conversation: Conversation) -> None:
        conversation.say("* OK [CAPABILITY IMAP4rev1] ready")
        while line := conversation.hear():
            tag, _, command = line.partition(" ")
            self._answer(conversation, tag, command)

    def _answer(self, conversation: Conversation, tag: str, command: str) -> None:
        if command.startswith("CAPABILITY"):
            conversation.say("* CAPABILITY IMAP4rev1")
        elif command.startswith("EXAMINE"):
            conversation.say("* 3 EXISTS", "* OK [UIDVALIDITY 1] x", f"* OK [UIDNEXT {self.uidnext}] x")
        elif "SEARCH" in command:
            wanted = re.search(r"UID ([\d,]+)$", command)
            found = [u for u in UIDS if wanted is None or str(u) in wanted.group(1).split(",")]
            conversation.say(f"* SEARCH {' '.join(map(str, found))}")
        elif "RFC822.SIZE" in command:
            conversation.say(*(f"* {u} FETCH (UID {u} RFC822.SIZE 500)" for u in asked_for(command)))
        elif "FETCH" in command:
            uids = asked_for(command)
            if self._refuse(conversation, tag, uids):
                return
            for uid in uids:
                raw = mail(self.first + uid)
                head = f'* {uid} FETCH (UID {uid} FLAGS () INTERNALDATE "01-Mar-2026 10:00:00 +0000" BODY[] '
                conversation.say_raw(f"{head}{{{len(raw)}}}\r\n".encode() + raw + b")\r\n")
        conversation.say(f"{tag} OK done")


def asked_for(command: str) -> list[int]:
    found = re.search(r"FETCH ([\d,]+)", command)
    assert found is not None
    return [int(uid) for uid in found.group(1).split(",")]


def sync(store: Store) -> ChannelReport:
    (channel,) = asyncio.run(Engine(store, Secrets()).sync_once()).channels
    return channel


def states(store: Store) -> dict[int, UidState]:
    with store.read() as connection:
        return {
            r.uid: UidState(r.state) for r in connection.execute(select(LedgerEntry.uid, LedgerEntry.state))
        }


def settings(server: Server, monkeypatch: pytest.MonkeyPatch) -> MailSettings:
    monkeypatch.setenv("INBOX_TEST_PASSWORD", "x")
    place = Server("127.0.0.1", 9, Security.NONE)
    return MailSettings(server, place, "ann", password_env="INBOX_TEST_PASSWORD")


def close_on_two(conversation: Conversation, tag: str, uids: list[int]) -> bool:
    if 2 in uids:
        conversation.close()
        raise OSError("gone")
    return False


def garble_two(conversation: Conversation, tag: str, uids: list[int]) -> bool:
    if 2 in uids:
        conversation.say('* 2 FETCH (UID 2 BODY[] "x" FLAGS (', f"{tag} OK done")
        return True
    return False


@pytest.mark.parametrize("misbehave", [close_on_two, garble_two])
def test_a_mail_over_which_the_server_stumbles_is_given_up_alone(
    store: Store,
    connect: Connect,
    monkeypatch: pytest.MonkeyPatch,
    misbehave: Callable[[Conversation, str, list[int]], bool],
) -> None:
    with ScriptedServer(Odd(misbehave)) as server:
        connect(settings(server.server(), monkeypatch))
        report = sync(store)
    assert report.errors == ()
    assert states(store) == {1: UidState.STORED, 2: UidState.QUARANTINED, 3: UidState.STORED}


def test_a_mail_that_the_server_keeps_back_is_quarantined_with_its_words(
    store: Store, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(conversation: Conversation, tag: str, uids: list[int]) -> bool:
        if 2 in uids:
            conversation.say(f"{tag} NO [SERVERBUG] this mail is broken")
            return True
        return False

    with ScriptedServer(Odd(refuse)) as server:
        connect(settings(server.server(), monkeypatch))
        assert sync(store).errors == ()
    assert states(store) == {1: UidState.STORED, 2: UidState.QUARANTINED, 3: UidState.STORED}
    with store.read() as connection:
        reason = connection.scalar(select(LedgerEntry.reason).where(LedgerEntry.uid == 2))
    assert reason is not None
    assert "this mail is broken" in reason


def test_a_server_that_was_set_back_is_read_anew(
    store: Store, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd = Odd(lambda *_: False)
    with ScriptedServer(odd) as server:
        connect(settings(server.server(), monkeypatch))
        assert sync(store).counts.stored == 3
        assert sync(store).counts.fetched == 0
        odd.uidnext = 3  # it gives out UID 3 again, to another mail perhaps
        counts = sync(store).counts
    assert (counts.fetched, counts.duplicate) == (3, 3)


@pytest.mark.parametrize(("user", "host", "stored"), [("bob", "127.0.0.1", 3), ("ann", "localhost", 0)])
def test_a_changed_account_with_the_same_uidvalidity_is_read_anew(
    store: Store, connect: Connect, monkeypatch: pytest.MonkeyPatch, user: str, host: str, stored: int
) -> None:
    odd = Odd(lambda *_: False)
    with ScriptedServer(odd) as server:
        before = settings(server.server(), monkeypatch)
        channel_id = connect(before)
        assert sync(store).counts.stored == 3
        assert before.imap is not None
        after = replace(before, user=user, imap=replace(before.imap, host=host))
        odd.first = 10 if user == "bob" else 0
        with store.write() as session:
            perform(session, ChangeChannel(actor=SYSTEM, channel_id=channel_id, settings=after.to_json()))
        counts = sync(store).counts
        assert (counts.fetched, counts.stored, counts.duplicate) == (3, stored, 3 - stored)
        assert sync(store).counts.fetched == 0
        with store.write() as session:
            perform(session, ChangeChannel(actor=SYSTEM, channel_id=channel_id, settings=before.to_json()))
        assert sync(store).counts.fetched == 0
    assert check(store).problems == ()


def refuse_three(conversation: Conversation, tag: str, uids: list[int]) -> bool:
    if 3 in uids:
        conversation.say(f"{tag} NO internal error")
        return True
    return False


def refuse_all(conversation: Conversation, tag: str, _uids: list[int]) -> bool:
    conversation.say(f"{tag} NO internal error")
    return True


@pytest.mark.parametrize(
    ("misbehave", "found"),
    [
        (refuse_three, {1: UidState.STORED, 2: UidState.STORED, 3: UidState.QUARANTINED}),
        (refuse_all, {}),
    ],
)
def test_a_mail_that_is_refused_alone_is_told_from_a_server_in_trouble(
    store: Store,
    connect: Connect,
    monkeypatch: pytest.MonkeyPatch,
    misbehave: Callable[[Conversation, str, list[int]], bool],
    found: dict[int, UidState],
) -> None:
    monkeypatch.setattr(folder_sync, "batches", lambda uids, _sizes: ([uid] for uid in uids))
    with ScriptedServer(Odd(misbehave)) as server:
        connect(settings(server.server(), monkeypatch))
        report = sync(store)
    assert states(store) == found
    assert [bool(report.errors), "internal error" in "".join(report.errors)] == [not found] * 2


def test_the_only_mail_of_a_mailbox_that_is_refused_is_given_up_in_the_end(
    store: Store, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder_sync, "_MOST_REFUSALS", 1)
    monkeypatch.setattr(sys.modules[__name__], "UIDS", (3,))
    with ScriptedServer(Odd(refuse_three)) as server:
        connect(settings(server.server(), monkeypatch))
        assert sync(store).errors == ()
    assert states(store) == {3: UidState.QUARANTINED}
