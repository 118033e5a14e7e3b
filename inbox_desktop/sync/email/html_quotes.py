"""Where the quotes are in sanitised HTML, so that they can be folded: blockquotes, reply containers, header blocks."""

import re
from html import unescape
from typing import Final

from inbox_desktop.sync.email.html_text import html_to_text
from inbox_desktop.sync.email.html_tokens import BLOCKS, TAG, VOID, element_end
from inbox_desktop.sync.email.quote_words import FORWARD_SUBJECT, LABEL_KIND, WROTE
from inbox_desktop.sync.email.quotes import header_block_length, is_forward_line, is_intro

_MARKED: Final = 'class="quote"'
_LABEL_IN_HTML = re.compile(r"(?:^|>)[\s*]*([^\W\d_][^<>:：\n]{0,24}?)\s*[:：]")
_HEAD_CHARS: Final = 6_000
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
    for start, end in spans:
        kept.append(html[position:start])
        if end >= len(html):
            kept.append(_closing_tags(html, start))
        position = max(position, end)
    kept.append(html[position:])
    folded = "".join(kept)
    if not html_to_text(folded).strip() and "<img" not in folded:
        return html, False
    return folded, True


def _may_quote(html: str) -> bool:
    """A quick look that spares most mails the search."""
    return (
        "<blockquote" in html
        or _MARKED in html
        or any(
            LABEL_KIND.get(label.strip().lower()) in {"from", "subject"} for label in _LABEL_IN_HTML.findall(html)
        )
        or WROTE.search(html) is not None
    )


def _quote_spans(html: str, forward_subject: bool) -> list[tuple[int, int]]:
    """Start and end of everything quoted, in order and without overlap."""
    spans: list[tuple[int, int]] = []
    position = 0
    blocks_since_check = 0
    for token in TAG.finditer(html):
        closing, tag, attrs = token.groups()
        if token.start() < position or closing or tag in VOID:
            continue
        if tag == "blockquote" or _MARKED in attrs:
            end = element_end(html, tag, token.end())
            if _announces_forward(html, token.start(), end):
                return spans
            start = _with_intro(html, position, token.start())
            spans.append((start, end))
            position = end
        elif tag in BLOCKS and blocks_since_check < 400:
            blocks_since_check += 1
            found = _header_block_at(html, token.start(), token.end(), forward_subject)
            if found is not None:
                return [*spans, (token.start(), len(html))] if found else spans
    return spans


def _announces_forward(html: str, start: int, end: int) -> bool:
    """Whether a quoting element, or the line just above it, announces a forwarded mail."""
    head = html_to_text(_balanced_head(html, start, min(end, start + _HEAD_CHARS)))
    first = next((line for line in head.replace(">", "").split("\n") if line.strip()), "")
    above = _last_line(html[max(0, start - _INTRO_CHARS) : start])
    return is_forward_line(first) or is_forward_line(above)


def _balanced_head(html: str, start: int, end: int) -> str:
    """A piece of HTML that does not end within a tag."""
    piece = html[start:end]
    opened, closed = piece.rfind("<"), piece.rfind(">")
    return piece[:opened] if opened > closed else piece


def _last_line(html: str) -> str:
    """The last line of text of a piece of HTML."""
    cut = html.find(">") if "<" in html and html.find(">") < html.find("<") else -1
    lines = [line for line in html_to_text(html[cut + 1 :]).split("\n") if line.strip()]
    return lines[-1] if lines else ""


def _with_intro(html: str, floor: int, start: int) -> int:
    """Where the introduction above a quote begins (“On 5 May Ana wrote:”), or `start` if there is none."""
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
    """Whether the text at a position begins a line: nothing but a block's edge or a line break stands before it."""
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


def _header_block_at(html: str, start: int, after: int, forward_subject: bool) -> bool | None:
    """Look for Outlook's header block at the beginning of a block element.

    Returns:
        None if there is none, True if everything from here is quoted, False if it is a forward.
    """
    near = _LABEL_IN_HTML.search(html, max(start, after - 1), after + 300)
    if near is None or LABEL_KIND.get(near.group(1).strip().lower()) not in {"from", "subject", "date"}:
        return None
    between = unescape(TAG.sub("", html[after : max(after, near.start(1))])).strip()
    if between:
        return None
    text = html_to_text(_balanced_head(html, start, start + _HEAD_CHARS))
    lines = [line for line in text.split("\n") if line.strip()]
    if not lines or not header_block_length(lines, 0):
        return None
    written = html_to_text(_balanced_head(html, 0, start)).strip(" \n_-—*=")
    return bool(written) and not forward_subject and not is_forward_line(written.rsplit("\n", 1)[-1])


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
