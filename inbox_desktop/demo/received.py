"""A mail of the team's as it reaches a customer of the demo."""

import email
from dataclasses import dataclass
from datetime import datetime
from email.policy import default
from email.utils import parseaddr, parsedate_to_datetime


@dataclass(frozen=True, slots=True)
class Received:
    """What the customer's mail program knows of the mail. `text` is the answer without what it quotes."""

    recipients: tuple[str, ...]
    message_id: str
    references: tuple[str, ...]
    sent_at: datetime
    author_name: str
    author_address: str
    subject: str
    text: str
    automatic: bool


def read(content: bytes, recipients: tuple[str, ...]) -> Received:
    """The mail that came for these recipients."""
    mail = email.message_from_bytes(content, policy=default)
    name, address = parseaddr(str(mail["From"]))
    body = mail.get_body(("plain", "html"))
    text = body.get_content() if body is not None else ""
    return Received(
        recipients=tuple(recipient.lower() for recipient in recipients),
        message_id=str(mail["Message-ID"]).strip(),
        references=tuple(str(mail["References"] or "").split()),
        sent_at=parsedate_to_datetime(str(mail["Date"])),
        author_name=name,
        author_address=address,
        subject=str(mail["Subject"]),
        text=_answer(text),
        automatic="Auto-Submitted" in mail,
    )


def _answer(text: str) -> str:
    """The lines above the quoted mail and the line that introduces it."""
    lines = text.splitlines()
    quoted = next((place for place, line in enumerate(lines) if line.startswith(">")), len(lines))
    above = lines[:quoted]
    if quoted < len(lines):
        while above and (not above[-1].strip() or above[-1].rstrip().endswith((":", "："))):
            above.pop()
    return "\n".join(above).strip()
