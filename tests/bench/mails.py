"""A mailbox as a shop has it: thousands of realistic mails of about 8 KB, the same ones for the same seed."""

from __future__ import annotations

import base64
import binascii
import random
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.header import Header
from email.utils import format_datetime

from tests.bench.people import DOMAINS, FIRST_NAMES, LANGUAGES, LAST_NAMES, Language

SUPPORT = "support@shop.example"
LAST_MAIL_AT = datetime(2025, 11, 20, 9, 0, tzinfo=UTC)
_APART = timedelta(minutes=4)
_MOST_REFERENCES = 10
_REPLIES = 0.55  # the share of mails that continue a conversation
_OPEN_THREADS = 400  # the conversations that may still continue
_ATTACHED = 0.04
_LEGACY = 0.2  # the share of mails in the language's older charset
_STYLE = "font-family:Arial,Helvetica,sans-serif;font-size:14px;line-height:1.5;color:#1f2937"
_SOFT = "margin:0 0 12px 0;padding:0;font-size:14px;line-height:22px;mso-line-height-rule:exactly"


@dataclass(frozen=True, slots=True)
class Person:
    """A customer who writes."""

    name: str
    address: str
    language: Language


@dataclass(slots=True)
class Conversation:
    """A thread so far: who writes, about what, and the Message-IDs in order."""

    person: Person
    subject: str
    ids: list[str] = field(default_factory=list)
    last: tuple[str, ...] = ()
    last_at: datetime = LAST_MAIL_AT


def mails(count: int, seed: int = 1) -> Iterator[bytes]:
    """`count` mails, oldest first, in a median of about 8 KB, with CRLF lines."""
    writer = Writer(seed, count)
    for number in range(count):
        yield writer.mail(number)


class Writer:
    """Writes the mails one after the other; all chance comes from one seeded source."""

    def __init__(self, seed: int, count: int) -> None:
        self._random = random.Random(seed)
        self._seed = seed
        self._first_at = LAST_MAIL_AT - count * _APART
        self._people = [self._person(number) for number in range(max(20, count // 8))]
        self._threads: list[Conversation] = []

    def mail(self, number: int) -> bytes:
        """The next mail."""
        chance = self._random
        at = self._first_at + number * _APART
        thread = self._thread()
        message_id = (
            f"<{number}.{self._seed}.{chance.getrandbits(48):012x}@{thread.person.address.split('@')[1]}>"
        )
        paragraphs = self._paragraphs(thread.person.language)
        text, html = self._text(thread, paragraphs), self._html(thread, paragraphs)
        charset = thread.person.language.charset if chance.random() < _LEGACY else "utf-8"
        head = self._head(thread, message_id, at)
        body = self._body(number, thread, text, html, charset)
        thread.ids = [*thread.ids, message_id][-_MOST_REFERENCES:]
        thread.last, thread.last_at = paragraphs, at
        return head + body

    def _person(self, number: int) -> Person:
        first, last = self._random.choice(FIRST_NAMES), self._random.choice(LAST_NAMES)
        language = self._random.choices(LANGUAGES, (10, 3, 2, 2, 1, 1))[0]
        return Person(f"{first} {last}", f"customer{number}@{self._random.choice(DOMAINS)}", language)

    def _thread(self) -> Conversation:
        chance = self._random
        if self._threads and chance.random() < _REPLIES:
            return chance.choice(self._threads)
        # A few customers write often, most of them once.
        person = self._people[int(len(self._people) * chance.random() ** 2)]
        thread = Conversation(person, chance.choice(person.language.subjects))
        if len(self._threads) < _OPEN_THREADS:
            self._threads.append(thread)
        else:
            self._threads[chance.randrange(_OPEN_THREADS)] = thread
        return thread

    def _paragraphs(self, language: Language) -> tuple[str, ...]:
        chance = self._random
        return tuple(
            " ".join(
                (*chance.sample(language.sentences, chance.randint(1, 4)), f"({chance.randrange(10**6)})")
            )
            for _ in range(chance.randint(3, 7))
        )

    def _head(self, thread: Conversation, message_id: str, at: datetime) -> bytes:
        person, chance = thread.person, self._random
        relay = f"mx{chance.randint(1, 9)}.{person.address.split('@')[1]}"
        date = format_datetime(at)
        subject = f"Re: {thread.subject}" if thread.ids else thread.subject
        lines = [
            f"Return-Path: <{person.address}>",
            f"Delivered-To: {SUPPORT}",
            f"Received: from {relay} ({relay} [192.0.2.{chance.randint(1, 254)}])",
            f"\tby mx.shop.example (Postfix) with ESMTPS id 4{chance.getrandbits(36):09X}",
            f"\tfor <{SUPPORT}>; {date}",
            f"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d={person.address.split('@')[1]};",
            "\ts=mail; h=from:to:subject:date:message-id:in-reply-to:references:content-type;",
            f"\tb={base64.b64encode(chance.randbytes(48)).decode()}",
            f"\t {base64.b64encode(chance.randbytes(48)).decode()}",
            f"From: {_phrase(person.name)} <{person.address}>",
            f"To: Shop <{SUPPORT}>",
            f"Subject: {_phrase(subject)}",
            f"Date: {date}",
            f"Message-ID: {message_id}",
        ]
        if thread.ids:
            lines += [f"In-Reply-To: {thread.ids[-1]}", "References: " + "\r\n ".join(thread.ids)]
        return "\r\n".join([*lines, "MIME-Version: 1.0", ""]).encode("ascii")

    def _text(self, thread: Conversation, paragraphs: tuple[str, ...]) -> str:
        language, person = thread.person.language, thread.person
        lines = [language.greeting, "", *(line for p in paragraphs for line in (p, "")), language.farewell]
        lines += [person.name, "", "-- ", person.name, person.address, ""]
        if thread.last:
            lines += [self._wrote(thread), *(f"> {line}" for line in thread.last), ""]
        return "\r\n".join(lines)

    def _wrote(self, thread: Conversation) -> str:
        """The line above what is quoted: who wrote it, and when."""
        person = thread.person
        return person.language.wrote.format(date=f"{thread.last_at:%d.%m.%Y %H:%M}", name=person.name)

    def _html(self, thread: Conversation, paragraphs: tuple[str, ...]) -> str:
        language, person = thread.person.language, thread.person
        cells = "\r\n".join(
            f'<tr><td style="{_SOFT}" valign="top" align="left"><p style="{_SOFT}"><span style="{_STYLE}">{p}'
            "</span></p></td></tr>"
            for p in (language.greeting, *paragraphs, language.farewell)
        )
        quote = ""
        if thread.last:
            quoted = "".join(f"<div>{p}</div><div><br></div>\r\n" for p in thread.last)
            quote = (
                f'<div class="gmail_quote"><div dir="ltr">{self._wrote(thread)}<br></div>'
                f'<blockquote style="margin:0 0 0 .8ex;border-left:1px #ccc solid">{quoted}</blockquote>'
                "</div>"
            )
        return (
            '<!DOCTYPE html>\r\n<html><head><meta charset="utf-8"><style type="text/css">'
            "body{margin:0;padding:0}img{border:0;outline:none}.button a{color:#ffffff;text-decoration:none}"
            "@media only screen and (max-width:600px){.container{width:100%!important}}</style></head>\r\n"
            f'<body bgcolor="#ffffff" style="{_STYLE}"><table class="container" width="600" cellpadding="0" '
            f'cellspacing="0" border="0" style="border-collapse:collapse">\r\n{cells}\r\n'
            f'<tr><td style="padding:12px 0;border-top:1px solid #e5e7eb"><b>{person.name}</b><br>'
            f'<a href="mailto:{person.address}" style="color:#2563eb">{person.address}</a><br>'
            f'<a href="https://www.example.com/{self._random.getrandbits(32):08x}">www.example.com</a><br>'
            '<img src="https://cdn.example.com/logo.png" width="120" height="32" alt="Logo"></td></tr>'
            "</table>\r\n"
            f"{quote}\r\n"
            f'<img src="https://t.example.com/o/{self._random.getrandbits(64):016x}.gif" width="1" '
            'height="1">'
            "</body></html>\r\n"
        )

    def _body(self, number: int, thread: Conversation, text: str, html: str, charset: str) -> bytes:
        boundary = f"=_{self._seed}_{number:06}"
        parts = [part("plain", text, charset), part("html", html, charset)]
        alternative = multipart("alternative", boundary, parts)
        if self._random.random() >= _ATTACHED:
            return alternative
        return multipart("mixed", f"{boundary}m", [alternative, self._attachment(number)])

    def _attachment(self, number: int) -> bytes:
        if number % 2:
            name, kind, content = f"invoice {number}.pdf", "application/pdf", _pdf(self._random)
        else:
            name, kind, content = f"photo-{number}.png", "image/png", _png(self._random)
        head = f'Content-Type: {kind}; name="{name}"\r\nContent-Transfer-Encoding: base64\r\n'
        disposition = f'Content-Disposition: attachment; filename="{name}"\r\n\r\n'
        return (head + disposition).encode() + base64.encodebytes(content).replace(b"\n", b"\r\n")


def _phrase(text: str) -> str:
    """A header's text, encoded by RFC 2047 where it has to be."""
    return text if text.isascii() else Header(text, "utf-8", maxlinelen=200).encode(linesep="\r\n")


def part(subtype: str, text: str, charset: str) -> bytes:
    try:
        content = text.encode(charset)
    except UnicodeEncodeError:
        charset, content = "utf-8", text.encode()
    if charset == "iso-2022-jp":
        encoding, payload = "7bit", content
    elif charset == "utf-8" and not text.isascii() and len(content) > 1.3 * len(text):
        encoding, payload = "base64", base64.encodebytes(content).replace(b"\n", b"\r\n")
    else:
        encoding = "quoted-printable"
        payload = binascii.b2a_qp(content.replace(b"\r\n", b"\n"), istext=True).replace(b"\n", b"\r\n")
    head = f"Content-Type: text/{subtype}; charset={charset}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
    return head.encode() + payload


def multipart(subtype: str, boundary: str, parts: list[bytes]) -> bytes:
    head = f'Content-Type: multipart/{subtype}; boundary="{boundary}"\r\n\r\n'.encode()
    delimiter = f"--{boundary}\r\n".encode()
    return head + b"".join(delimiter + part + b"\r\n" for part in parts) + f"--{boundary}--\r\n".encode()


def _png(chance: random.Random) -> bytes:
    """A small picture of noise: it does not compress, like a photograph."""
    side = 64

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + chance.randbytes(side * 3) for _ in range(side))
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def _pdf(chance: random.Random) -> bytes:
    """What begins and ends like a PDF."""
    return b"%PDF-1.4\n" + base64.b85encode(chance.randbytes(9_000)) + b"\n%%EOF\n"
