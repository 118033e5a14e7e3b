"""Whole mails, from bytes to ParsedMail; whatever the bytes, there is one."""

import pickle
from base64 import b64encode
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inbox_desktop.sync.email.mime import parse_mail
from inbox_desktop.sync.email.parsed import Address, MailKind
from tests.hostile.invariants import check

MAIL = "\r\n".join(
    [
        "Return-Path: <ana@example.com>",
        "Delivered-To: Help@shop.example",
        "X-Original-To: help+returns@shop.example",
        "From: =?utf-8?q?Ana_S=C3=B3uza?= <ana@Example.com>",
        "To: Help <help@shop.example>, bo@example.net",
        'Cc: "Li, Bo" <li@example.net>',
        "Reply-To: ana.private@example.com",
        "Subject: =?utf-8?q?Wo_ist_meine_Bestellung=3F?=",
        "Date: Mon, 5 May 2025 10:12:00 +0200",
        "Message-ID: <one@example.com>",
        "In-Reply-To: <zero@shop.example>",
        "References: <a@shop.example>",
        " <zero@shop.example>",
        "MIME-Version: 1.0",
        "Content-Type: multipart/mixed; boundary=mixed",
        "",
        "--mixed",
        "Content-Type: multipart/related; boundary=related",
        "",
        "--related",
        "Content-Type: multipart/alternative; boundary=alternative",
        "",
        "--alternative",
        "Content-Type: text/plain; charset=iso-8859-1",
        "Content-Transfer-Encoding: quoted-printable",
        "",
        "Gr=FC=DFe!",
        "",
        "On Mon, 5 May 2025 at 09:00, Help <help@shop.example> wrote:",
        "> Hello",
        "--alternative",
        "Content-Type: text/html; charset=utf-8",
        "Content-Transfer-Encoding: base64",
        "",
        b64encode(
            '<p>Grüße!</p><img src="cid:logo@x"><div class="gmail_quote">On Mon, 5 May 2025 at 09:00, Help '
            "&lt;help@shop.example&gt; wrote:<blockquote>Hello</blockquote></div>".encode()
        ).decode(),
        "--alternative--",
        "--related",
        "Content-Type: image/png",
        "Content-ID: <logo@x>",
        "Content-Transfer-Encoding: base64",
        "",
        "iVBORw0=",
        "--related--",
        "--mixed",
        "Content-Type: application/pdf",
        "Content-Disposition: attachment; filename*=utf-8''Rechnung%20%E2%82%AC.pdf",
        "",
        "%PDF",
        "--mixed--",
        "",
    ]
).encode()


def test_an_ordinary_mail() -> None:
    mail = parse_mail(MAIL)
    assert mail.message_id == "<one@example.com>"
    assert mail.in_reply_to == "<zero@shop.example>"
    assert mail.references == ("<a@shop.example>", "<zero@shop.example>")
    assert mail.date == datetime(2025, 5, 5, 8, 12, tzinfo=UTC)
    assert mail.sender == Address("Ana Sóuza", "ana@example.com")
    assert mail.from_verified
    assert mail.to == (Address("Help", "help@shop.example"), Address("", "bo@example.net"))
    assert mail.cc == (Address("Li, Bo", "li@example.net"),)
    assert mail.reply_to == (Address("", "ana.private@example.com"),)
    assert mail.delivered_to == ("help@shop.example", "help+returns@shop.example")
    assert mail.subject == "Wo ist meine Bestellung?"
    assert mail.kind is MailKind.MESSAGE
    assert mail.may_auto_reply
    assert mail.warnings == ()


def test_its_bodies_and_attachments() -> None:
    mail = parse_mail(MAIL)
    assert mail.text.startswith("Grüße!\n\nOn Mon")
    assert mail.visible_text == "Grüße!"
    assert mail.html is not None
    assert mail.visible_html == '<p>Grüße!</p><img src="cid:logo@x" alt="">'
    assert [
        (found.filename, found.content_type, found.inline, found.content_id) for found in mail.attachments
    ] == [
        ("attachment.png", "image/png", True, "logo@x"),
        ("Rechnung €.pdf", "application/pdf", False, None),
    ]
    assert mail.attachments[1].content == b"%PDF"
    assert mail.attachments[1].size == 4
    assert "%PDF" not in repr(mail)


def test_it_travels_between_processes() -> None:
    mail = parse_mail(MAIL)
    assert pickle.loads(pickle.dumps(mail)) == mail  # noqa: S301 - made here


def test_html_alone_gives_the_text_too() -> None:
    html = "<p>Hi</p><p>On 5 May 2025, at 10:12, Ana wrote:</p><blockquote>old</blockquote>"
    mail = parse_mail(b"From: a@b.example\r\nContent-Type: text/html\r\n\r\n" + html.encode())
    assert mail.text == "Hi\n\nOn 5 May 2025, at 10:12, Ana wrote:\n\n> old"
    assert mail.visible_text == "Hi"
    assert mail.visible_html == "<p>Hi</p>"


def test_html_over_a_limit_is_shown_as_text_with_a_warning() -> None:
    mail = parse_mail(b"Content-Type: text/html\r\n\r\n" + b"<div>" * 200 + b"Hello")
    assert mail.html is None
    assert mail.text == "Hello"
    assert any("plain text" in warning for warning in mail.warnings)


@pytest.mark.parametrize(
    ("mail", "words"),
    [
        (b"Content-Type: multipart/mixed; boundary=b\r\n\r\nHello" + b"\r\n--b\r\n" * 1_100, "parts"),
        (
            b"".join(b"Content-Type: multipart/mixed; boundary=b%dx\n\n--b%dx\n" % (n, n) for n in range(30))
            + b"\nHello",
            "levels",
        ),
        (b"X: y\r\n" * 60_000 + b"\r\nHello", "headers are longer"),
        (b"To: " + b"a@b.example," * 1_100 + b"\r\n\r\nHello", "addresses"),
        (b"Content-Type: text/plain\r\n\r\nHello" + b"x" * 36 * 1024 * 1024, "larger than"),
        (b"Content-Type: text/plain; charset=klingon\r\n\r\nHello", "character set"),
        (b"From: a@b.example\r\nFrom: c@d.example\r\n\r\nHello", "From"),
        (b"Subject: =?utf-8?q?a=0Ab?=\r\n\r\nHello", "control characters"),
    ],
)
def test_over_a_cap_or_broken_it_is_read_with_a_warning(mail: bytes, words: str) -> None:
    parsed = parse_mail(mail)
    assert any(words in warning for warning in parsed.warnings), parsed.warnings
    assert "Hello" in parsed.text
    check(parsed)


def test_flowed_text_is_joined() -> None:
    mail = parse_mail(
        b"Content-Type: text/plain; format=flowed\r\n\r\nOne \r\ntwo.\r\n> a \r\n> b\r\n-- \r\nAna\r\n"
    )
    assert mail.text.split("\n")[:2] == ["One two.", "> a b"]
    assert mail.visible_text == "One two."


def test_several_texts_follow_each_other_and_named_texts_are_attachments() -> None:
    mail = parse_mail(
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nOne\r\n--b\r\n"
        b"Content-Type: text/plain\r\nContent-Disposition: attachment; filename=log.txt\r\n\r\nLog\r\n"
        b"--b\r\n\r\nTwo\r\n--b--"
    )
    assert mail.text == "One\n\nTwo"
    assert [found.filename for found in mail.attachments] == ["log.txt"]


def test_an_embedded_mail_is_an_attachment_and_none_of_its_text_is_ours() -> None:
    inner = b"From: x@y.example\r\nSubject: Inner\r\n\r\nInner text\r\n"
    mail = parse_mail(
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nOuter\r\n--b\r\n"
        b"Content-Type: message/rfc822\r\n\r\n" + inner + b"\r\n--b--"
    )
    assert mail.text == "Outer"
    assert [(found.filename, found.content) for found in mail.attachments] == [("attachment.eml", inner)]


def test_every_shared_sample_keeps_the_promises(shared_data: Path) -> None:
    for path in [
        *(shared_data / "bounces").iterdir(),
        *(shared_data / "reply-trimming" / "emails").iterdir(),
    ]:
        check(parse_mail(path.read_bytes()))


@settings(max_examples=300)
@given(st.binary(max_size=2_000))
def test_any_bytes_are_a_mail(raw: bytes) -> None:
    check(parse_mail(raw))


@settings(max_examples=400)
@given(
    st.lists(
        st.tuples(
            st.integers(0, len(MAIL)),
            st.integers(0, 60),
            st.one_of(
                st.binary(max_size=12),
                st.sampled_from(
                    [b"\r\n", b"\r\n\r\n", b"--mixed", b"\x00", b"=?utf-8?q?=0D?=", b"<", b'"', b"boundary="]
                ),
            ),
        ),
        min_size=1,
        max_size=6,
    )
)
def test_a_damaged_mail_is_a_mail(damages: list[tuple[int, int, bytes]]) -> None:
    raw = MAIL
    for position, length, replacement in damages:
        raw = raw[:position] + replacement + raw[position + length :]
    check(parse_mail(raw))
