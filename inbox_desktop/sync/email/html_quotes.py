"""Where the quotes are in sanitised HTML, so that they can be folded: blockquotes, reply containers, header
blocks.
"""

import re
from collections.abc import Iterator
from html import unescape
from typing import Final

from inbox_desktop.sync.email.html_tokens import BLOCKS, TAG, VOID, element_end
from inbox_desktop.sync.email.quote_words import FORWARD_SUBJECT, LABEL_KIND
from inbox_desktop.sync.email.quotes import header_block_length, is_forward_line, is_intro

_MARKED: Final = 'class="quote"'
_LABEL_IN_HTML = re.compile(r">([^<>:：]{2,27}+)(?:</[a-z]{1,6}>)?\s*[:：]")
_OPENING_TAGS = re.compile(
    r"(?:<(?:div|p|span|b|strong|font|table|tbody|tr|td|section|i|em)(?: [^<>]*)?>\s*|<hr(?: [^<>]*)?>\s*)+$"
)
_LINE_BREAK = re.compile(
    r"</?(?:" + "|".join(sorted(BLOCKS - {"hr"}, key=len, reverse=True)) + r"|[hb]r)(?: [^<>]*)?>"
)
_ANY_TAG = re.compile(r"<[^<>]*>|^[^<>]*>")
_WRITTEN = re.compile(r"(?:^|>)(?:\s|&nbsp;)*+[^<\s]")  # a character outside of the tags
_MAX_LABELS: Final = 30
_HEAD_CHARS: Final = 3_000
_INTRO_CHARS: Final = 600


def fold_quotes(html: str, subject: str = "") -> tuple[str, bool]:
    """Sanitised HTML without what it quotes, and whether anything was left out.

    What was written between quotes stays. A forwarded mail is not a quote. If nothing but quotes is there,
    everything stays. `subject` tells an Outlook forward from an Outlook reply.
    """
    if not _may_quote(html):
        return html, False
    spans = _quote_spans(html, FORWARD_SUBJECT.match(subject) is not None)
    if not spans:
        return html, False
    kept: list[str] = []
    position = 0
    for start, end, replacement in spans:
        kept += [html[position:start], replacement]
        position = end
    kept.append(html[position:])
    folded = "".join(kept)
    if "<img" not in folded and not _WRITTEN.search(folded):
        return html, False
    return folded, True


def _may_quote(html: str) -> bool:
    """A quick look that spares most mails the search."""
    return "<blockquote" in html or _MARKED in html or next(_labels(html), None) is not None


def _quote_spans(html: str, forward_subject: bool) -> list[tuple[int, int, str]]:
    """Start and end of everything quoted, in order and without overlap, and what stands in its place."""
    spans: list[tuple[int, int, str]] = []
    position = 0
    block = _header_block(html)
    while (token := _next_quote(html, position)) is not None:
        if block is not None and block < token.start():
            break
        end = element_end(html, token.group(2), token.end())
        above = _last_line(html, token.start())
        if _announces_forward(html[token.start() : end], above):
            return spans
        spans.append((_with_intro(html, position, token.start(), above), end, ""))
        position = end
    if block is not None and block >= position and not forward_subject and _is_reply(html, block):
        spans.append((block, len(html), _closing_tags(html, block)))
    return spans


def _next_quote(html: str, position: int) -> re.Match[str] | None:
    """The next opening tag of an element that quotes: a blockquote, or one that the sanitiser marked."""
    found = [at for at in (html.find("<blockquote", position), html.find(_MARKED, position)) if at >= 0]
    return TAG.match(html, html.rfind("<", position, min(found) + 1)) if found else None


def _labels(html: str) -> Iterator[re.Match[str]]:
    """Texts that begin with the label of a sender, date or subject, as header blocks do."""
    for label in _LABEL_IN_HTML.finditer(html):
        if LABEL_KIND.get(label.group(1).strip("* \n\t").lower()) in {"from", "subject", "date"}:
            yield label


def _announces_forward(element: str, above: str) -> bool:
    """Whether a quoting element, or the line above it, announces a forwarded mail."""
    first = next((line for line in _lines(element[:_INTRO_CHARS]) if line.strip("> ")), "")
    return is_forward_line(first) or is_forward_line(above)


def _lines(piece: str) -> Iterator[str]:
    """The lines of text of a piece of HTML that may end within a tag."""
    opened, closed = piece.rfind("<"), piece.rfind(">")
    whole = piece[:opened] if opened > closed else piece
    position = 0
    for line_break in _LINE_BREAK.finditer(whole):
        yield unescape(_ANY_TAG.sub("", whole[position : line_break.start()]))
        position = line_break.end()
    yield unescape(_ANY_TAG.sub("", whole[position:]))


def _last_line(html: str, end: int) -> str:
    """The last line of text above a position."""
    pieces = _LINE_BREAK.split(html[max(0, end - _INTRO_CHARS) : end])
    texts = (unescape(_ANY_TAG.sub("", piece)).strip() for piece in reversed(pieces))
    return next((text for text in texts if text), "")


def _with_intro(html: str, floor: int, start: int, above: str) -> int:
    """Where the introduction above a quote begins (“On 5 May Ana wrote:”), or `start` if there is none."""
    if not above.rstrip("*_ \u00a0").endswith((":", "：", "道", "-")):
        return start
    lowest = max(floor, start - _INTRO_CHARS * 3)
    begins = [lowest] if lowest == floor else []
    for token in TAG.finditer(html, lowest, start):
        closing, tag, _ = token.groups()
        if tag == "br" or (closing and tag in BLOCKS):
            begins.append(token.end())
        elif not closing:
            begins.append(token.start())
    best, intro = start, ""
    for begin in reversed(begins):
        text = " ".join(unescape(TAG.sub(" ", html[begin:start])).split())
        if len(text) > _INTRO_CHARS or (intro and text != intro):
            break
        if is_intro(text) and _is_balanced(html[begin:start]) and _begins_line(html, begin, floor):
            best, intro = begin, text
    return best


def _begins_line(html: str, begin: int, floor: int) -> bool:
    """Whether the text at a position begins a line: nothing but a block's edge or a line break stands before
    it.
    """
    if html[floor:begin].strip() == "":
        return True
    before = list(TAG.finditer(html, max(floor, begin - 400), begin))
    opening = TAG.match(html, begin)
    own_block = opening is not None and opening.group(2) in BLOCKS
    return own_block or bool(before and before[-1].end() == begin and before[-1].group(2) in BLOCKS | {"br"})


def _is_balanced(piece: str) -> bool:
    """Whether a piece of HTML closes what it opens and nothing else."""
    depth = 0
    for token in TAG.finditer(piece):
        closing, tag, _ = token.groups()
        if tag in VOID:
            continue
        depth += -1 if closing else 1
        if depth < 0:
            return False
    return depth == 0


def _header_block(html: str) -> int | None:
    """Where Outlook's header block (From, Sent, To, Subject) begins, with the tags right before it."""
    for looked_at, label in enumerate(_labels(html)):
        lines = [line for line in _lines(html[label.start(1) : label.start(1) + _HEAD_CHARS]) if line.strip()]
        if lines and header_block_length(lines, 0):
            before = html[max(0, label.start(1) - _INTRO_CHARS) : label.start(1)]
            opening = _OPENING_TAGS.search(before)
            return label.start(1) - (len(opening.group()) if opening else 0)
        if looked_at >= _MAX_LABELS:
            return None
    return None


def _is_reply(html: str, block: int) -> bool:
    """Whether something was written above a header block, and no line announces a forward."""
    written = [line for line in _lines(html[:block]) if line.strip(" \u00a0_-—*=")]
    return bool(written) and not is_forward_line(written[-1])


def _closing_tags(html: str, position: int) -> str:
    """The closing tags for every element that is open at a position."""
    stack: list[str] = []
    for token in TAG.finditer(html, 0, position):
        closing, tag, _ = token.groups()
        if tag in VOID:
            continue
        if closing and stack:
            stack.pop()
        elif not closing:
            stack.append(tag)
    return "".join(f"</{tag}>" for tag in reversed(stack))
