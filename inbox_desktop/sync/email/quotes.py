"""Which lines of a plain-text mail are quotes or a signature, so that they can be folded or left out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from itertools import groupby
from typing import Final

from inbox_desktop.sync.email.quote_words import (
    FORWARD_IN_LINE,
    FORWARD_LINE,
    FORWARD_SUBJECT,
    LABEL_KIND,
    MOBILE_LINE,
    ORIGINAL_LINE,
    SIGNATURE_LINE,
    says_wrote,
)

_MAX_INTRO_LINES: Final = 6
_MAX_INTRO_CHARS: Final = 500
_MAX_HEADER_LINES: Final = 14
_MAX_SIGNATURE_LINES: Final = 12
_MAX_MARKED_SIGNATURE_LINES: Final = 40
_MAX_SCANNED_LINES: Final = 20_000

_QUOTED = re.compile(r"^ {0,3}[>＞]")
_INTRO_SIGN = re.compile(r"[\d@<]")
_QUOTE_MARKS = re.compile(r"^[\s>＞|]+")
_MARKS: Final = frozenset(">＞|")
_LABEL = re.compile(r"^[\s*_]{0,6}([^\W\d_][^:：\n]{0,24}?)[\s*_]{0,4}[:：][\s*_]{0,4}(.*)$")
_LABEL_REACH: Final = 36  # the furthest place of a label's colon
_COLONS: Final = frozenset(":：")
_FORWARD_BEGINS: Final = frozenset("-_=*>–—")
_RULE = re.compile(r"^\s*(?:[_\-=*]{5,}|\* \* \*)\s*$")
_DATED = re.compile(
    r"\d{4}\s?[-/.年년]\s?\d{1,2}|\d{1,2}[/.-]\s?\d{1,2}[/.-]\s?\d{2,4}|\d{1,2}[:.]\d{2}|\b(?:19|20)\d\d\b"
)
_YEAR_AND_TIME = re.compile(r"\b(?:19|20)\d\d\b.*\d{1,2}[:.]\d{2}")
_ADDRESS = re.compile(r"<[^<>]{0,80}@[^<>]{1,200}>|[\w.+-]{1,64}@[\w-]{1,63}\.[\w.-]{2,80}")
_STARTS_WITH_DATE = re.compile(r"^\W{0,3}\d{1,4}[-/. 年년]\s?\S{1,12}[-/. 月월]")
_OPENING = re.compile(
    r"^(?:[-\s>*]{0,8})(?:on|am|le|el|em|il|op|w dniu|dnia|den|d\.|dne|dňa|ons|på|в|у|il giorno|pada|в |on\s|"
    r"die|vào|στις|a|pe|la data|em|no dia|dana|kell|ב|在|于|於)\b",
    re.IGNORECASE,
)
_INTRO_ENDS: Final = frozenset(":：道-*_")
_DASHES: Final = frozenset("-—–")
_ZOHO = re.compile(r"^-{2,}\s*on\b.{5,300}\bwrote\s*-{2,}\s*$", re.IGNORECASE)
_EMPTY_LINES = re.compile(r"\n[ \t]*\n(?:[ \t]*\n)+")
_END_OF_INTRO = re.compile(r"(?:[:：]|写道|寫道|-{3,})\s*[*_]{0,2}\s*$")


class _Mark(Enum):
    """What one line is."""

    TEXT = auto()
    QUOTE = auto()
    SIGNATURE = auto()


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of lines of one sort; the texts of all segments, joined, are the whole text again."""

    text: str
    quoted: bool
    signature: bool = False


def split_quoted(text: str, subject: str = "") -> tuple[Segment, ...]:
    """Split a mail's text into what was written, what is quoted, and signatures, in place and without loss.

    A forwarded mail is not quoted: the forward is the message. `subject` tells a forward from a reply where
    the two look alike (Outlook's header block).
    """
    lines = text.split("\n")
    marks = _Reader(lines, subject).read()
    segments = []
    position = 0
    for mark, group in groupby(marks):
        size = len(tuple(group))
        part = "\n".join(lines[position : position + size])
        position += size
        part += "\n" if position < len(lines) else ""
        segments.append(Segment(part, quoted=mark is _Mark.QUOTE, signature=mark is _Mark.SIGNATURE))
    return tuple(segments)


def visible_text(text: str, subject: str = "") -> str:
    """The text without quotes and signature; all of it when nothing else would be left."""
    lines = text.split("\n")
    marks = _Reader(lines, subject).read()
    kept = "\n".join([line for line, mark in zip(lines, marks, strict=True) if mark is _Mark.TEXT])
    visible = _EMPTY_LINES.sub("\n\n", kept).strip("\n").rstrip()
    return visible if visible.strip() else text.strip()


def is_intro(text: str) -> bool:
    """Whether a piece of text is a whole introduction to a quote, such as “On 5 May 2024, Ana wrote:”."""
    text = " ".join(text.split())
    if not 8 <= len(text) <= _MAX_INTRO_CHARS:
        return False
    if _ZOHO.match(text):
        return True
    if not _END_OF_INTRO.search(text):
        return False
    dated = _DATED.search(text) is not None
    addressed = "@" in text and _ADDRESS.search(text) is not None
    if says_wrote(text):
        return (
            (dated and (addressed or _OPENING.match(text) is not None))
            or (addressed and text[-1] in ":：")
            or (dated and _STARTS_WITH_DATE.match(text) is not None)
        )
    names_sender_last = text.rstrip(" :：").endswith((">", ")"))
    return addressed and (
        _STARTS_WITH_DATE.match(text) is not None
        or (names_sender_last and _YEAR_AND_TIME.search(text) is not None)
    )


def is_forward_line(line: str) -> bool:
    """Whether a line announces a forwarded mail."""
    stripped = line.strip()
    if not stripped or not (stripped[0] in _FORWARD_BEGINS or stripped[-1] in _COLONS):
        return False  # spares nearly every line the long patterns
    return len(line) <= 2_000 and (FORWARD_LINE.match(line) or FORWARD_IN_LINE.match(line)) is not None


def _without_marks(line: str) -> str:
    """A line without quote marks before it and without spaces around it."""
    stripped = line.strip()
    return _QUOTE_MARKS.sub("", stripped) if stripped[:1] in _MARKS else stripped


def _may_be_label(text: str) -> bool:
    """Whether a line without quote marks may begin with a label: a quick look before the pattern."""
    head = text[:_LABEL_REACH]
    return ":" in head or "：" in head


def header_block_length(lines: list[str], start: int) -> int:
    """How many lines from `start` are a quoted header block (From, Date, To, Subject in any language), 0 if
    none.

    It takes three different labels, a sender among them (or a subject, date and recipient), in unbroken
    lines.
    """
    if start >= len(lines) or not _may_be_label(_without_marks(lines[start])):
        return 0
    kinds: set[str] = set()
    last = start
    for index in range(start, min(len(lines), start + _MAX_HEADER_LINES)):
        line = _QUOTE_MARKS.sub("", lines[index])[:400]
        label = _LABEL.match(line)
        if label is not None:
            kind = LABEL_KIND.get(label.group(1).strip().replace(" ", "").lower())
            if kind is None and index == start:
                return 0
            if kind is not None:
                kinds.add(kind)
                last = index
        elif index == start or not line.strip() or not _continues_recipients(line):
            break
    return last - start + 1 if len(kinds) >= 3 and kinds & {"from", "subject"} else 0


def _continues_recipients(line: str) -> bool:
    """Whether a line without a label goes on with the addresses of the line above."""
    return "@" in line or line.rstrip().endswith((";", ",")) or line[:1] in " \t"


class _Reader:
    """Marks the lines of one text, from top to bottom, each once."""

    def __init__(self, lines: list[str], subject: str) -> None:
        self.lines = lines
        self.texts = [line.strip() for line in lines]
        self.forward_subject = FORWARD_SUBJECT.match(subject) is not None
        self.marks = [_Mark.TEXT] * len(lines)
        self.forward_from = len(lines)

    def read(self) -> list[_Mark]:
        """Mark everything: quotes first, then the signatures at the ends of what is left."""
        position = 0
        for index in self._notable_lines():
            if index >= position:
                position = self._step(index)
        for first, last in self._visible_regions():
            self._mark_signature(first, last)
        return self.marks

    def _notable_lines(self) -> list[int]:
        """The lines where more than plain text may begin: a quick look that spares the others all patterns.

        A line that begins with a letter is at most a label, or begins an introduction that ends soon.
        """
        found = []
        lines_to_end = _MAX_INTRO_LINES
        for index in range(min(len(self.texts), _MAX_SCANNED_LINES) - 1, -1, -1):
            text = self.texts[index]
            if text[-1:] in _INTRO_ENDS:
                lines_to_end = 0
            elif text or self._address_follows(index + 1):
                lines_to_end += 1
            else:
                lines_to_end = _MAX_INTRO_LINES
            if text and (not text[0].isalpha() or lines_to_end < _MAX_INTRO_LINES or _may_be_label(text)):
                found.append(index)
        return found[::-1]

    def _step(self, index: int) -> int:
        """Mark what begins at one line and return the next line to look at."""
        line = self.lines[index]
        if _QUOTED.match(line):
            return self._quote_block(index)
        if is_forward_line(line):
            return self._forward(index)
        if ORIGINAL_LINE.match(line[:200]) or header_block_length(self.lines, index):
            return self._original(index)
        length = self._intro_length(index)
        return self._intro(index, length) if length else index + 1

    def _quote_block(self, index: int) -> int:
        """Lines with quote marks, and the empty lines between them."""
        last = index
        for end in range(index, len(self.lines)):
            line = self.lines[end]
            if line[:1] == ">" or _QUOTED.match(line):
                last = end
            elif self.texts[end]:
                break
        if self._is_quoted_forward(index, last):
            return last + 1
        self._mark(index, last + 1, _Mark.QUOTE)
        return last + 1

    def _is_quoted_forward(self, first: int, last: int) -> bool:
        """Whether a quoted block is a forwarded mail: Apple Mail quotes what it forwards."""
        content = (index for index in range(first, last + 1) if _without_marks(self.lines[index]))
        start = next(content, first)
        if is_forward_line(_QUOTE_MARKS.sub("", self.lines[start])):
            return True
        if ORIGINAL_LINE.match(_QUOTE_MARKS.sub("", self.lines[start])[:200]):
            start += 1
        return bool(header_block_length(self.lines, start)) and (
            self.forward_subject or not self._written_before(first)
        )

    def _forward(self, index: int) -> int:
        """A forwarded mail: it and everything below stays visible."""
        self.forward_from = index
        return len(self.lines)

    def _original(self, index: int) -> int:
        """The header block of a reply (all below is quoted) or of a forward (all below is the message)."""
        start = index
        while start > 0 and (_RULE.match(self.lines[start - 1][:200]) or not self.texts[start - 1]):
            start -= 1
        if self.forward_subject or not self._written_before(start):
            return self._forward(start)
        self._mark(start, len(self.lines), _Mark.QUOTE)
        return len(self.lines)

    def _intro_length(self, index: int) -> int:
        """How many lines from here are the introduction of a quote; 0 if none.

        An introduction may be wrapped anywhere; it never goes over an empty line unless an address follows.
        """
        first = self.lines[index]
        if len(first) > _MAX_INTRO_CHARS or not _INTRO_SIGN.search(first):
            return 0
        joined = ""
        for length, line in enumerate(self.lines[index : index + _MAX_INTRO_LINES], 1):
            if (
                length > 1
                and not self.texts[index + length - 1]
                and not self._address_follows(index + length)
            ):
                return self._bar_quoted(index, length - 1, joined)
            joined = f"{joined} {_without_marks(line)}"
            if len(joined) > _MAX_INTRO_CHARS:
                return 0
            if joined[-1] in _INTRO_ENDS and is_intro(joined):
                return 0 if self._begins_later(index, length) else length
        return 0

    def _begins_later(self, index: int, length: int) -> bool:
        """Whether an introduction found over several lines begins below the first: that one is still text."""
        opens = _OPENING.match(self.lines[index]) or _STARTS_WITH_DATE.match(self.lines[index])
        for later in range(index + 1, index + length):
            line = self.lines[later]
            if (not opens or _OPENING.match(line) or _STARTS_WITH_DATE.match(line)) and is_intro(
                " ".join(self.lines[later : index + length])
            ):
                return True
        return False

    def _address_follows(self, index: int) -> bool:
        """Whether the next line begins an address, as after the line break of some web mailers."""
        return index < len(self.texts) and self.texts[index].startswith(("<", "mailto:"))

    def _bar_quoted(self, index: int, length: int, joined: str) -> int:
        """An introduction without a verb counts if what follows is quoted with bars."""
        if not (_STARTS_WITH_DATE.match(joined.strip()) and _ADDRESS.search(joined)):
            return 0
        below = range(index + length, min(index + length + 3, len(self.lines)))
        follows = next((self.lines[at].lstrip() for at in below if self.texts[at]), "")
        return length if follows.startswith("| ") else 0

    def _intro(self, index: int, length: int) -> int:
        """Mark an introduction, and everything below it if what it introduces has no quote marks."""
        after = index + length
        following = next((at for at in range(after, len(self.lines)) if self.texts[at]), len(self.lines))
        if following < len(self.lines) and _QUOTED.match(self.lines[following]):
            self._mark(index, following, _Mark.QUOTE)
            return following
        if self.forward_subject:
            return self._forward(index)
        if self._written_before(index):
            self._mark(index, len(self.lines), _Mark.QUOTE)
            return len(self.lines)
        self._mark(index, after, _Mark.QUOTE)
        return after

    def _written_before(self, index: int) -> bool:
        """Whether the person wrote something above a line: a mobile signature alone does not count."""
        return any(
            self.marks[at] is _Mark.TEXT
            and self.texts[at]
            and not MOBILE_LINE.match(self.lines[at][:200])
            and not _RULE.match(self.lines[at][:200])
            for at in range(index)
        )

    def _mark(self, first: int, end: int, mark: _Mark) -> None:
        self.marks[first:end] = [mark] * (end - first)

    def _visible_regions(self) -> Iterator[tuple[int, int]]:
        """First and end line of every run of text that is neither quoted nor forwarded."""
        position = 0
        for mark, group in groupby(self.marks[: self.forward_from]):
            size = len(tuple(group))
            if mark is _Mark.TEXT:
                yield position, position + size
            position += size

    def _mark_signature(self, first: int, end: int) -> None:
        """Mark the signature at the end of a run of text (“-- ” of RFC 3676, 4.3, and what phones add)."""
        end = self._mark_mobile_lines(first, end)
        nearest = max(first, end - _MAX_MARKED_SIGNATURE_LINES)
        for index in range(nearest, end):
            line = self.lines[index]
            if line[:1] not in _DASHES or not SIGNATURE_LINE.match(line):
                continue
            size = end - index
            if line == "-- " or size <= _MAX_SIGNATURE_LINES:
                self._mark(index, end, _Mark.SIGNATURE)
                self._mark_mobile_lines(first, index)
                return

    def _mark_mobile_lines(self, first: int, end: int) -> int:
        """Mark the lines at the end that a phone or program added; return where the text before them ends."""
        signature_from = end
        for index in range(end - 1, first - 1, -1):
            line = self.lines[index]
            if not self.texts[index]:
                continue
            if len(line) > 200 or not MOBILE_LINE.match(line):
                break
            signature_from = index
        if signature_from < end:
            self._mark(signature_from, end, _Mark.SIGNATURE)
        return signature_from
