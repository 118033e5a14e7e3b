"""How large and how deep a mail may be before it is read as plain text only, and the check of its bytes."""

import re
from typing import Final

MAX_HEADER_BYTES: Final = 256 * 1024
MAX_DEPTH: Final = 20
MAX_PARTS: Final = 1_000
MAX_ADDRESSES: Final = 1_000
MAX_MAIL_BYTES: Final = 36 * 1024 * 1024  # 35 MB mails are read, with room for their headers
MAX_TEXT_CHARS: Final = 1_000_000
MAX_LINE_CHARS: Final = 20_000
MAX_SUBJECT_CHARS: Final = 998  # RFC 5322, 2.1.1
MAX_REFERENCES: Final = 200
MAX_WARNINGS: Final = 50

_EVENT = re.compile(
    rb'^--([^\r\n]{1,200})|boundary\s*=\s*(?:"([^"\r\n]{1,200})|([^\s";,]{1,200}))|message/(?:rfc822|global)\b',
    re.IGNORECASE | re.MULTILINE,
)


def structure_over_cap(data: bytes) -> str | None:
    """Say which cap (MIME depth or number of parts) a mail exceeds, or None.

    Runs before any MIME parser and in linear time, because 2,000 nested parts end the standard library's
    parser with RecursionError and 100,000 empty parts keep it busy for 17 s. It follows the declared
    boundaries with a stack and stops at the first cap that is passed, so it never counts further than the
    cap.

    Args:
        data: content headers and body, as handed to the parser.
    """
    few_lines = data.count(b"\n") <= MAX_PARTS  # counting one character is by far the quickest
    if (few_lines or data.count(b"\n--") <= MAX_PARTS) and _declarations_within(data):
        return None
    depth_of: dict[bytes, int] = {}
    stack: list[bytes] = []
    depth = parts = 0
    for event in _EVENT.finditer(data):
        line, quoted, bare = event.groups()
        if line is not None:
            boundary = _known_boundary(line, depth_of)
            if boundary is None:
                continue
            while stack[-1] != boundary:
                del depth_of[stack.pop()]
            depth = depth_of[boundary]
            parts += 1
        else:
            depth += 1
            declared = (quoted or bare or b"").rstrip()
            if declared and declared not in depth_of:
                stack.append(declared)
                depth_of[declared] = depth
        if depth > MAX_DEPTH:
            return f"more than {MAX_DEPTH} levels of parts"
        if parts > MAX_PARTS:
            return f"more than {MAX_PARTS:,} parts"
    return None


def _declarations_within(data: bytes) -> bool:
    """Whether there are so few declarations of nesting that the depth cannot exceed the cap."""
    lowered = data.lower()
    return lowered.count(b"boundary") + lowered.count(b"message/") < MAX_DEPTH


def _known_boundary(line: bytes, declared: dict[bytes, int]) -> bytes | None:
    """The declared boundary that a line beginning with `--` delimits (RFC 2046, 5.1.1), if any."""
    name = line.rstrip()
    if name in declared:
        return name
    if name.endswith(b"--") and name[:-2] in declared:
        return name[:-2]
    return None


def split_long_lines(text: str) -> str:
    """Break lines of more than MAX_LINE_CHARS characters, which a text view would lay out for seconds."""
    if len(text) <= MAX_LINE_CHARS:
        return text
    return "\n".join(
        line
        if len(line) <= MAX_LINE_CHARS
        else "\n".join(line[start : start + MAX_LINE_CHARS] for start in range(0, len(line), MAX_LINE_CHARS))
        for line in text.split("\n")
    )
