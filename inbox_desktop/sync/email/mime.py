"""Bytes in, one ParsedMail out: never an error, whatever the bytes are."""

from inbox_desktop.sync.email.addresses import read_addresses, read_from
from inbox_desktop.sync.email.bodies import Bodies, read_bodies
from inbox_desktop.sync.email.bounces import classify, may_auto_reply
from inbox_desktop.sync.email.charsets import clean_text, decode, has_controls, single_line
from inbox_desktop.sync.email.headers import (
    Headers,
    content_headers,
    decode_words,
    read_date,
    read_ids,
    read_message_id,
    read_subject,
    split_mail,
)
from inbox_desktop.sync.email.html import CleanHtml, fold_quotes, html_to_text, sanitise
from inbox_desktop.sync.email.limits import (
    MAX_ADDRESSES,
    MAX_HEADER_BYTES,
    MAX_MAIL_BYTES,
    MAX_TEXT_CHARS,
    MAX_WARNINGS,
    split_long_lines,
    structure_over_cap,
)
from inbox_desktop.sync.email.parsed import Address, MailKind, ParsedMail
from inbox_desktop.sync.email.part import UnreadableStructureError
from inbox_desktop.sync.email.quotes import visible_text
from inbox_desktop.sync.email.tree import read_tree

_DELIVERED_TO = ("delivered-to", "x-original-to", "envelope-to")


def parse_mail(raw: bytes) -> ParsedMail:
    """Read one mail.

    Whatever is broken is replaced and named in `warnings`; a mail over a cap (limits.py) is read as plain
    text. Hostile mails can still cost time and memory in the libraries below: mails from outside are read in
    the parser process (parser_pool.py).
    """
    headers, body = split_mail(raw)
    warnings = _header_warnings(headers)
    bodies = _read_structure(headers, body, warnings)
    subject = read_subject(headers)
    clean = _clean_html(bodies)
    text = bodies.text()
    shown: str | None = None
    folded = False
    if clean.html is not None:
        shown, folded = fold_quotes(clean.html, subject)
    visible = text
    if not text.strip():
        text = _text_of(clean.html) if clean.html is not None else split_long_lines(clean_text(clean.text))
        visible = (_text_of(shown) if shown is not None and folded else "") or text
    sender, verified = read_from(headers)
    kind, bounced = classify(headers, bodies, text, sender)
    warnings += bodies.warnings + ([clean.warning] if clean.warning else [])
    addresses = {name: _addresses(headers, name, warnings) for name in ("reply-to", "to", "cc")}
    return ParsedMail(
        message_id=read_message_id(headers),
        in_reply_to=read_message_id(headers, "in-reply-to"),
        references=read_ids(headers, "references"),
        date=read_date(headers),
        sender=sender,
        from_verified=verified,
        reply_to=addresses["reply-to"],
        to=addresses["to"],
        cc=addresses["cc"],
        delivered_to=_delivered_to(headers),
        subject=subject,
        kind=kind,
        bounced=bounced,
        text=text,
        visible_text=visible_text(visible, subject),
        html=clean.html,
        visible_html=shown if folded else None,
        blocked=clean.blocked,
        attachments=tuple(bodies.attachments),
        warnings=tuple(dict.fromkeys(warnings))[:MAX_WARNINGS],
        may_auto_reply=verified and kind is MailKind.MESSAGE and may_auto_reply(headers, sender),
    )


def _header_warnings(headers: Headers) -> list[str]:
    """What is worth saying about the header block."""
    warnings = []
    if headers.cut:
        warnings.append(
            f"the headers are longer than {MAX_HEADER_BYTES // 1024} KB: open the original to see all"
        )
    elif headers.malformed:
        warnings.append("the headers are malformed")
    if len(headers.all("from")) > 1:
        warnings.append("the mail has more than one From line")
    if has_controls(decode_words(headers.first("subject") or "")):
        warnings.append("the subject held control characters: they were replaced by spaces")
    return warnings


def _read_structure(headers: Headers, body: bytes, warnings: list[str]) -> Bodies:
    """The parts of the body, or the body as plain text if it passes a cap or no parser can read it."""
    if headers.cut:
        return _as_plain_text(body)
    if len(body) > MAX_MAIL_BYTES:
        warnings.append(f"the mail is larger than {MAX_MAIL_BYTES // 1024 // 1024} MB: open the original")
        return _as_plain_text(body)
    data = content_headers(headers) + body
    over = structure_over_cap(data)
    if over:
        warnings.append(f"the mail has {over}: shown as plain text, open the original")
        return _as_plain_text(body)
    try:
        return read_bodies(read_tree(data))
    except UnreadableStructureError:
        warnings.append("the mail's structure is broken: shown as plain text, open the original")
        return _as_plain_text(body)


def _as_plain_text(body: bytes) -> Bodies:
    """The beginning of a body as it is."""
    text, _ = decode(body[:MAX_TEXT_CHARS], "")
    return Bodies(plain=[split_long_lines(clean_text(text))])


def _clean_html(bodies: Bodies) -> CleanHtml:
    """All HTML parts, sanitised."""
    if not bodies.html:
        return CleanHtml(None, "", (), "")
    return sanitise("<br>".join(bodies.html))


def _text_of(html: str) -> str:
    """The text of sanitised HTML, fit to be stored."""
    return split_long_lines(clean_text(html_to_text(html)))


def _addresses(headers: Headers, name: str, warnings: list[str]) -> tuple[Address, ...]:
    """The addresses of one field; more than the cap is a warning."""
    if headers.first(name) is None:
        return ()
    found, more = read_addresses(headers, name)
    if more:
        warnings.append(f"more than {MAX_ADDRESSES:,} addresses in {name.title()}: the rest is left out")
    return found


def _delivered_to(headers: Headers) -> tuple[str, ...]:
    """Where the mail was delivered, as its servers noted it, each address once and in order of the fields."""
    found: dict[str, None] = {}
    for name in _DELIVERED_TO:
        for value in headers.all(name)[:20]:
            address = single_line(value).strip("<>").removeprefix("<").lower()[:320]
            if "@" in address and " " not in address:
                found.setdefault(address)
    return tuple(found)
