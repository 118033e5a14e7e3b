"""A mail's MIME tree, whichever parser reads it; this is the one place that chooses the parser."""

from collections.abc import Callable
from typing import Final

from inbox_desktop.sync.email import tree_standard
from inbox_desktop.sync.email.part import Part, UnreadableStructureError


def _load_fast() -> Callable[[bytes], Part] | None:
    """The Rust parser, where there is a build of it for this machine."""
    try:
        from inbox_desktop.sync.email import tree_fast  # noqa: PLC0415 - not on every system
    except ImportError:
        return None
    return tree_fast.read_tree


_FAST: Final = _load_fast()


def read_tree(data: bytes) -> Part:
    """Read content headers and body (headers.content_headers + body) into a tree.

    Raises:
        UnreadableStructureError: neither parser can read it.
    """
    if _FAST is not None:
        try:
            return _FAST(data)
        except UnreadableStructureError:
            pass  # the standard library's parser is lenient where the fast one is strict
    return tree_standard.read_tree(data)
