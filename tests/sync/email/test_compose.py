"""What a reply looks like on the wire, read back by our own reader and by the standard library's."""

import email
import email.policy
import re
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from inbox_desktop.models.errors import StorageError
from inbox_desktop.sync.email.charsets import clean_text, single_line
from inbox_desktop.sync.email.compose import LONGEST_QUOTE, Options, compose, mailbox
from inbox_desktop.sync.email.filenames import clean_filename
from inbox_desktop.sync.email.mime import parse_mail
from inbox_desktop.sync.sending import OutgoingFile, OutgoingMail, QuotedMessage
from tests.sync.email.outgoing import outgoing

PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
QUOTED = QuotedMessage("Ana Souza", datetime(2026, 3, 1, 18, 0, tzinfo=UTC), "Where is it?\n\n<b>Ana</b>")


def no_files(_sha256: str) -> bytes:
    raise AssertionError("there is no file to read")


def composed(mail: OutgoingMail, **options: bool) -> EmailMessage:
    raw = compose(mail, no_files, Options(**options))
    return email.message_from_bytes(raw, policy=email.policy.default)


def header_names(raw: bytes) -> list[str]:
    head = raw.split(b"\r\n\r\n", 1)[0].decode()
    return [line.split(":")[0] for line in head.split("\r\n") if not line.startswith((" ", "\t"))]


def test_a_plain_reply_has_the_headers_it_needs_and_no_other() -> None:
    mail = outgoing(
        in_reply_to="<q1@customer.example>", references=("<q0@c.example>", "<q1@customer.example>")
    )
    raw = compose(mail, no_files)
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert message["From"] == "Julia Mendes <support@shop.example>"
    assert message["To"] == "ana@customer.example"
    assert message["Subject"] == "Re: Where is my order?"
    assert message["Date"] == "Mon, 02 Mar 2026 09:30:00 +0000"
    assert message["Message-ID"] == mail.external_id
    assert message["In-Reply-To"] == "<q1@customer.example>"
    assert message["References"].split() == ["<q0@c.example>", "<q1@customer.example>"]
    assert header_names(raw) == [
        *("From", "To", "Subject", "Date", "Message-ID", "In-Reply-To", "References"),
        *("MIME-Version", "Content-Type"),
    ]
    assert message.get_body(("plain",)).get_content().strip() == "It left yesterday."  # type: ignore[union-attr]
    assert "<div>It left yesterday.</div>" in message.get_body(("html",)).get_content()  # type: ignore[union-attr]


def test_a_notification_says_that_nobody_wrote_it() -> None:
    assert composed(outgoing(ticket_id=""))["Auto-Submitted"] == "auto-generated"
    assert composed(outgoing())["Auto-Submitted"] is None


def test_every_attempt_sends_the_same_bytes() -> None:
    mail = outgoing(files=(OutgoingFile("a.bin", "application/x-a", 3, "a"),), quoted=QUOTED)
    assert compose(mail, lambda _: PICTURE) == compose(mail, lambda _: PICTURE)


def test_blind_copies_are_in_no_header() -> None:
    mail = outgoing(recipients=("ana@customer.example", "boss@shop.example"))
    assert b"boss" not in compose(mail, no_files)


def test_a_subject_copied_from_a_customer_adds_no_header() -> None:
    raw = compose(outgoing(subject="Re: a\r\nBcc: victim@x.example\n\tevil\x00\u2028"), no_files)
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert message["Bcc"] is None
    assert message["Subject"] == "Re: a Bcc: victim@x.example evil"


def test_an_encoded_word_in_a_subject_stays_what_it_reads_like() -> None:
    tricky = "Re: =?utf-8?q?a=0D=0ABcc:_x@y?="
    message = composed(outgoing(subject=tricky))
    assert message["Bcc"] is None
    assert parse_mail(compose(outgoing(subject=tricky), no_files)).subject == tricky


def test_ids_that_are_none_are_left_out() -> None:
    raw = compose(
        outgoing(in_reply_to="<a@b>\r\nBcc: <x@y>", references=("<ok@b>", "<no id>", "x")), no_files
    )
    assert b"Bcc" not in raw
    assert b"In-Reply-To" not in raw
    assert b"References: <ok@b>\r\n" in raw


def test_long_ids_are_never_encoded_or_broken() -> None:
    ids = tuple(f"<{'x' * 120}.{n}@customer.example>" for n in range(20))
    raw = compose(outgoing(references=ids, in_reply_to=ids[-1]), no_files)
    assert b"=?" not in raw.split(b"\r\n\r\n", 1)[0]
    assert parse_mail(raw).references == ids
    assert parse_mail(raw).in_reply_to == ids[-1]


@pytest.mark.parametrize(
    ("name", "address", "expected"),
    [
        ("Julia Mendes", "a@x.example", "Julia Mendes <a@x.example>"),
        ("", "a@x.example", "a@x.example"),
        ("Mendes, Julia (Shop)", "a@x.example", '"Mendes, Julia (Shop)" <a@x.example>'),
        ('J "Q" \\ M', "a@x.example", '"J \\"Q\\" \\\\ M" <a@x.example>'),
        ("Jülia", "a@bücher.example", "=?utf-8?b?SsO8bGlh?= <a@xn--bcher-kva.example>"),
        ("a\r\nBcc: x@y", "a@x.example", '"a Bcc: x@y" <a@x.example>'),
    ],
)
def test_names_are_quoted_or_encoded(name: str, address: str, expected: str) -> None:
    assert mailbox(name, address) == expected


def test_addresses_that_need_utf8_stand_in_headers_only_with_smtputf8() -> None:
    mail = outgoing(to=("jörg@x.example", "ana@customer.example"))
    assert b"To: ana@customer.example\r\n" in compose(mail, no_files)
    utf8 = compose(mail, no_files, Options(smtputf8=True))
    assert "To: jörg@x.example,\r\n ana@customer.example\r\n".encode() in utf8
    alone = compose(outgoing(to=("jörg@x.example",)), no_files)
    assert b"To: undisclosed-recipients:;\r\n" in alone


def test_the_answered_message_is_quoted_below_as_text() -> None:
    message = composed(outgoing(quoted=QUOTED))
    text = message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert text.replace("\r\n", "\n") == (
        "It left yesterday.\n\nOn 1 March 2026, Ana Souza wrote:\n> Where is it?\n>\n> <b>Ana</b>\n"
    )
    html = message.get_body(("html",)).get_content()  # type: ignore[union-attr]
    assert '<blockquote type="cite"><div>Where is it?<br>' in html
    assert "&lt;b&gt;Ana&lt;/b&gt;" in html


def test_our_own_reader_folds_the_quote_of_our_mail() -> None:
    parsed = parse_mail(compose(outgoing(quoted=QUOTED), no_files))
    assert parsed.visible_text.strip() == "It left yesterday."
    assert "Where is it?" in parsed.text


def test_quoting_can_be_switched_off_and_has_an_end() -> None:
    assert b"Where is it" not in compose(outgoing(quoted=QUOTED), no_files, Options(quote_last_message=False))
    long = QuotedMessage("Ana", QUOTED.sent_at, "x" * 100_000)
    text = composed(outgoing(quoted=long)).get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert LONGEST_QUOTE <= text.count("x") <= LONGEST_QUOTE + 10
    assert "[…]" in text


def test_files_arrive_whole_and_under_their_names() -> None:
    name = 'Größe der Ämter 日本語, ein sehr langer Dateiname mit "Zeichen" der nie aufhören will.pdf'
    files = (
        OutgoingFile(name, "application/pdf", 3, "pdf"),
        OutgoingFile("../../x\r\nEvil: 1.eml", "message/rfc822", 3, "eml"),
        OutgoingFile("no type", "what; ever", 3, "none"),
        OutgoingFile("note.txt", "text/plain", 3, "text"),
    )
    contents = {"pdf": PICTURE, "eml": b"Subject: x\n\nFrom here\n.\n", "none": b"", "text": b"a\nb\r\nc\rd"}
    raw = compose(outgoing(files=files), contents.__getitem__)
    assert b"\nEvil" not in raw
    parsed = parse_mail(raw)
    assert [a.filename for a in parsed.attachments] == [
        clean_filename(f.filename, f.content_type) for f in files
    ]
    assert [a.content for a in parsed.attachments] == [PICTURE, contents["eml"], b"", contents["text"]]
    assert parsed.text.strip() == "It left yesterday."


def test_pictures_that_the_html_shows_hang_beside_it() -> None:
    files = (
        OutgoingFile("logo.png", "image/png", 9, "logo", inline=True, content_id="logo@shop"),
        OutgoingFile("unused.png", "image/png", 9, "unused", inline=True, content_id="unused@shop"),
    )
    mail = outgoing(html='<p>See <img src="cid:logo@shop"></p>', files=files)
    message = email.message_from_bytes(compose(mail, lambda _: PICTURE), policy=email.policy.default)
    shapes = [part.get_content_type() for part in message.walk()]
    assert shapes == [
        *("multipart/mixed", "multipart/alternative", "text/plain"),
        *("multipart/related", "text/html", "image/png", "image/png"),
    ]
    assert [part["Content-ID"] for part in message.walk() if part["Content-ID"]] == [
        "<logo@shop>",
        "<unused@shop>",
    ]


def test_a_missing_file_stops_the_mail() -> None:
    def gone(_sha256: str) -> bytes:
        raise StorageError("gone")

    with pytest.raises(StorageError):
        compose(outgoing(files=(OutgoingFile("a", "text/plain", 1, "a"),)), gone)


@settings(max_examples=150)
@given(st.text(max_size=200), st.text(max_size=400), st.text(max_size=60))
@example("=?=?utf-8?q??= x", "\n.\n..\nFrom x\r\n", "=?a?b?c?=")
@example("a" * 200, "x" * 2_000, "\u202ea")
def test_whatever_is_written_arrives(subject: str, text: str, name: str) -> None:
    raw = compose(outgoing(subject=subject, text=text, author_name=name), no_files)
    assert raw.isascii()
    assert re.search(rb"\r(?!\n)|(?<!\r)\n", raw) is None
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    assert header_names(raw)[:5] == ["From", "To", "Subject", "Date", "Message-ID"]
    parsed = parse_mail(raw)
    assert " ".join(parsed.subject.split()) == " ".join(single_line(subject).split())
    assert parsed.text.split() == clean_text(text).split()
    assert parsed.sender is not None
    assert parsed.sender.address == "support@shop.example"
    assert len(parsed.to) == 1
