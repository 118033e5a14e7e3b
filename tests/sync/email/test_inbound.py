"""From a read mail to an inbound message: who wrote, when, to which of our addresses, in answer to what."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

import pytest

from inbox_desktop.models.actions.inbound import FailedRecipient, InboundMessage
from inbox_desktop.models.kinds import MessageKind, Security
from inbox_desktop.models.mail_settings import MailSettings, Server
from inbox_desktop.sync.email.channel import MailChannel
from inbox_desktop.sync.email.inbound import Surroundings, made_message_id, sent_at, to_inbound
from inbox_desktop.sync.email.ledger import KeptMail
from inbox_desktop.sync.email.message_ids import make_message_id
from inbox_desktop.sync.email.mime import parse_mail
from tests.support.mails import BEGIN, id_of, mail

KEY = b"k" * 32
RECEIVED = BEGIN + timedelta(hours=1)
PLACE = Server("127.0.0.1", 1143, Security.NONE)
CHANNEL = MailChannel(
    "channel",
    "Shop",
    "Support@shop.example",
    MailSettings(PLACE, PLACE, "ann", aliases=("help@shop.example",)),
)
WHERE = Surroundings(
    CHANNEL, frozenset({"support@shop.example", "help@shop.example", "sales@shop.example"}), KEY
)


def kept(raw: bytes, *, history: bool = False, seen: bool = False) -> KeptMail:
    return KeptMail("mailbox", 1, "raw", raw, b"", RECEIVED, history, seen)


def inbound(raw: bytes, *, history: bool = False, seen: bool = False) -> InboundMessage:
    return to_inbound(parse_mail(raw), kept(raw, history=history, seen=seen), [], WHERE)


def test_an_ordinary_mail() -> None:
    message = inbound(mail(5, references=["<a@b>", "<c@d>"]))
    assert message.external_id == id_of(5)
    assert (message.author_name, message.author_address) == ("Ana Souza", "ana@example.com")
    assert message.author_verified
    assert message.kind is MessageKind.MESSAGE
    assert message.sent_at == BEGIN + timedelta(minutes=5)
    assert message.channel_address == "support@shop.example"
    assert message.in_reply_to == "<c@d>"
    assert message.references == ("<a@b>", "<c@d>")
    assert (message.raw_id, message.channel_id) == ("raw", "channel")
    assert message.signed_ticket_id is None


def test_a_mail_without_message_id_gets_the_same_one_every_time() -> None:
    raw = mail(5, message_id=None)
    assert inbound(raw).external_id == inbound(raw).external_id == made_message_id(raw)
    assert inbound(raw).external_id.endswith("@no-message-id.invalid>")
    assert made_message_id(raw) != made_message_id(raw + b"x")


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        (None, RECEIVED),
        (RECEIVED - timedelta(days=400), RECEIVED - timedelta(days=400)),
        (RECEIVED + timedelta(hours=20), RECEIVED + timedelta(hours=20)),
        (RECEIVED + timedelta(days=2), RECEIVED),
    ],
)
def test_a_date_in_the_future_of_its_arrival_is_not_believed(
    date: datetime | None, expected: datetime
) -> None:
    assert sent_at(date, RECEIVED) == expected


def test_the_inbox_is_told_when_it_arrived_beside_its_date() -> None:
    message = inbound(mail(5, date=RECEIVED - timedelta(days=20_000)))
    assert (message.sent_at, message.received_at) == (RECEIVED - timedelta(days=20_000), RECEIVED)


def test_an_unclear_sender_is_not_verified() -> None:
    assert not inbound(mail(5, sender="a@good.example <evil@bad.example>")).author_verified


def test_a_mail_without_sender_is_nobodys() -> None:
    message = inbound(mail(5).replace(b"From: Ana Souza <ana@example.com>\r\n", b""))
    assert (message.author_address, message.author_verified) == ("", False)


def test_a_contact_form_in_our_own_name_is_its_customers_but_unverified() -> None:
    raw = mail(5, sender="Shop <sales@shop.example>", headers="Reply-To: Bo Li <bo@example.com>\r\n")
    message = inbound(raw)
    assert (message.author_name, message.author_address) == ("Bo Li", "bo@example.com")
    assert not message.author_verified


TO_ANA = "Ana <ana@example.com>"
SALES = "Shop <sales@shop.example>"


def test_what_was_sent_from_our_address_to_a_customer_is_no_customers() -> None:
    message = inbound(mail(5, sender=SALES, to=TO_ANA, references=["<a@b>"]))
    assert message.sent_elsewhere
    assert (message.author_address, message.author_verified) == ("sales@shop.example", True)
    assert (message.kind, message.recipients) == (MessageKind.REPLY, frozenset({"ana@example.com"}))
    sent = inbound(mail(5, sender="help@shop.example", to=TO_ANA))
    assert (sent.sent_elsewhere, sent.channel_address) == (True, "help@shop.example")


def test_an_answer_of_ours_is_ours_whatever_its_reply_to() -> None:
    headers = "Reply-To: service@shop.example\r\n"
    answer = inbound(mail(5, sender=SALES, to=TO_ANA, references=["<a@b>"], headers=headers))
    assert (answer.sent_elsewhere, answer.author_address) == (True, "sales@shop.example")


@pytest.mark.parametrize(
    ("to", "headers"),
    [
        ("support@shop.example", ""),
        (TO_ANA, "Cc: Help@shop.example\r\n"),
        ("team@shop.example", "Reply-To: Bo Li <bo@example.com>\r\n"),
        ("", ""),
        (TO_ANA, "Return-Path: <>\r\nX-Failed-Recipients: bo@example.com\r\n"),
    ],
)
def test_a_contact_form_and_a_bounce_in_our_name_are_not_sent_by_us(to: str, headers: str) -> None:
    assert not inbound(mail(5, sender=SALES, to=to, headers=headers)).sent_elsewhere


def test_automatic_mail_of_ours_stays_automatic() -> None:
    message = inbound(mail(5, sender=SALES, to=TO_ANA, headers="Auto-Submitted: auto-replied\r\n"))
    assert (message.sent_elsewhere, message.kind) == (True, MessageKind.AUTO_REPLY)


def test_the_copy_of_an_answer_that_is_not_here_names_its_ticket_itself() -> None:
    ticket = str(uuid.uuid4())
    ours = make_message_id(ticket, str(uuid.uuid4()), KEY, "shop.example")
    assert inbound(mail(5, sender=SALES, to=TO_ANA, message_id=ours)).signed_ticket_id == ticket
    assert inbound(mail(5, message_id=ours)).signed_ticket_id is None


def test_reply_to_of_a_stranger_changes_nothing() -> None:
    message = inbound(mail(5, headers="Reply-To: Bo Li <bo@example.com>\r\n"))
    assert (message.author_address, message.reply_to) == ("ana@example.com", ("bo@example.com",))


@pytest.mark.parametrize(
    ("to", "headers", "expected"),
    [
        ("Help <HELP@shop.example>", "", "help@shop.example"),
        ("x@elsewhere.example", "Cc: help@shop.example\r\n", "help@shop.example"),
        ("support@shop.example", "Delivered-To: help@shop.example\r\n", "help@shop.example"),
        ("list@elsewhere.example", "", "support@shop.example"),
        ("sales@shop.example", "", "support@shop.example"),
    ],
)
def test_which_of_our_addresses_it_was_written_to(to: str, headers: str, expected: str) -> None:
    assert inbound(mail(5, to=to, headers=headers)).channel_address == expected


def test_our_signature_in_references_names_the_ticket() -> None:
    ticket = str(uuid.uuid4())
    ours = make_message_id(ticket, str(uuid.uuid4()), KEY, "shop.example")
    assert inbound(mail(5, references=["<a@b>", ours])).signed_ticket_id == ticket
    assert (
        inbound(mail(5, references=[ours.replace(ticket.replace("-", ""), "0" * 32)])).signed_ticket_id
        is None
    )


def test_a_list_mail_is_a_message() -> None:
    assert (
        inbound(mail(5, headers="List-Id: <x.example>\r\nPrecedence: list\r\n")).kind is MessageKind.MESSAGE
    )


def test_an_auto_reply_is_one() -> None:
    assert inbound(mail(5, headers="Auto-Submitted: auto-replied\r\n")).kind is MessageKind.AUTO_REPLY


def test_a_bounce_names_the_mail_that_came_back() -> None:
    raw = BOUNCE.replace("\n", "\r\n").encode()
    message = inbound(raw)
    assert message.kind is MessageKind.BOUNCE
    assert message.bounced is not None
    assert message.bounced.external_id == "<ours@shop.example>"
    assert message.bounced.recipient == "gone@example.com"
    assert message.bounced.failed == (FailedRecipient("gone@example.com", "550 5.1.1 User unknown"),)


@pytest.mark.parametrize(("history", "seen", "expected"), [(True, True, True), (False, True, False)])
def test_only_history_is_read_already(history: bool, seen: bool, expected: bool) -> None:
    message = inbound(mail(5), history=history, seen=seen)
    assert (message.history, message.seen) == (history, expected)


BOUNCE = """From: Mail Delivery System <MAILER-DAEMON@mx.example>
To: support@shop.example
Subject: Undelivered Mail Returned to Sender
Message-ID: <bounce@mx.example>
Date: Sun, 01 Mar 2026 09:00:00 +0000
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

The mail could not be delivered.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; Gone@example.com
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 User unknown

--b
Content-Type: message/rfc822

From: support@shop.example
To: gone@example.com
Subject: Answer
Message-ID: <ours@shop.example>

Hello
--b--
"""
