"""The MIME tree by the standard library: lenient, for broken mails and for machines without the fast parser."""

import email
from email.message import Message
from email.policy import compat32

from inbox_desktop.sync.email.part import MESSAGE_TYPES, Part, UnreadableStructureError, make_part


def read_tree(data: bytes) -> Part:
    """Read content headers and body into a tree.

    Raises:
        UnreadableStructureError: the structure is so broken that the parser gave up.
    """
    try:
        return _convert(email.message_from_bytes(data, policy=compat32))
    except (ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError) as error:
        raise UnreadableStructureError(str(error)) from error


def _convert(node: Message) -> Part:
    """One node and what is below it. The caps on depth hold before, so this may recurse."""
    fields: dict[str, str] = {}
    for name, value in node.raw_items():
        fields.setdefault(name.lower(), str(value))
    if node.get_content_maintype() != "multipart" and node.is_multipart():
        return make_part(fields, _embedded(node), [])
    if node.is_multipart():
        children = [_convert(child) for child in node.get_payload() if isinstance(child, Message)]
        return make_part(fields, None, children)
    content = node.get_payload(decode=True)
    return make_part(fields, content if isinstance(content, bytes) else b"", [])


def _embedded(node: Message) -> bytes:
    """The raw bytes of what this parser has taken apart and we want whole: messages and delivery reports."""
    payload = node.get_payload()
    blocks = [part.as_bytes() for part in payload if isinstance(part, Message)] if isinstance(payload, list) else []
    joiner = b"" if node.get_content_type() in MESSAGE_TYPES else b"\n"
    return joiner.join(blocks)
