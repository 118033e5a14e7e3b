"""The MIME tree by the standard library: lenient, for broken mails and machines without the fast parser."""

from email.message import Message
from email.parser import BytesParser
from email.policy import compat32

from inbox_desktop.sync.email.part import Part, UnreadableStructureError, make_part


class _Node(Message):
    """A message whose embedded messages and delivery reports the parser leaves alone: we want their raw
    bytes.
    """

    def get_content_type(self) -> str:
        """The content type, with every message/* disguised as a plain leaf."""
        content_type = super().get_content_type()
        return "application/octet-stream" if content_type.startswith("message/") else content_type


def read_tree(data: bytes) -> Part:
    """Read content headers and body into a tree.

    Raises:
        UnreadableStructureError: the structure is so broken that the parser gave up.
    """
    try:
        return _convert(BytesParser(_Node, policy=compat32).parsebytes(data))
    except (ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError) as error:
        raise UnreadableStructureError(str(error)) from error


def _convert(node: Message) -> Part:
    """One node and what is below it. The caps on depth hold before, so this may recurse."""
    fields: dict[str, str] = {}
    for name, value in node.raw_items():
        fields.setdefault(name.lower(), str(value))
    if node.is_multipart():
        children = [_convert(child) for child in node.get_payload() if isinstance(child, Message)]
        return make_part(fields, None, children)
    content = node.get_payload(decode=True)
    return make_part(fields, content if isinstance(content, bytes) else b"", [])
