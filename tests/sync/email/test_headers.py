"""Header blocks: splitting, decoding, parameters, ids and dates."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import pytest

from inbox_desktop.sync.email.headers import (
    content_headers,
    decode_words,
    parse_parameters,
    read_date,
    read_headers,
    read_ids,
    read_message_id,
    read_subject,
    split_mail,
)
from inbox_desktop.sync.email.limits import MAX_HEADER_BYTES, MAX_REFERENCES


@pytest.mark.parametrize("line_end", [b"\r\n", b"\n"])
def test_headers_and_body_are_split_at_the_first_empty_line(line_end: bytes) -> None:
    raw = line_end.join([b"Subject: a", b" b", b"To: c@d.example", b"", b"x: y", b"", b"z"])
    headers, body = split_mail(raw)
    assert headers.text("subject") == "a b"
    assert headers.first("to") == "c@d.example"
    assert not headers.malformed
    assert body == line_end.join([b"x: y", b"", b"z"])


def test_an_mbox_separator_is_no_header() -> None:
    headers, _ = split_mail(b"From a@b Mon Jan  1 00:00:00 2001\nFrom: c@d.example\n\nx")
    assert headers.all("from") == ["c@d.example"]
    assert not headers.malformed


def test_a_line_without_a_colon_makes_the_block_malformed_but_hides_nothing() -> None:
    headers, _ = split_mail(b"Subject: a\nnonsense\nFrom: c@d.example\n\nx")
    assert headers.malformed
    assert headers.text("from") == "c@d.example"


def test_a_block_over_the_cap_is_cut_at_a_whole_line() -> None:
    headers, body = split_mail(b"X-A: b\r\n" * (MAX_HEADER_BYTES // 8 + 1_000) + b"\r\nx")
    assert headers.cut
    assert set(headers.all("x-a")) == {"b"}
    assert body.startswith(b"X-A: b\r\n")


def test_bytes_that_are_no_mail_are_all_body() -> None:
    headers, body = split_mail(b"hello\nworld")
    assert headers.fields == ()
    assert body == b"hello\nworld"


@pytest.mark.parametrize(
    ("raw", "decoded"),
    [
        ("=?utf-8?q?caf=C3=A9_au_lait?=", "café au lait"),
        ("=?utf-8?B?w6k=?= =?utf-8?B?w6k=?=", "éé"),
        ("=?utf-8?B?ww==?= =?utf-8?B?qQ==?=", "é"),  # one character, its bytes in two words
        ("a =?iso-8859-1?q?=E9?= b", "a é b"),
        ("=?iso-2022-jp?B?GyRCRnxLXBsoQg==?=", "日本"),
        ("=?utf-8*de?q?gr=C3=BCn?=", "grün"),
        ("=?klingon?q?abc?=", "abc"),
        ("=?utf-8?q?broken", "=?utf-8?q?broken"),
        ("a\n b", "a b"),
        (b"caf\xc3\xa9".decode("utf-8", "surrogateescape"), "café"),
        (b"caf\xe9".decode("utf-8", "surrogateescape"), "café"),
    ],
)
def test_encoded_words(raw: str, decoded: str) -> None:
    assert decode_words(raw) == decoded


def test_a_subject_cannot_smuggle_a_header() -> None:
    headers, _ = split_mail(b"Subject: =?utf-8?q?a=0D=0ABcc:_x@y?=\r\n\r\n")
    assert read_subject(headers) == "a Bcc: x@y"


def test_a_subject_is_capped() -> None:
    assert len(read_subject(read_headers(b"Subject: " + b"a" * 2_000))) == 998


@pytest.mark.parametrize(
    ("value", "token", "params"),
    [
        ("text/plain", "text/plain", {}),
        (
            'Text/Plain; Charset="UTF-8"; format=flowed',
            "text/plain",
            {"charset": "UTF-8", "format": "flowed"},
        ),
        ("a/b; name*=utf-8''%e2%82%ac%20rates", "a/b", {"name": "€ rates"}),
        ("a/b; name*0*=utf-8''a%20; name*1=b; name*2*=%20c", "a/b", {"name": "a b c"}),
        ('a/b; name*0="x"; name*1="y.pdf"', "a/b", {"name": "xy.pdf"}),
        ('a/b; name="=?utf-8?q?=C3=A9?=.pdf"', "a/b", {"name": "é.pdf"}),
        (r'a/b; name="a \"b\".txt"', "a/b", {"name": 'a "b".txt'}),
        ("a/b; name=one; name=two", "a/b", {"name": "one"}),
        ("a/b;;;=;x", "a/b", {}),
    ],
)
def test_parameters(value: str, token: str, params: dict[str, str]) -> None:
    assert parse_parameters(value) == (token, params)


def test_ids_keep_their_brackets_and_order() -> None:
    headers = read_headers(b"Message-ID: <A@b>\r\nReferences: <1@x> junk <2@x>\r\n <1@x>\r\nIn-Reply-To: c@d")
    assert read_message_id(headers) == "<A@b>"
    assert read_ids(headers, "references") == ("<1@x>", "<2@x>")
    assert read_message_id(headers, "in-reply-to") == "<c@d>"


def test_ids_in_encoded_words_are_read() -> None:
    """As Python's email package writes ids that are longer than a line."""
    block = (
        b"In-Reply-To: =?utf-8?q?=3C01a205bf293a7f7dbfdd679870de4176=2E01a205bf2b8b7e6?=\r\n"
        b" =?utf-8?q?990faa=40harbor=2Eexample?=\r\n =?utf-8?q?=3E?=\r\n"
        b"References: <1@x> =?utf-8?q??=\r\n =?utf-8?q?=3C2=40y=2Eexample=3E?= =?broken?"
    )
    headers = read_headers(block)
    replied = "<01a205bf293a7f7dbfdd679870de4176.01a205bf2b8b7e6990faa@harbor.example>"
    assert read_message_id(headers, "in-reply-to") == replied
    assert read_ids(headers, "references") == ("<1@x>", "<2@y.example>")


def test_of_a_long_thread_the_first_and_the_newest_ids_are_kept() -> None:
    ids = [f"<{number}@x>" for number in range(1_000)]
    kept = read_ids(read_headers(b"References: " + " ".join(ids).encode()), "references")
    assert len(kept) == MAX_REFERENCES
    assert (kept[0], kept[1], kept[-1]) == ("<0@x>", "<801@x>", "<999@x>")


@pytest.mark.parametrize(
    ("value", "date"),
    [
        (b"Mon, 5 May 2025 10:12:00 +0200", datetime(2025, 5, 5, 8, 12, tzinfo=UTC)),
        (b"Mon, 5 May 2025 10:12:00", datetime(2025, 5, 5, 10, 12, tzinfo=UTC)),
        (b"5 May 2025 10:12 GMT (comment)", datetime(2025, 5, 5, 10, 12, tzinfo=UTC)),
        (b"yesterday", None),
        (b"", None),
        (b"Fri, 31 Dec 9999 23:59:59 -2359", None),
        (b"Mon, 31 Feb 2025 10:12:00 +0000", None),
        (b"Mon, 5 May 2025 24:12:00 +0000", None),
    ],
)
def test_dates_are_utc(value: bytes, date: datetime | None) -> None:
    found = read_date(read_headers(b"Date: " + value))
    assert found == date
    assert found is None or found.tzinfo is UTC


@pytest.mark.parametrize(
    "value",
    [
        "Mon, 5 May 2025 10:12:00 +0200",
        "Sun, 09 Nov 2025 06:20:59 -0330 (NST)",
        "Sat, 1 Feb 2025 00:00:00 -0000",
        "Sat, 1 Feb 2025 00:00:00 +2460",
        "Sat, 1 Feb 0050 00:00:00 +0100",
        "Sat, 1 Feb 1899 00:00:00 +0100",
        "Xyz, 1 FEB 2025 00:00:00 +0100",
        "Sat, 1 Foo 2025 00:00:00 +0100",
        "Sat, 01 Feb 2025 00:00:00 +0100 (a (b))",
        "Sat, \u0661 Feb 2025 00:00:00 +0100",
    ],
)
def test_usual_dates_are_read_as_the_standard_library_reads_them(value: str) -> None:
    try:
        expected = parsedate_to_datetime(value)
    except ValueError:
        expected = None
    if expected is not None:
        expected = expected.replace(tzinfo=expected.tzinfo or UTC).astimezone(UTC)
    assert read_date(read_headers(f"Date: {value}".encode())) == expected


def test_the_parser_is_given_nothing_but_the_first_content_fields() -> None:
    headers = read_headers(
        b"Subject: x\r\nContent-Type: text/plain;\r\n charset=x\r\nContent-Type: text/html"
    )
    assert content_headers(headers) == b"content-type: text/plain; charset=x\r\n\r\n"
