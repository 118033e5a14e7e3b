"""What an e-mail address looks like, before anybody writes to it."""

from typing import Final

LONGEST_ADDRESS: Final = 254
"""RFC 5321, 4.5.3.1.3, without the angle brackets."""
_NEVER: Final = frozenset(' <>,;"')


def is_address(text: str) -> bool:
    """Whether a text looks like one e-mail address that can be written to."""
    name, _, domain = text.partition("@")
    is_plain = text.isprintable() and _NEVER.isdisjoint(text) and "@" not in domain
    return len(text) <= LONGEST_ADDRESS and bool(name) and bool(domain) and is_plain
