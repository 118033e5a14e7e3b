"""A person connects a mailbox, reads, answers, and is answered; all of it on the command line."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.stories.conftest import PASSWORD_VARIABLE, Shop
from tests.stories.letters import SUPPORT, body, letter
from tests.support.programs import Program
from tests.support.tls import TestAuthority

pytestmark = pytest.mark.slow

BO = "Bo Lindqvist <bo@mail.example>"


def test_my_mails_become_tickets_and_i_can_look_at_them(shop: Shop) -> None:
    shop.receives(
        letter("It should have come on Friday."),
        letter("Is the blue one back?", sender=BO, subject="The blue one"),
    )
    shop.program(*shop.words())
    assert [row["address"] for row in shop.program("channel", "list", "--json").lines] == [SUPPORT]

    shop.program("sync", "--once")

    tickets = shop.program("tickets", "--json").lines
    assert [(t["subject"], t["customer"]["address"], t["status"], t["unread"]) for t in tickets] == [
        ("The blue one", "bo@mail.example", "open", True),
        ("Where is my order?", "ana@mail.example", "open", True),
    ]
    assert tickets[0]["channel"] == {"kind": "email", "name": SUPPORT}
    ticket, message = shop.program("show", str(tickets[1]["number"]), "--json").lines
    assert ticket == tickets[1]
    assert message["direction"] == "inbound"
    assert message["author"] == {"name": "Ana Souza", "address": "ana@mail.example"}
    assert message["visible_text"].strip() == "It should have come on Friday."
    assert [t["number"] for t in shop.program("search", "friday", "--json").lines] == [ticket["number"]]
    assert shop.program("check", "--json").json["ok"]


def test_a_second_look_brings_nothing_twice(shop: Shop) -> None:
    shop.receives(letter("Hello"), letter("Hello again", subject="Another matter"))
    shop.connect()
    shop.program("sync", "--once")
    before = shop.program.here("tickets", "--json").lines

    shop.program("sync", "--once")

    assert shop.program.here("tickets", "--json").lines == before
    (ledger,) = shop.program.here("check", "--json").json["ledger"]
    assert (ledger["stored"], ledger["total"]) == (2, 2)


def test_my_answer_leaves_once_and_the_customers_next_mail_lands_in_the_same_ticket(
    shop: Shop, tmp_path: Path
) -> None:
    question = "<question@mail.example>"
    shop.receives(letter("Where is it?", message_id=question))
    shop.connect()
    shop.program("sync", "--once")
    (ticket,) = shop.program.here("tickets", "--json").lines
    number = str(ticket["number"])

    answer(shop.program, number, "It is on its way.", tmp_path)
    shop.program("sync", "--once")
    shop.program("sync", "--once")

    (mail,) = shop.sent()
    assert mail["From"].addresses[0].addr_spec == SUPPORT
    assert mail["To"].addresses[0].addr_spec == "ana@mail.example"
    assert (mail["In-Reply-To"], mail["References"]) == (question, question)
    assert mail["Subject"] == "Re: Where is my order?"
    assert "It is on its way." in body(mail)
    (copy,) = shop.sent_folder()
    assert copy["Message-ID"] == mail["Message-ID"]
    reply = shop.program.here("show", number, "--json").lines[-1]
    assert (reply["direction"], reply["kind"], reply["delivery"]) == ("outbound", "reply", "sent")
    assert reply["external_id"] == mail["Message-ID"]

    shop.program.here("close", number)
    assert status(shop.program, number) == "closed"
    shop.receives(letter("It has come, but it is broken.", answers=mail))
    shop.program("sync", "--once")

    (ticket, *messages) = shop.program.here("show", number, "--json").lines
    assert (ticket["status"], ticket["unread"], len(messages)) == ("open", True, 3)
    assert messages[-1]["visible_text"].strip() == "It has come, but it is broken."
    assert shop.subjects() == ["Where is my order?"]
    assert shop.program.here("check", "--json").json["ok"]


def test_what_i_answer_without_a_connection_waits_and_is_sent_once_when_it_is_back(
    shop: Shop, tmp_path: Path
) -> None:
    shop.receives(letter("Where is it?"))
    shop.connect()
    shop.program("sync", "--once")
    (ticket,) = shop.program.here("tickets", "--json").lines
    number = str(ticket["number"])
    shop.imap.stop()
    shop.smtp.hang_up()

    queued = answer(shop.program, number, "It is on its way.", tmp_path)
    offline = shop.program("sync", "--once", code=1)

    assert "Queued" in queued
    assert f"Nothing answers at localhost:{shop.imap.tls_port}" in offline.err
    assert f"localhost:{shop.smtp.port}" in offline.err
    assert shop.program.here("show", number, "--json").lines[-1]["delivery"] == "queued"
    assert shop.sent() == []

    shop.imap.start()
    shop.smtp.listen()
    with shop.program.start("sync") as running:  # by itself, when the time of its next try has come
        wait_until_sent(shop)
        running.stop()
    shop.program("sync", "--once")

    (mail,) = shop.sent()
    assert "It is on its way." in body(mail)
    shop.program.here("close", number)
    shop.receives(letter("Thank you!", answers=mail))
    shop.program("sync", "--once")
    assert status(shop.program, number) == "open"
    assert shop.subjects() == ["Where is my order?"]


def test_a_test_of_my_channel_says_that_everything_works(shop: Shop) -> None:
    shop.connect()
    result = shop.program("channel", "test")
    assert "failed" not in result.out
    assert len(result.out.splitlines()) >= 9  # the address, five steps of IMAP, at least three of SMTP


@pytest.mark.parametrize("trouble", ["password", "host", "port", "expired", "folder", "smtp port"])
def test_a_test_of_my_channel_names_the_step_that_fails(
    shop: Shop, authority: TestAuthority, trouble: str
) -> None:
    words = shop.words()
    match trouble:
        case "password":
            shop.program.environment[PASSWORD_VARIABLE] = "wrong"
            step, said = "sign-in", "password"
        case "host":
            words = shop.words(host="imap.invalid")
            step, said = "name", "imap.invalid was not found"
        case "port":
            words = shop.words(imap_port=9)
            step, said = "port", "Nothing answers at localhost:9"
        case "expired":
            shop.imap.use_certificate(authority.expired())
            step, said = "certificate", "has expired"
        case "folder":
            words = shop.words("--folder=Orders")
            step, said = "folder", "Orders"
        case _:
            shop.smtp.hang_up()
            step, said = "port", f"localhost:{shop.smtp.port}"
    shop.program.here(*words)

    result = shop.program("channel", "test", code=1)

    failed = [line.split(maxsplit=1)[1] for line in result.out.splitlines() if line.startswith("  failed")]
    assert any(f": {step}" in line and said in line for line in failed), str(result)


def answer(program: Program, number: str, text: str, folder: Path) -> str:
    """Reply to a ticket; returns what the program says to that."""
    file = folder / "answer.txt"
    file.write_text(text, encoding="utf-8")
    return program.here("reply", number, "--text-file", str(file)).out


def status(program: Program, number: str) -> str:
    """The ticket's status."""
    found: str = program.here("show", number, "--json").lines[0]["status"]
    return found


def wait_until_sent(shop: Shop) -> None:
    """Wait until the submission server has something."""
    deadline = time.monotonic() + 60
    while not shop.smtp.accepted:
        assert time.monotonic() < deadline, "nothing was sent"
        time.sleep(0.1)
