"""The mails that the demo's customers write: plain or HTML, with files, remote pictures and quotes."""

import html
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid

from inbox_desktop.demo.papers import paper
from inbox_desktop.demo.received import Received
from inbox_desktop.demo.story import Person, Story

_INTRO = {
    "en": "On {date:%b %d, %Y, at %H:%M}, {name} <{address}> wrote:",
    "pt": "Em {date:%d/%m/%Y às %H:%M}, {name} <{address}> escreveu:",
    "es": "El {date:%d/%m/%Y a las %H:%M}, {name} <{address}> escribió:",
    "de": "Am {date:%d.%m.%Y um %H:%M} schrieb {name} <{address}>:",
    "fr": "Le {date:%d/%m/%Y à %H:%M}, {name} <{address}> a écrit :",
    "it": "Il giorno {date:%d/%m/%Y alle %H:%M} {name} <{address}> ha scritto:",
    "pl": "{date:%d.%m.%Y %H:%M}, {name} <{address}> napisał(a):",
    "ja": "{date:%Y/%m/%d %H:%M} {name} <{address}>:",
    "ar": "في {date:%d/%m/%Y %H:%M} كتب {name} <{address}>:",
}
_OUTLOOK = "Von: {name} <{address}>\nGesendet: {date:%d.%m.%Y %H:%M}\nAn: {to}\nBetreff: {subject}"
_PICTURE = (
    '<p><img src="https://pictures.newsmail.example/banner-{number}.png" width="480" height="96" alt=""></p>'
)
_TRACKER = '<img src="https://track.newsmail.example/open.gif?m={id}" width="1" height="1" alt="">'


@dataclass(frozen=True, slots=True)
class Letter:
    """What is to be written. `answers` is the team's mail that it replies to, `earlier` one's own."""

    story: Story
    text: str
    moment: datetime
    answers: Received | None = None
    earlier: str | None = None
    files: Sequence[str] = ()
    images: int = 0
    tracker: bool = False
    automatic: bool = False


@dataclass(frozen=True, slots=True)
class Sealed:
    """A mail ready to be sent: its Message-ID, the envelope's sender ("" for bounces) and its bytes."""

    message_id: str
    sender: str
    content: bytes


def write(letter: Letter, support: str) -> Sealed:
    """The mail, addressed to the support address."""
    story = letter.story
    mail = _headed(story.customer, support, _subject(letter), letter.moment)
    _thread(mail, letter)
    if letter.automatic:
        mail["Auto-Submitted"] = "auto-replied"  # RFC 3834, section 5
    mail.set_content(_plain(letter), cte="quoted-printable")
    if story.look == "html" and not letter.automatic:
        mail.add_alternative(_rich(letter), subtype="html", cte="quoted-printable")
    for name in letter.files:
        attached = paper(name)
        main, _, sub = attached.content_type.partition("/")
        mail.add_attachment(attached.content, maintype=main, subtype=sub, filename=attached.filename)
    return Sealed(mail["Message-ID"], story.customer.address, bytes(mail))


def write_bounce(returned: Received, address: str, support: str, moment: datetime) -> Sealed:
    """What the customer's server sends when a mail that it took cannot be delivered after all (RFC 3464)."""
    host = address.rpartition("@")[2]
    mail = _headed(
        Person("Mail Delivery System", f"mailer-daemon@{host}"), support, "Undelivered mail returned", moment
    )
    mail["Auto-Submitted"] = "auto-replied"
    mail.set_content(
        f"This is the mail system at {host}.\n\nYour message to <{address}> could not be delivered: "
        "the mailbox has moved and left no address.\n"
    )
    mail.make_mixed()
    mail.replace_header("Content-Type", "multipart/report; report-type=delivery-status")
    report = EmailMessage(policy=SMTP)
    report["Reporting-MTA"] = f"dns; {host}"
    recipient = EmailMessage(policy=SMTP)
    recipient["Final-Recipient"] = f"rfc822; {address}"
    recipient["Action"] = "failed"
    recipient["Status"] = "5.1.6"
    recipient["Diagnostic-Code"] = "smtp; 550 5.1.6 The mailbox has moved, no forwarding address"
    status = EmailMessage(policy=SMTP)
    status["Content-Type"] = "message/delivery-status"
    status.set_payload([report, recipient])
    mail.attach(status)
    headers = EmailMessage(policy=SMTP)
    headers["Content-Type"] = "text/rfc822-headers"
    subject = returned.subject.encode("ascii", "replace").decode("ascii")
    headers.set_payload(f"Message-ID: {returned.message_id}\nTo: {address}\nSubject: {subject}\n")
    mail.attach(headers)
    return Sealed(mail["Message-ID"], "", bytes(mail))


def _headed(sender: Person, support: str, subject: str, moment: datetime) -> EmailMessage:
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address(sender.name, addr_spec=sender.address)
    mail["To"] = support
    mail["Subject"] = subject
    mail["Date"] = format_datetime(moment)
    mail["Message-ID"] = make_msgid(domain=sender.address.rpartition("@")[2])
    return mail


def _subject(letter: Letter) -> str:
    if letter.automatic:
        return f"Automatic reply: {letter.story.subject}"
    is_first = letter.answers is None and letter.earlier is None
    return letter.story.subject if is_first else f"Re: {letter.story.subject}"


def _thread(mail: EmailMessage, letter: Letter) -> None:
    """In-Reply-To and References (RFC 5322, section 3.6.4)."""
    if letter.answers is not None:
        mail["In-Reply-To"] = letter.answers.message_id
        mail["References"] = " ".join((*letter.answers.references, letter.answers.message_id))
    elif letter.earlier is not None:
        mail["In-Reply-To"] = letter.earlier
        mail["References"] = letter.earlier


def _plain(letter: Letter) -> str:
    parts = [letter.text]
    if letter.story.signature:
        parts.append(f"-- \n{letter.story.signature}")
    if letter.answers is not None and not letter.automatic:
        parts.append(_quote(letter.story, letter.answers))
    return "\n\n".join(parts) + "\n"


def _quote(story: Story, answered: Received) -> str:
    """The team's mail below the answer, as the customer's mail program quotes it."""
    if story.client == "outlook":
        header = _OUTLOOK.format(**_about(answered), to=story.customer.name, subject=answered.subject)
        return f"{header}\n\n{answered.text}"
    quoted = "\n".join(f"> {line}".rstrip() for line in answered.text.splitlines())
    return f"{_intro(story, answered)}\n\n{quoted}"


def _rich(letter: Letter) -> str:
    """The same in HTML, as web mail programs write it, with what the sender's newsletter tool adds."""
    story = letter.story
    direction = ' dir="rtl"' if story.language == "ar" else ' dir="ltr"'
    parts = [f"<div{direction}>{_paragraphs(letter.text)}</div>"]
    if story.signature:
        parts.append(f'<div class="gmail_signature"><p>-- <br>{_lines(story.signature)}</p></div>')
    parts += [_PICTURE.format(number=number) for number in range(1, letter.images + 1)]
    if letter.tracker:
        parts.append(_TRACKER.format(id=int(letter.moment.timestamp()) % 100_000))
    if letter.answers is not None:
        intro = html.escape(_intro(story, letter.answers))
        parts.append(
            f'<div class="gmail_quote"><div class="gmail_attr">{intro}<br></div>'
            f'<blockquote class="gmail_quote" style="border-left:1px solid #ccc;padding-left:1ex">'
            f"{_paragraphs(letter.answers.text)}</blockquote></div>"
        )
    return f"<html><body>{''.join(parts)}</body></html>"


def _intro(story: Story, answered: Received) -> str:
    return _INTRO.get(story.language, _INTRO["en"]).format(**_about(answered))


def _about(answered: Received) -> dict[str, object]:
    return {"date": answered.sent_at, "name": answered.author_name, "address": answered.author_address}


def _paragraphs(text: str) -> str:
    return "".join(f"<p>{_lines(part)}</p>" for part in text.split("\n\n"))


def _lines(text: str) -> str:
    return html.escape(text).replace("\n", "<br>")
