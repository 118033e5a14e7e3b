"""Letters that customers write in the stories."""

from __future__ import annotations

import email.policy
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from itertools import count

SUPPORT = "support@shop.example"
ANA = "Ana Souza <ana@mail.example>"
_written = count(1)


def letter(
    text: str,
    *,
    sender: str = ANA,
    subject: str = "Where is my order?",
    message_id: str | None = None,
    answers: EmailMessage | None = None,
) -> bytes:
    """A customer's mail as it lies on the server. `answers` is the mail of the shop that it replies to.

    Each is dated a second after the one before it, some minutes ago.
    """
    mail = EmailMessage(policy=email.policy.SMTP)
    mail["From"] = sender
    mail["To"] = SUPPORT
    mail["Subject"] = f"Re: {answers['Subject']}" if answers else subject
    mail["Date"] = format_datetime(datetime.now(UTC) + timedelta(seconds=next(_written) - 900))
    mail["Message-ID"] = message_id or make_msgid(domain="mail.example")
    if answers is not None:
        mail["In-Reply-To"] = answers["Message-ID"]
        mail["References"] = " ".join(filter(None, (answers["References"], answers["Message-ID"])))
        text = f"{text}\n\nOn Mon, 24 Nov 2025 at 10:12, Support <{SUPPORT}> wrote:\n> Thank you.\n"
    mail.set_content(text)
    return mail.as_bytes()


def read(content: bytes) -> EmailMessage:
    """A mail as its recipient's program reads it."""
    mail = message_from_bytes(content, policy=email.policy.default)
    assert isinstance(mail, EmailMessage)
    return mail


def body(mail: EmailMessage) -> str:
    """The plain text of a mail."""
    part = mail.get_body(("plain",))
    assert part is not None
    text: str = part.get_content()
    return text
