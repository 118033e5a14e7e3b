"""Small mails for tests, as bytes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

BEGIN = datetime(2026, 3, 1, 9, tzinfo=UTC)


def mail(
    number: int,
    *,
    sender: str = "Ana Souza <ana@example.com>",
    to: str = "support@shop.example",
    subject: str | None = None,
    text: str = "Hello,\r\nwhere is my parcel?\r\n",
    message_id: str | None = "",
    references: Sequence[str] = (),
    date: datetime | None = None,
    headers: str = "",
) -> bytes:
    """A plain mail. `message_id` "" makes one from the number, None leaves the field out."""
    lines = [
        f"From: {sender}",
        f"To: {to}",
        f"Subject: {subject if subject is not None else f'Question {number}'}",
        f"Date: {format_datetime(date or BEGIN + timedelta(minutes=number))}",
    ]
    if message_id is not None:
        lines.append(f"Message-ID: {message_id or id_of(number)}")
    if references:
        lines += [f"In-Reply-To: {references[-1]}", f"References: {' '.join(references)}"]
    lines += ["MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8"]
    return ("\r\n".join(lines) + "\r\n" + headers + "\r\n" + text).encode()


def id_of(number: int) -> str:
    """The Message-ID that `mail` gives to this number."""
    return f"<mail-{number}@example.com>"
