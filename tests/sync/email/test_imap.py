"""IMAP connections: safe or not at all, read-only, and never waiting for ever."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from inbox_desktop.models.kinds import Security
from inbox_desktop.models.mail_settings import Server
from inbox_desktop.sync.email import imap
from inbox_desktop.sync.email.imap import (
    GarbledError,
    ImapSession,
    News,
    Waker,
    close_imap,
    connect_imap,
    open_imap,
)
from inbox_desktop.sync.errors import ChannelError, Fault
from tests.support.dovecot import PASSWORD, Dovecot
from tests.support.mails import mail
from tests.support.scripted import Conversation, ScriptedServer
from tests.support.tls import TestAuthority

GREETING = "* OK [CAPABILITY IMAP4rev1 IDLE] ready"


def fault_of(call: Callable[[], object]) -> ChannelError:
    with pytest.raises(ChannelError) as caught:
        call()
    return caught.value


def signed_in(conversation: Conversation, capability: str = "IMAP4rev1 IDLE") -> None:
    """Greet and let the client in."""
    conversation.say(f"* OK [CAPABILITY {capability}] ready")
    while True:
        line = conversation.hear()
        tag, _, command = line.partition(" ")
        if command.startswith("CAPABILITY"):
            conversation.say(f"* CAPABILITY {capability}", f"{tag} OK done")
        elif command.startswith("LOGIN"):
            conversation.say(f"{tag} OK [CAPABILITY {capability}] welcome")
            return
        else:
            raise ValueError(command)


class TestProtection:
    def test_plain_text_to_another_computer_is_refused_before_anything_is_sent(self) -> None:
        error = fault_of(lambda: connect_imap(Server("192.0.2.1", 143, Security.NONE)))
        assert error.fault is Fault.SETTINGS
        assert error.needs_person

    def test_starttls_that_is_not_offered_ends_the_connection_before_the_password(self) -> None:
        heard: list[str] = []

        def script(conversation: Conversation) -> None:
            conversation.say("* OK [CAPABILITY IMAP4rev1] ready")
            while line := conversation.hear():
                heard.append(line)
                conversation.say("* CAPABILITY IMAP4rev1", f"{line.split()[0]} OK done")

        with ScriptedServer(script) as server:
            error = fault_of(lambda: open_imap(server.server(Security.STARTTLS), "ann", "pass-word"))
        assert error.fault is Fault.TLS
        assert "not sent" in str(error)
        assert not any("pass-word" in line or "LOGIN" in line for line in heard)

    def test_preauth_before_starttls_is_refused(self) -> None:
        def script(conversation: Conversation) -> None:
            conversation.say("* PREAUTH [CAPABILITY IMAP4rev1 STARTTLS] welcome")
            while conversation.answer("* CAPABILITY IMAP4rev1 STARTTLS"):
                pass

        with ScriptedServer(script) as server:
            error = fault_of(lambda: open_imap(server.server(Security.STARTTLS), "ann", "pass-word"))
        assert error.fault is Fault.TLS

    def test_tls_to_a_port_without_it(self) -> None:
        with ScriptedServer(
            lambda conversation: conversation.say(GREETING, "* OK more", "* OK more")
        ) as server:
            error = fault_of(lambda: connect_imap(server.server(Security.TLS)))
        assert error.fault in {Fault.TLS, Fault.CLOSED}

    def test_over_tls_the_name_is_checked(self, own_dovecot: Dovecot, trusted: TestAuthority) -> None:
        own_dovecot.use_certificate(trusted.wrong_host())
        error = fault_of(lambda: connect_imap(own_dovecot.server(Security.TLS)))
        assert error.fault is Fault.CERTIFICATE
        assert error.needs_person

    def test_starttls_checks_the_certificate_too(self, dovecot: Dovecot) -> None:
        error = fault_of(lambda: connect_imap(dovecot.server(Security.STARTTLS)))
        assert error.fault is Fault.CERTIFICATE


class TestSignIn:
    @pytest.mark.parametrize(
        ("answer", "fault"),
        [
            ("NO [AUTHENTICATIONFAILED] Authentication failed.", Fault.SIGN_IN),
            ("NO [UNAVAILABLE] Temporary authentication failure", Fault.SERVER),
            ("NO [LIMIT] Too many simultaneous connections", Fault.LIMIT),
            ("NO Invalid credentials (Failure)", Fault.SIGN_IN),
        ],
    )
    def test_what_the_refusal_means(self, answer: str, fault: Fault) -> None:
        def script(conversation: Conversation) -> None:
            conversation.say("* OK [CAPABILITY IMAP4rev1] ready")
            while line := conversation.hear():
                tag, _, command = line.partition(" ")
                is_sign_in = command.startswith("LOGIN")
                conversation.say("* CAPABILITY IMAP4rev1", f"{tag} {answer if is_sign_in else 'OK done'}")

        with ScriptedServer(script) as server:
            assert fault_of(lambda: open_imap(server.server(), "ann", "secret")).fault is fault

    def test_a_connection_that_breaks_meanwhile_is_no_wrong_password(self) -> None:
        def script(conversation: Conversation) -> None:
            conversation.say("* OK [CAPABILITY IMAP4rev1] ready")
            while "LOGIN" not in (line := conversation.hear()):
                conversation.say("* CAPABILITY IMAP4rev1", f"{line.split()[0]} OK done")

        with ScriptedServer(script) as server:
            assert fault_of(lambda: open_imap(server.server(), "ann", "secret")).fault is Fault.CLOSED

    def test_login_disabled_never_sees_the_password(self) -> None:
        heard: list[str] = []

        def script(conversation: Conversation) -> None:
            conversation.say("* OK [CAPABILITY IMAP4rev1 LOGINDISABLED] ready")
            while line := conversation.hear():
                heard.append(line)
                conversation.say("* CAPABILITY IMAP4rev1 LOGINDISABLED", f"{line.split()[0]} OK done")

        with ScriptedServer(script) as server:
            error = fault_of(lambda: open_imap(server.server(), "ann", "pass-word"))
        assert error.fault is Fault.SIGN_IN
        assert not any("pass-word" in line for line in heard)

    def test_a_password_that_is_not_ascii(self, dovecot: Dovecot, mailbox: str) -> None:
        error = fault_of(lambda: open_imap(dovecot.server(), mailbox, "Grüße"))
        assert error.fault is Fault.SIGN_IN

    def test_a_greeting_that_is_a_farewell(self) -> None:
        with ScriptedServer(lambda conversation: conversation.say("* BYE Too many connections")) as server:
            assert fault_of(lambda: connect_imap(server.server())).fault is Fault.LIMIT

    def test_no_greeting_at_all(self) -> None:
        with ScriptedServer(lambda conversation: None) as server:
            assert fault_of(lambda: connect_imap(server.server())).fault is Fault.CLOSED

    def test_a_silent_server_is_not_waited_for_for_ever(self) -> None:
        with ScriptedServer(lambda conversation: print(conversation.hear())) as server:
            error = fault_of(lambda: connect_imap(server.server(), timeout=0.3))
        assert error.fault is Fault.PORT
        assert "in time" in str(error)


@pytest.fixture
def session(dovecot: Dovecot, mailbox: str) -> Iterator[ImapSession]:
    dovecot.append(mailbox, *(mail(n) for n in range(3)))
    opened = ImapSession.open(dovecot.server(), mailbox, PASSWORD)
    yield opened
    opened.close()


class TestSession:
    def test_fetch(self, session: ImapSession) -> None:
        examined = session.examine("INBOX")
        assert (examined.exists, examined.uidnext) == (3, 4)
        assert session.uids(examined.exists) == [1, 2, 3]
        assert session.uids_from(3) == [3]
        assert session.uids_from(4) == []
        assert session.sizes([1, 2, 99]).keys() == {1, 2}
        fetched = session.fetch([3, 1, 99])
        assert [m.uid for m in fetched.mails] == [3, 1]
        assert fetched.mails[0].raw == mail(2)
        assert fetched.mails[0].received_at.utcoffset() is not None
        assert fetched.gone == (99,)
        assert (
            session.fetch([2], header_only=True).mails[0].raw
            == mail(1).partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
        )

    def test_long_lists_are_asked_for_in_parts(
        self, session: ImapSession, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(imap, "_MOST_LISTED", 2)
        assert session.uids(session.examine("INBOX").exists) == [1, 2, 3]

    def test_idle_hears_of_new_mail(self, session: ImapSession, dovecot: Dovecot, mailbox: str) -> None:
        session.examine("INBOX")
        waker = Waker()
        later = threading.Timer(0.3, lambda: dovecot.append(mailbox, mail(9)))
        later.start()
        assert session.wait_for_news(waker, 20) is News.MAIL
        later.join()
        waker.close()

    def test_idle_ends_when_it_is_woken_and_when_nothing_comes(self, session: ImapSession) -> None:
        session.examine("INBOX")
        waker = Waker()
        assert session.wait_for_news(waker, 0.1) is News.QUIET
        waker.set()
        assert session.wait_for_news(waker, 20) is News.INTERRUPTED
        assert session.wait_for_news(waker, 0.1) is News.QUIET  # it was forgotten
        waker.close()

    def test_abort_ends_a_wait_from_another_thread(self, session: ImapSession) -> None:
        session.examine("INBOX")
        waker = Waker()
        later = threading.Timer(0.2, session.abort)
        later.start()
        began = time.monotonic()
        assert fault_of(lambda: session.wait_for_news(waker, 20)).fault is Fault.CLOSED
        assert time.monotonic() - began < 10
        later.join()
        waker.close()


class TestLies:
    """Servers, or what stands between, that do not keep to the protocol."""

    def open(self, server: ScriptedServer) -> ImapSession:
        return ImapSession.open(server.server(), "ann", "secret")

    def test_news_that_comes_with_the_answer_to_idle_is_not_overlooked(self) -> None:
        def script(conversation: Conversation) -> None:
            signed_in(conversation)
            tag = conversation.hear().split()[0]
            conversation.say_raw(b"+ idling\r\n* 4 EXISTS\r\n")  # in one packet: nothing more to wait for
            conversation.hear()
            conversation.say(f"{tag} OK done")
            conversation.hear()

        waker = Waker()
        with ScriptedServer(script) as server:
            session = self.open(server)
            began = time.monotonic()
            assert session.wait_for_news(waker, 15) is News.MAIL
            assert time.monotonic() - began < 10
            session.close()
        waker.close()

    @pytest.mark.parametrize("ending", [b"", b"* BYE shutting down\r\n", b"* 5 EXI"])
    def test_a_connection_that_dies_in_idle_is_noticed(self, ending: bytes) -> None:
        def script(conversation: Conversation) -> None:
            signed_in(conversation)
            conversation.hear()
            conversation.say("+ idling")
            time.sleep(0.2)
            if ending:
                conversation.say_raw(ending)
                time.sleep(0.2)

        waker = Waker()
        with ScriptedServer(script) as server:
            session = self.open(server)
            assert fault_of(lambda: session.wait_for_news(waker, 15)).fault is Fault.CLOSED
            session.close()
        waker.close()

    def test_a_connection_that_is_silently_dead_is_noticed_when_a_round_of_idle_ends(self) -> None:
        def script(conversation: Conversation) -> None:
            signed_in(conversation)
            conversation.hear()
            conversation.say("+ idling")
            while conversation.hear():  # DONE, and nobody answers it
                pass

        waker = Waker()
        with ScriptedServer(script) as server:
            session = ImapSession.open(server.server(), "ann", "secret", timeout=0.5)
            error = fault_of(lambda: session.wait_for_news(waker, 0.2))
            assert "in time" in str(error)
            session.abort()
            session.close()
        waker.close()

    def test_an_answer_that_makes_no_sense_ends_the_connection(self) -> None:
        def script(conversation: Conversation) -> None:
            signed_in(conversation)
            conversation.answer("* 1 EXISTS", "* OK [UIDVALIDITY 1] x")
            conversation.answer('* 1 FETCH (UID 1 BODY[] "x" FLAGS (')
            conversation.hear()

        with ScriptedServer(script) as server:
            session = self.open(server)
            session.examine("INBOX")
            assert isinstance(fault_of(lambda: session.fetch([1])), GarbledError)
            session.close()

    def test_a_mail_that_the_server_refuses_is_named_and_the_others_come(self) -> None:
        body = "Subject: x\r\n\r\ny\r\n"

        def script(conversation: Conversation) -> None:
            signed_in(conversation)
            while line := conversation.hear():
                tag, _, command = line.partition(" ")
                if "SEARCH" in command:
                    conversation.say("* SEARCH 1 2", f"{tag} OK done")
                elif "EXAMINE" in command:
                    conversation.say("* 2 EXISTS", f"{tag} OK done")
                elif command.startswith("UID FETCH 2 "):
                    head = "* 2 FETCH (UID 2 FLAGS () INTERNALDATE " + '"01-Mar-2026 10:00:00 +0000" BODY[] '
                    conversation.say_raw(f"{head}{{{len(body)}}}\r\n{body})\r\n{tag} OK done\r\n".encode())
                else:
                    conversation.say(f"{tag} NO [SERVERBUG] cannot read this mail")

        with ScriptedServer(script) as server:
            session = self.open(server)
            session.examine("INBOX")
            fetched = session.fetch([1, 2])
            session.close()
        assert [m.uid for m in fetched.mails] == [2]
        ((uid, words),) = fetched.refused
        assert uid == 1
        assert "cannot read this mail" in words

    def test_a_server_that_hands_out_nothing_at_all_is_in_trouble(self) -> None:
        def script(conversation: Conversation) -> None:
            signed_in(conversation)
            while line := conversation.hear():
                tag, _, command = line.partition(" ")
                reply = "NO internal error" if "FETCH" in command else "OK done"
                if "SEARCH" in command:
                    conversation.say("* SEARCH 1 2")
                conversation.say(f"{tag} {reply}")

        with ScriptedServer(script) as server:
            session = self.open(server)
            session.examine("INBOX")
            assert fault_of(lambda: session.fetch([1, 2])).fault is Fault.SERVER
            session.close()

    def test_closing_a_dead_connection_is_quiet(self) -> None:
        def script(conversation: Conversation) -> None:
            conversation.say(GREETING)
            conversation.answer("* CAPABILITY IMAP4rev1")

        with ScriptedServer(script) as server:
            client = connect_imap(server.server())
            close_imap(client, politely=True)
