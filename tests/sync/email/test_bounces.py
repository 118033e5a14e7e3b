"""What sort of mail it is."""

from collections import Counter
from pathlib import Path

import pytest

from inbox_desktop.sync.email.mime import parse_mail
from inbox_desktop.sync.email.parsed import FailedAddress, MailKind, ParsedMail


def _mail(*lines: str, body: str = "Hello") -> ParsedMail:
    head = ["From: Ana Souza <ana@example.com>", "To: help@shop.example", "Subject: My order", *lines]
    named = {line.split(":")[0].lower() for line in lines}
    kept = [line for line in head[:3] if line.split(":")[0].lower() not in named] + list(lines)
    return parse_mail(("\r\n".join(kept) + "\r\n\r\n" + body).encode())


def _report(*lines: str) -> ParsedMail:
    """A delivery report with these lines."""
    report = "\r\n".join(lines)
    return _mail(
        "From: MAILER-DAEMON@mx.example.com",
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b",
        body=f"--b\r\nContent-Type: message/delivery-status\r\n\r\n{report}\r\n--b--\r\n",
    )


def _expected(name: str) -> MailKind:
    if name.startswith("arf-"):
        return MailKind.COMPLAINT
    if name.startswith("rfc3834-"):
        return MailKind.AUTO_REPLY
    return MailKind.MESSAGE if name.startswith("is-not-bounce") else MailKind.BOUNCE


def test_real_bounces_complaints_and_auto_replies(shared_data: Path) -> None:
    wrong = Counter[str]()
    paths = sorted((shared_data / "bounces").glob("*.eml"))
    for path in paths:
        if parse_mail(path.read_bytes()).kind is not _expected(path.name):
            wrong[path.stem] += 1
    # three notices of a mail service as JSON, and a list's alarm about a loop
    known = {"lhost-amazonses-09", "lhost-amazonses-11", "lhost-amazonses-13", "lhost-fml-03"}
    assert set(wrong) <= known
    assert len(paths) > 300


def test_real_bounces_tell_who_did_not_get_what(shared_data: Path) -> None:
    found = Counter[str]()
    for path in (shared_data / "bounces").glob("*.eml"):
        mail = parse_mail(path.read_bytes())
        if mail.kind is MailKind.BOUNCE and mail.bounced is not None:
            found["bounce"] += 1
            found["recipient"] += mail.bounced.recipient is not None
            found["id"] += mail.bounced.original_message_id is not None
            found["status"] += mail.bounced.status is not None
    assert found["recipient"] > found["bounce"] * 0.95
    assert found["id"] > found["bounce"] * 0.8
    assert found["status"] > found["bounce"] * 0.7


def test_a_delivery_report_is_read_by_its_fields() -> None:
    mail = _mail(
        "From: MAILER-DAEMON@mx.example.com",
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b",
        body=(
            "--b\r\n\r\nSorry.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
            "Reporting-MTA: dns; mx\r\n\r\n"
            "Final-Recipient: rfc822; bo@Example.NET\r\nAction: failed\r\nStatus: 5.1.1\r\n"
            "Diagnostic-Code: smtp; 550 5.1.1 no such\r\n user here\r\n"
            "--b\r\nContent-Type: message/rfc822\r\n\r\n"
            "Message-ID: <our@shop.example>\r\nTo: bo@example.net\r\n\r\nHi\r\n--b--\r\n"
        ),
    )
    assert mail.kind is MailKind.BOUNCE
    assert mail.bounced is not None
    assert mail.bounced.recipient == "bo@example.net"
    assert mail.bounced.status == "5.1.1"
    assert mail.bounced.original_message_id == "<our@shop.example>"
    assert mail.bounced.diagnostic == "550 5.1.1 no such user here"
    assert mail.bounced.failed == (FailedAddress("bo@example.net", "5.1.1", "550 5.1.1 no such user here"),)
    assert not mail.may_auto_reply


def test_a_server_that_still_tries_has_not_failed() -> None:
    mail = _mail(
        "From: MAILER-DAEMON@mx.example.com",
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b",
        body=(
            "--b\r\nContent-Type: message/delivery-status\r\n\r\nFinal-Recipient: rfc822; bo@example.net\r\n"
            "Action: Delayed\r\nStatus: 4.4.1\r\n--b--\r\n"
        ),
    )
    assert mail.kind is MailKind.BOUNCE
    assert mail.bounced is not None
    assert mail.bounced.recipient == "bo@example.net"
    assert mail.bounced.failed == ()


def test_a_report_tells_of_everyone_who_failed_and_why() -> None:
    mail = _report(
        "Reporting-MTA: dns; mx",
        "",
        "Final-Recipient: rfc822; late@example.net",
        "Action: delayed",
        "Status: 4.4.1",
        "",
        "Original-Recipient: rfc822; cy@example.com",
        "Final-Recipient: rfc822; cy@elsewhere.example",
        "Action: failed (no room)",
        "Status: 5.2.2",
        "Diagnostic-Code: smtp; 552 5.2.2 mailbox full",
        "Final-Recipient: rfc822; bo@example.net",
        "Action: failed",
        "Status: 5.1.1",
        "",
        "Final-Recipient: rfc822; there@example.net",
        "Action: relayed",
    )
    assert mail.bounced is not None
    assert (mail.bounced.recipient, mail.bounced.status) == ("cy@elsewhere.example", "5.2.2")
    assert mail.bounced.failed == (
        FailedAddress("cy@elsewhere.example", "5.2.2", "552 5.2.2 mailbox full"),
        FailedAddress("cy@example.com", "5.2.2", "552 5.2.2 mailbox full"),
        FailedAddress("bo@example.net", "5.1.1", ""),
    )


def test_a_home_made_bounce_names_everyone_in_one_field() -> None:
    mail = _mail(
        "From: MAILER-DAEMON@mx.example.com",
        "X-Failed-Recipients: bo@example.net,\r\n cy@example.com",
        body="550 5.1.1 no such user",
    )
    assert mail.bounced is not None
    assert [one.address for one in mail.bounced.failed] == ["bo@example.net", "cy@example.com"]


def test_whoever_complains_has_got_the_mail() -> None:
    report = "Feedback-Type: abuse\r\nOriginal-Rcpt-To: <bo@example.net>"
    mail = _mail(
        "Content-Type: multipart/report; report-type=feedback-report; boundary=b",
        body=f"--b\r\nContent-Type: message/feedback-report\r\n\r\n{report}\r\n--b--\r\n",
    )
    assert mail.kind is MailKind.COMPLAINT
    assert mail.bounced is not None
    assert (mail.bounced.recipient, mail.bounced.failed) == ("bo@example.net", ())


def test_a_report_that_all_went_well_is_no_bounce() -> None:
    mail = _mail(
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b",
        body=(
            "--b\r\nContent-Type: message/delivery-status\r\n\r\nFinal-Recipient: rfc822; bo@example.net\r\n"
            "Action: delivered\r\nStatus: 2.0.0\r\n--b--\r\n"
        ),
    )
    assert mail.kind is MailKind.AUTO_REPLY


@pytest.mark.parametrize(
    ("lines", "body"),
    [
        (
            ["Subject: Undeliverable parcel"],
            "The parcel could not be delivered, it was returned to sender. 550 items",
        ),
        (["Subject: Delivery failed"], "The courier says: delivery failed, address unknown."),
        (
            ["From: DHL <noreply@dhl.example>", "Subject: Delivery notification"],
            "could not be delivered to you",
        ),
        (["Subject: Fwd: failure notice"], "I got this:\r\n\r\n550 5.1.1 user unknown\r\nMessage-ID: <a@b>"),
        (["Subject: Out of office chair"], "My chair has not been delivered."),
        (["Auto-Submitted: auto-generated", "Subject: Contact form"], "A customer wrote: where is my order?"),
        (["Auto-Submitted: no"], "Hello"),
    ],
)
def test_mail_of_people_and_shops_is_no_bounce(lines: list[str], body: str) -> None:
    assert _mail(*lines, body=body).kind is MailKind.MESSAGE


@pytest.mark.parametrize(
    "lines",
    [
        ["Auto-Submitted: auto-replied"],
        ["Auto-Submitted: auto-replied (vacation)", "Return-Path: <>"],
        ["Auto-Submitted: auto-generated", "In-Reply-To: <a@b>"],
        ["X-Autoreply: yes"],
        ["Precedence: auto_reply"],
        ["Subject: Automatic reply: My order", "X-Auto-Response-Suppress: All"],
        ["Subject: Abwesenheitsnotiz", "Return-Path: <>"],
    ],
)
def test_auto_replies(lines: list[str]) -> None:
    mail = _mail(*lines)
    assert mail.kind is MailKind.AUTO_REPLY
    assert not mail.may_auto_reply


@pytest.mark.parametrize(
    "line", ["List-Id: <news.shop.example>", "List-Post: <mailto:a@b.example>", "Precedence: list"]
)
def test_lists(line: str) -> None:
    mail = _mail(line)
    assert mail.kind is MailKind.LIST
    assert not mail.may_auto_reply


@pytest.mark.parametrize(
    "line",
    [
        "Auto-Submitted: auto-generated",
        "Precedence: bulk",
        "Precedence: junk",
        "List-Unsubscribe: <https://x.example>",
        "X-Auto-Response-Suppress: OOF",
        "Return-Path: <>",
        "From: no-reply@shop.example",
        "From: MAILER-DAEMON@mx.example.com",
        "From: a@good.example <evil@bad.example>",
    ],
)
def test_no_automatic_answer(line: str) -> None:
    assert not _mail(line).may_auto_reply


def test_an_ordinary_mail_may_be_answered_automatically() -> None:
    assert _mail("Return-Path: <ana@example.com>").may_auto_reply
