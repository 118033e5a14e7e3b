"""From a MIME tree to what a person reads: text, HTML, attachments, and parts about other mails."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from inbox_desktop.sync.email.charsets import clean_text, decode, single_line
from inbox_desktop.sync.email.filenames import clean_filename
from inbox_desktop.sync.email.limits import MAX_TEXT_CHARS, split_long_lines
from inbox_desktop.sync.email.parsed import ParsedAttachment
from inbox_desktop.sync.email.part import MESSAGE_TYPES, Part

_REPORT_TYPES: Final = frozenset({"message/delivery-status", "message/global-delivery-status"})
_FEEDBACK_TYPE: Final = "message/feedback-report"
_HEADER_TYPES: Final = frozenset({"text/rfc822-headers", "message/rfc822-headers", "message/global-headers"})


@dataclass(slots=True)
class Bodies:
    """What was found in the parts of one mail.

    `delivery_status`, `feedback` and `returned` are the raw machine-readable parts of bounces and complaints
    (RFC 3464, RFC 5965), `returned` the headers or the whole of the mail they are about.
    """

    plain: list[str] = field(default_factory=list)
    html: list[str] = field(default_factory=list)
    attachments: list[ParsedAttachment] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    delivery_status: bytes = b""
    feedback: bytes = b""
    returned: bytes = b""

    def text(self) -> str:
        """All plain parts as one text."""
        return "\n\n".join(part for part in self.plain if part.strip())


def read_bodies(root: Part) -> Bodies:
    """Sort the parts of a mail into text, HTML and attachments.

    Within multipart/alternative one plain and one HTML form of the same text count; everywhere else texts
    follow each other. A text with a file name, or marked as attachment, is an attachment.
    """
    bodies = Bodies()
    for part, in_related in _leaves(root, in_related=False):
        _take_report(part, bodies)
        if _is_body(part):
            _take_text(part, bodies)
        else:
            bodies.attachments.append(_attachment(part, in_related=in_related))
    return bodies


def _leaves(part: Part, *, in_related: bool) -> Iterator[tuple[Part, bool]]:
    """Every leaf in order, with whether it stands in a multipart/related beside what refers to it."""
    if part.content is not None:
        yield part, in_related
        return
    children = part.children
    if part.content_type == "multipart/alternative":
        children = _alternatives(children)
    related = in_related or part.content_type == "multipart/related"
    for child in children:
        yield from _leaves(child, in_related=related)


def _alternatives(children: list[Part]) -> list[Part]:
    """Of several forms of one text: the last plain one with content, the last HTML one, and whatever else
    there is.
    """
    plain = [child for child in children if child.content_type == "text/plain" and _is_body(child)]
    rich = [child for child in children if child.content_type == "text/html" and _is_body(child)]
    filled = [child for child in plain if (child.content or b"").strip()]
    dropped = {id(child) for child in plain[:-1]} | {id(child) for child in rich[:-1]}
    if filled and id(filled[-1]) in dropped:
        dropped = (dropped - {id(filled[-1])}) | {id(plain[-1])}
    return [child for child in children if id(child) not in dropped]


def _is_body(part: Part) -> bool:
    """Whether a leaf is text to read, and no attachment."""
    if part.content_type.startswith("multipart/"):
        return True  # a multipart without boundaries holds nothing but text
    return (
        part.content_type in {"text/plain", "text/html", "text/enriched", "text/x-amp-html"}
        and part.disposition != "attachment"
        and (not part.filename or not part.disposition)  # old programs name the text itself
    )


def _take_text(part: Part, bodies: Bodies) -> None:
    """Decode a text part and add it to the plain or the HTML texts."""
    if part.content_type == "text/x-amp-html":
        return
    charset = part.params.get("charset", "")
    text, warning = decode(part.content or b"", charset)
    if warning:
        bodies.warnings.append(warning)
    text = clean_text(text)
    if part.content_type == "text/html":
        bodies.html.append(text)
        return
    if part.params.get("format", "").lower() == "flowed":
        text = _unflow(text, delete_space=part.params.get("delsp", "").lower() == "yes")
    if len(text) > MAX_TEXT_CHARS:
        text = text[:MAX_TEXT_CHARS]
        bodies.warnings.append("the text is very long and was cut: open the original to see all of it")
    bodies.plain.append(split_long_lines(text))


def _unflow(text: str, *, delete_space: bool) -> str:
    """Join the soft-wrapped lines of format=flowed (RFC 3676, 4); quoted lines keep their marks."""
    lines: list[str] = []
    open_depth = -1
    for line in text.split("\n"):
        depth = len(line) - len(line.lstrip(">"))
        content = line[depth:].removeprefix(" ")
        flows = content.endswith(" ") and content != "-- "
        if open_depth == depth and lines and content != "-- ":
            lines[-1] += content
        else:
            lines.append((">" * depth + " " + content).rstrip("\n") if depth else content)
        if flows and delete_space:
            lines[-1] = lines[-1][:-1]
        open_depth = depth if flows else -1
    return "\n".join(lines)


def _attachment(part: Part, *, in_related: bool) -> ParsedAttachment:
    """The attachment that a leaf is."""
    content = part.content or b""
    content_type = single_line(part.content_type)[:120]
    inline = part.disposition != "attachment" and (part.disposition == "inline" or in_related)
    return ParsedAttachment(
        filename=clean_filename(part.filename, content_type),
        content_type=content_type,
        size=len(content),
        inline=inline and bool(part.content_id or content_type.startswith("image/")),
        content_id=single_line(part.content_id) if part.content_id else None,
        content=content,
    )


def _take_report(part: Part, bodies: Bodies) -> None:
    """Remember the first part of each machine-readable kind."""
    content = part.content or b""
    if part.content_type in _REPORT_TYPES and not bodies.delivery_status:
        bodies.delivery_status = content
    elif part.content_type == _FEEDBACK_TYPE and not bodies.feedback:
        bodies.feedback = content
    elif (part.content_type in _HEADER_TYPES or part.content_type in MESSAGE_TYPES) and not bodies.returned:
        bodies.returned = content
