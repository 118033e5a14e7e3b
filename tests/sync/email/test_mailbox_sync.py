"""Mail comes in from a real Dovecot: the first synchronisation, duplicates, deletions."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from inbox_desktop.models.check import check
from inbox_desktop.models.clock import now
from inbox_desktop.models.kinds import Security, UidState
from inbox_desktop.models.store import Changed, Store
from inbox_desktop.models.tables import Message, RawMail, Ticket
from tests.support.dovecot import Dovecot
from tests.support.mails import mail
from tests.support.tls import TestAuthority
from tests.sync.email.mailbox_desk import (
    Connect,
    subjects,
    sums,
    sync_once,
)


class TestFirstSynchronisation:
    def test_brings_everything_newest_first(
        self, store: Store, dovecot: Dovecot, mailbox: str, connect: Connect
    ) -> None:
        dovecot.deliver(mailbox, [mail(n) for n in range(300)])
        connect(dovecot.settings(mailbox))
        report = sync_once(store)
        assert report.errors == ()
        assert (report.counts.fetched, report.counts.stored) == (300, 300)
        assert sums(store) == {UidState.STORED: 300}
        assert subjects(store) == [f"Question {n}" for n in reversed(range(300))]

    def test_the_newest_stand_in_the_inbox_before_the_rest_is_fetched(
        self, store: Store, dovecot: Dovecot, mailbox: str, connect: Connect
    ) -> None:
        dovecot.deliver(mailbox, [mail(n) for n in range(400)])
        connect(dovecot.settings(mailbox))
        news: list[Changed] = []
        store.subscribe(news.append)
        sync_once(store)
        first = next(changed for changed in news if changed.kind == "ticket")
        with store.read() as connection:
            there = set(connection.scalars(select(Ticket.subject).where(Ticket.id.in_(first.ids))))
        assert there == {f"Question {n}" for n in range(350, 400)}

    def test_nothing_is_fetched_twice(
        self, store: Store, dovecot: Dovecot, mailbox: str, connect: Connect
    ) -> None:
        dovecot.deliver(mailbox, [mail(n) for n in range(60)])
        connect(dovecot.settings(mailbox))
        sync_once(store)
        again = sync_once(store)
        assert again.errors == ()
        assert again.counts.fetched == 0

    def test_nothing_changes_on_the_server(
        self, store: Store, dovecot: Dovecot, mailbox: str, connect: Connect
    ) -> None:
        dovecot.append(mailbox, mail(1))
        connect(dovecot.settings(mailbox))
        sync_once(store)
        with dovecot.client(mailbox) as client:
            client.select_folder("INBOX", readonly=True)
            assert rb"\Seen" not in client.get_flags([1])[1]

    def test_what_was_read_there_is_read_here_and_the_rest_is_not(
        self, store: Store, dovecot: Dovecot, mailbox: str, connect: Connect
    ) -> None:
        dovecot.append(mailbox, mail(1), flags=[r"\Seen"], received=now() - timedelta(days=2))
        dovecot.append(mailbox, mail(2, sender="Bo <bo@example.com>"), received=now() - timedelta(days=1))
        connect(dovecot.settings(mailbox))
        sync_once(store)
        with store.read() as connection:
            unread = {
                row.subject: row.unread for row in connection.execute(select(Ticket.subject, Ticket.unread))
            }
        assert unread == {"Question 1": False, "Question 2": True}

    def test_raw_mail_is_kept_as_it_came(
        self, store: Store, dovecot: Dovecot, mailbox: str, connect: Connect
    ) -> None:
        import zlib

        dovecot.append(mailbox, mail(1, text="Grüße\r\n"))
        connect(dovecot.settings(mailbox))
        sync_once(store)
        with store.read() as connection:
            content = connection.scalar(select(RawMail.content))
        assert content is not None
        assert zlib.decompress(content) == mail(1, text="Grüße\r\n")

    def test_several_folders(self, store: Store, dovecot: Dovecot, mailbox: str, connect: Connect) -> None:
        with dovecot.client(mailbox) as client:
            client.create_folder("Réclamations")
        dovecot.append(mailbox, mail(1))
        dovecot.append(mailbox, mail(2), folder="Réclamations")
        connect(dovecot.settings(mailbox, folders=("INBOX", "Réclamations")))
        assert sync_once(store).counts.stored == 2
        assert {found.folder for found in check(store).ledger} == {"INBOX", "Réclamations"}

    def test_an_empty_mailbox_is_in_at_once(
        self, store: Store, dovecot: Dovecot, mailbox: str, connect: Connect
    ) -> None:
        connect(dovecot.settings(mailbox))
        report = sync_once(store)
        assert (report.errors, report.counts.fetched) == ((), 0)

    def test_over_tls(
        self, store: Store, dovecot: Dovecot, mailbox: str, connect: Connect, trusted: TestAuthority
    ) -> None:
        dovecot.append(mailbox, mail(1))
        connect(dovecot.settings(mailbox, Security.TLS))
        assert sync_once(store).counts.stored == 1

    def test_over_starttls(
        self, store: Store, dovecot: Dovecot, mailbox: str, connect: Connect, trusted: TestAuthority
    ) -> None:
        dovecot.append(mailbox, mail(1))
        connect(dovecot.settings(mailbox, Security.STARTTLS))
        assert sync_once(store).counts.stored == 1


class TestDuplicatesAndDeletions:
    def test_the_same_mail_twice_is_one_message(
        self, store: Store, dovecot: Dovecot, mailbox: str, connect: Connect
    ) -> None:
        dovecot.append(mailbox, mail(1), mail(1))
        connect(dovecot.settings(mailbox))
        counts = sync_once(store).counts
        assert (counts.stored, counts.duplicate) == (1, 1)
        with store.read() as connection:
            assert len(connection.execute(select(RawMail.id)).all()) == 1  # the copy needs no second raw mail

    def test_a_message_id_used_twice_keeps_both_raw_mails(
        self, store: Store, dovecot: Dovecot, mailbox: str, connect: Connect
    ) -> None:
        dovecot.append(mailbox, mail(1, text="one\r\n"), mail(1, text="another\r\n"))
        connect(dovecot.settings(mailbox))
        sync_once(store)
        with store.read() as connection:
            assert len(connection.execute(select(RawMail.id)).all()) == 2

    def test_mail_without_message_id_is_recognised_too(
        self, store: Store, dovecot: Dovecot, mailbox: str, connect: Connect
    ) -> None:
        dovecot.append(mailbox, mail(1, message_id=None), mail(1, message_id=None))
        connect(dovecot.settings(mailbox))
        counts = sync_once(store).counts
        assert (counts.stored, counts.duplicate) == (1, 1)

    def test_deleting_on_the_server_deletes_nothing_here(
        self, store: Store, dovecot: Dovecot, mailbox: str, connect: Connect
    ) -> None:
        dovecot.append(mailbox, mail(1), mail(2))
        connect(dovecot.settings(mailbox))
        sync_once(store)
        dovecot.delete(mailbox, [1, 2])
        dovecot.append(mailbox, mail(3))
        report = sync_once(store)
        assert (report.errors, report.counts.stored) == ((), 1)
        assert sorted(subjects(store)) == ["Question 1", "Question 2", "Question 3"]

    def test_another_uidvalidity_brings_no_message_twice_and_loses_none(
        self, store: Store, own_dovecot: Dovecot, connect: Connect
    ) -> None:
        own_dovecot.add_user("ann")
        own_dovecot.append("ann", *(mail(n) for n in range(5)))
        connect(own_dovecot.settings("ann"))
        sync_once(store)
        own_dovecot.stop()
        own_dovecot.change_uidvalidity("ann")
        own_dovecot.start()
        own_dovecot.append("ann", mail(5))
        counts = sync_once(store).counts
        assert (counts.fetched, counts.duplicate, counts.stored) == (6, 5, 1)
        old, new = check(store).ledger
        with store.read() as connection:
            assert len(connection.execute(select(Message.id)).all()) == 6
        assert dict(old.states) == {UidState.STORED: 5}
        assert dict(new.states) == {UidState.STORED: 1, UidState.DUPLICATE: 5}
        assert sync_once(store).counts.fetched == 0
