"""One node of a MIME tree, in the shape that both parsers deliver."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from inbox_desktop.sync.email.headers import parse_parameters

MESSAGE_TYPES: Final = frozenset({"message/rfc822", "message/global"})


class UnreadableStructureError(Exception):
    """This parser cannot read this mail; another one may."""


@dataclass(slots=True)
class Part:
    """One node of the tree.

    `content` holds the transfer-decoded bytes of a leaf (an embedded message is a leaf too: its raw bytes)
    and None for a multipart, whose parts are `children`. `params` are those of Content-Type, decoded;
    `filename` is as received, not yet cleaned.
    """

    content_type: str
    params: Mapping[str, str]
    disposition: str
    filename: str
    content_id: str | None
    content: bytes | None
    children: list["Part"] = field(default_factory=list)


def make_part(fields: dict[str, str], content: bytes | None, children: list[Part]) -> Part:
    """Build a node from its raw content fields (lower-case names)."""
    content_type, params = parse_parameters(fields.get("content-type", ""))
    if content_type.count("/") != 1:
        content_type = "text/plain"  # RFC 2045, 5.2: what cannot be understood is plain text
    if content is not None and content_type in MESSAGE_TYPES:
        content = content.rstrip(b"\r\n") + b"\r\n"  # parsers disagree about the line end before a boundary
    disposition, disposition_params = parse_parameters(fields.get("content-disposition", ""))
    content_id = fields.get("content-id", "").strip().strip("<>").strip()
    return Part(
        content_type=content_type,
        params=params,
        disposition=disposition,
        filename=disposition_params.get("filename") or params.get("name") or "",
        content_id=content_id[:500] or None,
        content=content,
        children=children,
    )
