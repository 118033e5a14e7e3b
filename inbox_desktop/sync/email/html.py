"""Untrusted HTML made safe for Qt's rich text: an allow-list (nh3), limits, and a second look at each tag."""

import re
from dataclasses import dataclass
from itertools import islice
from typing import Final

import nh3

from inbox_desktop.sync.email.html_quotes import fold_quotes
from inbox_desktop.sync.email.html_tags import DATA_IMAGE, SafeTag, safe_tag, shown_url
from inbox_desktop.sync.email.html_text import html_to_text, unsafe_html_to_text
from inbox_desktop.sync.email.html_tokens import TAG, TAG_WITH_ATTRIBUTES, VOID, element_end, tag_name
from inbox_desktop.sync.email.limits import MAX_LINE_CHARS

__all__ = ["CleanHtml", "fold_quotes", "html_to_text", "sanitise"]

MAX_HTML_CHARS: Final = 1_000_000
MAX_DEPTH: Final = 100
MAX_TABLE_DEPTH: Final = 8
MAX_LIST_ITEMS: Final = 2_000  # Qt's lists are quadratic: 9,000 items take 5 s to lay out
MAX_ELEMENTS: Final = 10_000  # nh3 is quadratic in depth: 10,000 open elements cost 0.2 s, 80,000 cost 50 s
_LARGE_TAG_CHARS: Final = 20_000
_MAX_ATTRIBUTE_MARKS: Final = 4_000
MAX_BLOCKED: Final = 200

_TAGS: Final = frozenset(
    """a abbr address article aside b bdi bdo big blockquote br caption center cite code col colgroup dd del
    dfn div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark
    ol p pre q s samp section small span strike strong sub sup table tbody td tfoot th thead tr tt u ul var
    wbr""".split()
)
_DROPPED_WITH_CONTENT: Final = frozenset(
    """script style title head-title iframe object embed applet svg math select textarea noscript template
    audio video canvas frameset noframes noembed xmp""".split()
)
_ATTRIBUTES: Final = {
    "*": {"style", "class", "id", "align", "dir"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "blockquote": {"type"},
    "table": {"width", "bgcolor", "border", "cellpadding", "cellspacing"},
    "tr": {"bgcolor", "valign"},
    "td": {"width", "height", "bgcolor", "colspan", "rowspan", "valign"},
    "th": {"width", "height", "bgcolor", "colspan", "rowspan", "valign"},
    "col": {"width", "span"},
    "font": {"color"},
    "ol": {"start", "type"},
    "ul": {"type"},
    "hr": {"width"},
}
_CLEANER: Final = nh3.Cleaner(
    tags=set(_TAGS),
    clean_content_tags=set(_DROPPED_WITH_CONTENT),
    attributes=_ATTRIBUTES,
    url_schemes={"http", "https", "mailto", "tel", "cid", "data"},
    link_rel=None,
)

# What is named to people is looked for in bytes: lower-casing them takes a third of the time.
_ACTIVE_TAG = re.compile(
    rb"<(script|style|form|iframe|object|embed|applet|svg|math|link|base|frameset|audio|video|input|button|"
    rb"select|textarea)\b"
)
_ACTIVE_WORDS: Final = {
    b"javascript:": "link javascript:",
    b"vbscript:": "link vbscript:",
    b"file:": "link file:",
    b"data:text": "link data:text",
    b"@import": "style import",
    b"url(": "style url",
    b'http-equiv="refresh': "refresh",
}
_MAYBE_HANDLER = re.compile(rb"on[a-z]+\s*=")
_HANDLER = re.compile(
    rb"on(?:abort|animation[a-z]+|begin|blur|change|click|drag[a-z]*|end|error|focus[a-z]*|input|key[a-z]+|"
    rb"load[a-z]*|message|mouse[a-z]+|page[a-z]+|pointer[a-z]+|resize|scroll|start|submit|toggle|"
    rb"transition[a-z]+|unload|wheel)\s*="
)
_LONG_RUN = re.compile(rf"[^<]{{{MAX_LINE_CHARS},}}")


@dataclass(frozen=True, slots=True)
class CleanHtml:
    """The result of sanitising: `html` is None when it was too large or too deep, and then `text` holds its
    text.

    `blocked` names what was taken out, one entry an item; `warning` is a sentence for people or "".
    """

    html: str | None
    text: str
    blocked: tuple[str, ...]
    warning: str


def sanitise(raw: str) -> CleanHtml:
    """Make untrusted HTML safe to show.

    Kept are the tags, attributes and inline styles of the allow-lists above; links lead to http, https,
    mailto or tel, images to a part of this mail (cid:) or carry themselves (data:, PNG, JPEG, GIF or WebP up
    to 1 MB). A remote image becomes `<img data-remote="URL">` without a source, so that nothing can load it
    by itself; trackers and hidden elements are left out. Over a limit the HTML is given up for its text.
    """
    too_much = _over_limits(raw)
    if too_much:
        return CleanHtml(None, unsafe_html_to_text(raw), tuple(_blocked_in_source(raw)), too_much)
    cleaned = _CLEANER.clean(raw)
    too_deep = _depth_over_limits(cleaned)
    if too_deep:
        return CleanHtml(None, unsafe_html_to_text(raw), tuple(_blocked_in_source(raw)), too_deep)
    blocked = _blocked_in_source(raw)
    html = _rewrite(cleaned, blocked)
    return CleanHtml(html, "", tuple(blocked[:MAX_BLOCKED]), "")


def _over_limits(raw: str) -> str:
    """Which limit the source passes, checked in linear time before any HTML parser sees it; "" if none."""
    if len(raw) > MAX_HTML_CHARS and len(raw) - _inline_image_chars(raw) > MAX_HTML_CHARS:
        return "the HTML is larger than 1 MB: shown as plain text, open the original to see all of it"
    if len(raw) > 2 * MAX_ELEMENTS and len(re.findall(r"<[a-zA-Z]", raw)) > MAX_ELEMENTS:
        return "the HTML has too many elements: shown as plain text, open the original to see it"
    if len(raw) > _LARGE_TAG_CHARS and any(
        len(chunk) > _LARGE_TAG_CHARS and _too_many_attributes(chunk) for chunk in raw.split(">")
    ):
        return "the HTML has too many attributes: shown as plain text, open the original to see it"
    return ""


def _too_many_attributes(chunk: str) -> bool:
    """Whether a tag has thousands of attributes: the HTML parser compares each with all the others."""
    tag = DATA_IMAGE.sub("", chunk[chunk.find("<") :])
    return tag[1:2].isalpha() and len(re.findall(r"[\s/=\"']", tag)) > _MAX_ATTRIBUTE_MARKS


def _inline_image_chars(raw: str) -> int:
    """How much of the source are images that carry themselves."""
    return sum(len(found) for found in DATA_IMAGE.findall(raw))


def _depth_over_limits(html: str) -> str:
    """Which limit of Qt's layout the sanitised HTML passes; "" if none."""
    tags = html.count("<")
    if (tags > MAX_DEPTH and tags - html.count("</") > MAX_DEPTH) or html.count("<table") > MAX_TABLE_DEPTH:
        depth = tables = 0
        for token in TAG.finditer(html):
            closing, tag, _ = token.groups()
            if tag in VOID:
                continue
            step = -1 if closing else 1
            depth += step
            tables += step if tag == "table" else 0
            if depth > MAX_DEPTH or tables > MAX_TABLE_DEPTH:
                return "the HTML is nested too deeply: shown as plain text, open the original to see it"
    if tags > MAX_LIST_ITEMS and html.count("<li") > MAX_LIST_ITEMS:
        return "the HTML has too many list items: shown as plain text, open the original to see it"
    if len(html) >= MAX_LINE_CHARS and _LONG_RUN.search(html) and _has_long_line(html):
        return "the HTML has a line that is too long to lay out: shown as plain text"
    return ""


def _has_long_line(html: str) -> bool:
    """Whether one text between two tags is longer than a line may be."""
    position = 0
    for token in TAG.finditer(html):
        if token.start() - position > MAX_LINE_CHARS:
            return True
        position = token.end()
    return len(html) - position > MAX_LINE_CHARS


def _blocked_in_source(raw: str) -> list[str]:
    """Names of active content in the source. It only tells people; safety does not rest on it."""
    lowered = raw.encode("utf-8", "replace").lower()
    blocked = [found.group(1).decode() for found in islice(_ACTIVE_TAG.finditer(lowered), MAX_BLOCKED)]
    for word, name in _ACTIVE_WORDS.items():
        if word in lowered:
            blocked += [name] * min(lowered.count(word), MAX_BLOCKED)
    if _MAYBE_HANDLER.search(lowered):
        handlers = islice(_HANDLER.finditer(lowered), MAX_BLOCKED)
        blocked += [f"script {found.group().decode().rstrip('= ')}" for found in handlers]
    return blocked


def _rewrite(cleaned: str, blocked: list[str]) -> str:
    """Cleaned HTML with every tag in its safe form; what is taken out is added to `blocked`."""
    pieces, safe = _split_tags(cleaned)
    if any(tag.hidden for tag in safe.values()):
        pieces, safe = _split_tags(_drop_hidden(cleaned, blocked))
    tags = pieces[1::2]
    if any(tag.blocked for tag in safe.values()):
        blocked += [safe[tag].blocked for tag in tags if safe[tag].blocked]
    pieces[1::2] = [safe[tag].html for tag in tags]
    return "".join(pieces).strip()


def _split_tags(cleaned: str) -> tuple[list[str], dict[str, SafeTag]]:
    """Cleaned HTML as text, tag, text, tag ... text, and the safe form of each different tag."""
    pieces = TAG_WITH_ATTRIBUTES.split(cleaned)
    return pieces, {tag: safe_tag(tag) for tag in set(pieces[1::2])}


def _drop_hidden(html: str, blocked: list[str]) -> str:
    """Leave out elements that the sender hid (`display:none`): preview texts, tracking pixels, traps."""
    kept: list[str] = []
    position = 0
    for token in TAG_WITH_ATTRIBUTES.finditer(html):
        if token.start() < position or not safe_tag(token.group()).hidden:
            continue
        end = element_end(html, tag_name(token.group()), token.end())
        kept.append(html[position : token.start()])
        hidden = html[token.start() : end]
        blocked.extend(
            f"tracker {shown_url(url)}" for url in re.findall(r'<img[^>]* src="(https?:[^"]*)"', hidden)
        )
        position = end
    kept.append(html[position:])
    return "".join(kept)
