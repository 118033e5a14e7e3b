"""A stored reply as the bytes of a mail: our own header lines above a MIME body (RFC 5322, RFC 2045).

The header lines are written here and not by the standard library's header registry: that one writes
Message-IDs longer than a line as encoded words, which no mail program can thread by.
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape

from inbox_desktop.sync.email.addresses import clean_name
from inbox_desktop.sync.email.charsets import clean_text, single_line
from inbox_desktop.sync.email.filenames import clean_filename
from inbox_desktop.sync.email.message_ids import ascii_domain
from inbox_desktop.sync.sending import OutgoingFile, OutgoingMail, QuotedMessage

LONGEST_QUOTE = 20_000
"""Characters of the customer's message that are quoted at most."""

_POLICY = SMTP.clone(cte_type="7bit")  # no server needs 8BITMIME for our mail
_LONGEST_LINE = 76
_ID = re.compile(r"<[!-;=?-~]{1,900}>")
_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,60}/[a-z0-9][a-z0-9!#$&^_.+-]{0,60}", re.IGNORECASE)
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?: [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_DOCUMENT = '<!DOCTYPE html>\n<html><head><meta charset="utf-8"></head><body>\n{}\n</body></html>\n'
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


@dataclass(frozen=True, slots=True)
class Options:
    """How a mail is composed: with the answered message quoted below, and with UTF-8 addresses (RFC 6531)."""

    quote_last_message: bool = True
    smtputf8: bool = False


def compose(mail: OutgoingMail, content: Callable[[str], bytes], options: Options | None = None) -> bytes:
    """The mail as it is sent: the same bytes every time. `content` reads a file by its SHA-256.

    Blind copies are in no header. Addresses that need UTF-8 are left out of the headers unless
    `options.smtputf8` is set: a server that lacks SMTPUTF8 does not get the mail for them either.

    Raises:
        StorageError: whatever `content` raises for a missing file.
    """
    options = options or Options()
    lines = _headers(mail, utf8=options.smtputf8)
    body = _body(mail, content, quoted=mail.quoted if options.quote_last_message else None)
    return "".join(f"{line}\r\n" for line in lines).encode() + body.as_bytes(policy=_POLICY)


def wire_address(address: str) -> str:
    """The address as headers and envelopes have it: the domain is ASCII, the local part may need UTF-8."""
    local, at, domain = single_line(address).rpartition("@")
    return f"{local}@{ascii_domain(domain)}" if at else domain


def needs_utf8(address: str) -> bool:
    """Whether the address can only be used with SMTPUTF8 (RFC 6531): its local part is not ASCII."""
    return not wire_address(address).isascii()


def mailbox(name: str, address: str) -> str:
    """`name <address>` for a header: the name cleaned, quoted or encoded as it must be (RFC 2047)."""
    name, spec = clean_name(name), wire_address(address)
    if not name or name.lower() == address.lower():
        return spec
    if not name.isascii() or "=?" in name:
        shown = Header(name, "utf-8", maxlinelen=_LONGEST_LINE).encode(linesep="\r\n")
    elif _ATOMS.fullmatch(name):
        shown = name
    else:
        shown = '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f"{shown} <{spec}>"


def _headers(mail: OutgoingMail, *, utf8: bool) -> list[str]:
    """The header lines, folded, without the MIME ones and without line ends."""
    lines = [
        f"From: {mailbox(mail.author_name, mail.from_address)}",
        _addresses("To", mail.to, utf8=utf8) or "To: undisclosed-recipients:;",
        _addresses("Cc", mail.cc, utf8=utf8),
        "Subject: " + _subject(mail.subject),
        f"Date: {format_datetime(mail.sent_at)}",
        f"Message-ID: {mail.external_id}",
        _ids("In-Reply-To", (mail.in_reply_to or "",)),
        _ids("References", mail.references),
        # Without a ticket it is a notification, which no automat shall answer (RFC 3834, section 5).
        "" if mail.ticket_id else "Auto-Submitted: auto-generated",
        "MIME-Version: 1.0",
    ]
    return [line for line in lines if line]


def _subject(subject: str) -> str:
    """A subject of any characters: clean, one logical line, encoded where it must be, folded."""
    header = Header(maxlinelen=_LONGEST_LINE, header_name="Subject")
    text = single_line(subject)
    # What looks like an encoded word would be decoded by whoever reads it: encode it once more.
    header.append(text, "us-ascii" if text.isascii() and "=?" not in text else "utf-8")
    return header.encode(linesep="\r\n")


def _addresses(name: str, addresses: Sequence[str], *, utf8: bool) -> str:
    """An address field with one address a line, "" without any."""
    specs = [wire_address(address) for address in addresses]
    return _folded(name, ",", [spec for spec in specs if utf8 or spec.isascii()])


def _ids(name: str, ids: Iterable[str]) -> str:
    """A field of Message-IDs, one a line; what is none is left out, for it could be anything."""
    return _folded(name, "", [one for one in ids if _ID.fullmatch(one)])


def _folded(name: str, separator: str, words: Sequence[str]) -> str:
    return f"{name}: " + f"{separator}\r\n ".join(words) if words else ""


def _body(
    mail: OutgoingMail, content: Callable[[str], bytes], *, quoted: QuotedMessage | None
) -> EmailMessage:
    """The MIME body: text and HTML as alternatives, inline pictures beside the HTML, then the files."""
    text, html = clean_text(mail.text).rstrip("\n") + "\n", _html(mail)
    if quoted is not None:
        text += "\n" + quote_as_text(quoted)
        html += "\n" + quote_as_html(quoted)
    body = EmailMessage(policy=_POLICY)
    body.set_content(text)
    body.add_alternative(_DOCUMENT.format(html), subtype="html")
    shown = [
        file for file in mail.files if file.inline and file.content_id and f"cid:{file.content_id}" in html
    ]
    html_part = list(body.iter_parts())[1]
    for file in shown:
        _attach(html_part.add_related, file, content(file.sha256))
    for file in mail.files:
        if file not in shown:
            _attach(body.add_attachment, file, content(file.sha256))
    _finish(body, mail.external_id)
    return body


def _html(mail: OutgoingMail) -> str:
    """The answer's HTML; made of its text when it was written as plain text."""
    if mail.html is not None and mail.html.strip():
        return clean_text(mail.html)
    return _text_as_html(clean_text(mail.text))


def _text_as_html(text: str) -> str:
    return "<div>" + escape(text.strip("\n"), quote=False).replace("\n", "<br>\n") + "</div>"


def _attach(add: Callable[..., None], file: OutgoingFile, data: bytes) -> None:
    """Add one file. Mails and multiparts travel as plain bytes: they may not be base64 (RFC 2046, 5.2.1)."""
    kind = file.content_type.lower() if _TYPE.fullmatch(file.content_type) else "application/octet-stream"
    maintype, _, subtype = kind.partition("/")
    if maintype in {"message", "multipart"}:
        maintype, subtype = "application", "octet-stream"
    options: dict[str, str] = {"filename": clean_filename(file.filename, kind)}
    if file.inline and file.content_id and re.fullmatch(r"[!-;=?-~]{1,200}", file.content_id):
        options |= {"cid": f"<{file.content_id}>", "disposition": "inline"}
    add(data, maintype=maintype, subtype=subtype, **options)


def _finish(body: EmailMessage, seed: str) -> None:
    """Give boundaries that are the same on every attempt; MIME-Version stands in our own headers."""
    for number, part in enumerate(body.walk()):
        del part["MIME-Version"]
        if part.is_multipart():
            part.set_boundary("=_" + hashlib.sha256(f"{seed}/{number}".encode()).hexdigest()[:32])


def quote_as_text(quoted: QuotedMessage) -> str:
    """The answered message as text: a line that says whose it is, and each line behind "> "."""
    lines = _quotable(quoted).split("\n")
    return f"{_introduction(quoted)}\n" + "".join(f"> {line}".rstrip() + "\n" for line in lines)


def quote_as_html(quoted: QuotedMessage) -> str:
    """The answered message as HTML. It is made of the text: no markup or picture of others is sent on."""
    return (
        f'<div class="quote"><p>{escape(_introduction(quoted))}</p>\n<blockquote type="cite">'
        f"{_text_as_html(_quotable(quoted))}</blockquote></div>"
    )


def _introduction(quoted: QuotedMessage) -> str:
    day = quoted.sent_at
    return f"On {day.day} {_MONTHS[day.month - 1]} {day.year}, {single_line(quoted.author)} wrote:"


def _quotable(quoted: QuotedMessage) -> str:
    text = clean_text(quoted.text).strip("\n")
    return text if len(text) <= LONGEST_QUOTE else text[:LONGEST_QUOTE].rstrip() + " […]"
