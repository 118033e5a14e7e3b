"""Untrusted HTML made safe for Qt's rich text: an allow-list (nh3), limits, and a second pass over every
link.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from itertools import islice
from typing import Final

import nh3

from inbox_desktop.sync.email.charsets import single_line
from inbox_desktop.sync.email.html_quotes import fold_quotes
from inbox_desktop.sync.email.html_text import html_to_text, unsafe_html_to_text
from inbox_desktop.sync.email.html_tokens import TAG, TAG_WITH_ATTRIBUTES, VOID, attributes, element_end
from inbox_desktop.sync.email.limits import MAX_LINE_CHARS

__all__ = ["CleanHtml", "fold_quotes", "html_to_text", "sanitise"]

MAX_HTML_CHARS: Final = 1_000_000
MAX_DEPTH: Final = 100
MAX_TABLE_DEPTH: Final = 8
MAX_LIST_ITEMS: Final = 2_000  # Qt's lists are quadratic: 9,000 items take 5 s to lay out
MAX_ELEMENTS: Final = 10_000  # nh3 is quadratic in depth: 10,000 open elements cost 0.2 s, 80,000 cost 50 s
_LARGE_TAG_CHARS: Final = 20_000
_MAX_ATTRIBUTE_MARKS: Final = 4_000
MAX_DATA_IMAGE_BYTES: Final = 1_000_000
MAX_BLOCKED: Final = 200
MAX_URL_CHARS: Final = 200

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
_STYLES: Final = frozenset(
    """color background background-color text-align vertical-align font-weight font-style text-decoration
    display visibility width height""".split()
)
_KEPT_STYLES: Final = frozenset(
    """color background background-color text-align vertical-align font-weight font-style
    text-decoration""".split()
)
_CLEANER: Final = nh3.Cleaner(
    tags=set(_TAGS),
    clean_content_tags=set(_DROPPED_WITH_CONTENT),
    attributes=_ATTRIBUTES,
    url_schemes={"http", "https", "mailto", "tel", "cid", "data"},
    link_rel=None,
    filter_style_properties=set(_STYLES),
)

_LARGEST: Final = {
    "colspan": 100,
    "rowspan": 200,
    "span": 100,
    "border": 20,
    "cellpadding": 60,
    "cellspacing": 60,
    "width": 2_000,
    "height": 2_000,
    "start": 1_000_000,
}
_ENUMERATED: Final = {
    "align": re.compile(r"left|right|center|justify", re.IGNORECASE),
    "valign": re.compile(r"top|middle|bottom|baseline", re.IGNORECASE),
    "dir": re.compile(r"ltr|rtl|auto", re.IGNORECASE),
    "bgcolor": re.compile(r"#?[\w]{1,30}"),
    "color": re.compile(r"#?[\w]{1,30}"),
}
_LIST_TYPE = re.compile(r"[1aAiI]|disc|circle|square")
_SAFE_STYLE_VALUE = re.compile(r"[\w\s#.,%()+-]{1,100}")
_FUNCTION = re.compile(r"([\w-]+)\(")
_COLOUR_FUNCTIONS: Final = frozenset({"rgb", "rgba", "hsl", "hsla"})
_QUOTE_CLASS = re.compile(
    r"gmail_quote|gmail_attr|yahoo_quoted|moz-cite-prefix|protonmail_quote|tutanota_quote|zmail_extra|"
    r"divRplyFwdMsg|appendonsend|OutlookMessageHeader|gmx_quote|mail_android_quote|x_gmail_quote|"
    r"quoted-?text|"
    r"WordSection-?quote|front-blockquote|reply-?quote"
)
_WEB_URL = re.compile(r"https?://[^\s\\/?#<>\"']+(?:[/?#][^\s\\<>\"']*)?", re.IGNORECASE)
_CID = re.compile(r"cid:[^\s\"'<>\\]{1,500}", re.IGNORECASE)
_SIZE_IN_STYLE = re.compile(r"(?:^|;)(?:width|height):([^;]*)")
_TINY = re.compile(r"\s*0*[01](?:\.0*)?(?:px|pt|em|%)?\s*")
_PLAIN_LINK = re.compile(
    r' href="https?://[\w.-]+(?:/[\w./?=&;%+,:@~#!*()-]*)?"', re.ASCII
)  # needs no second look
_MAILTO = re.compile(r"mailto:[^\s<>\"'\\]{1,2000}", re.IGNORECASE)
_TEL = re.compile(r"tel:[\d+(). *#;=\w-]{1,80}", re.IGNORECASE)
_DATA_IMAGE = re.compile(r"data:image/(?:png|jpe?g|gif|webp);base64,[A-Za-z0-9+/=\s]*", re.IGNORECASE)
_ACTIVE_TAG = re.compile(
    r"<(script|style|form|iframe|object|embed|applet|svg|math|link|base|frameset|audio|video|input|button|"
    r"select|textarea)\b"
)
_ACTIVE_WORDS: Final = {
    "javascript:": "link javascript:",
    "vbscript:": "link vbscript:",
    "file:": "link file:",
    "data:text": "link data:text",
    "@import": "style import",
    "url(": "style url",
    'http-equiv="refresh': "refresh",
}
_HANDLER = re.compile(
    r"on(?:abort|animation[a-z]+|begin|blur|change|click|drag[a-z]*|end|error|focus[a-z]*|input|key[a-z]+|"
    r"load[a-z]*|"
    r"message|mouse[a-z]+|page[a-z]+|pointer[a-z]+|resize|scroll|start|submit|toggle|transition[a-z]+|"
    r"unload|wheel)\s*="
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
    if "display" in cleaned and "display:none" in cleaned:
        cleaned = _drop_hidden(cleaned, blocked)
    second = _SecondPass(blocked)
    html = TAG_WITH_ATTRIBUTES.sub(second.rewrite, cleaned).strip()
    return CleanHtml(html, "", tuple(blocked[:MAX_BLOCKED]), "")


def _over_limits(raw: str) -> str:
    """Which limit the source passes, checked in linear time before any HTML parser sees it; "" if none."""
    if len(raw) > MAX_HTML_CHARS and len(raw) - _inline_image_chars(raw) > MAX_HTML_CHARS:
        return "the HTML is larger than 1 MB: shown as plain text, open the original to see all of it"
    if raw.count("<") > MAX_ELEMENTS and len(re.findall(r"<[a-zA-Z]", raw)) > MAX_ELEMENTS:
        return "the HTML has too many elements: shown as plain text, open the original to see it"
    if len(raw) > _LARGE_TAG_CHARS and any(
        len(chunk) > _LARGE_TAG_CHARS and _too_many_attributes(chunk) for chunk in raw.split(">")
    ):
        return "the HTML has too many attributes: shown as plain text, open the original to see it"
    return ""


def _too_many_attributes(chunk: str) -> bool:
    """Whether a tag has thousands of attributes: the HTML parser compares each with all the others."""
    tag = _DATA_IMAGE.sub("", chunk[chunk.find("<") :])
    return tag[1:2].isalpha() and len(re.findall(r"[\s/=\"']", tag)) > _MAX_ATTRIBUTE_MARKS


def _inline_image_chars(raw: str) -> int:
    """How much of the source are images that carry themselves."""
    return sum(len(found) for found in _DATA_IMAGE.findall(raw))


def _depth_over_limits(html: str) -> str:
    """Which limit of Qt's layout the sanitised HTML passes; "" if none."""
    if html.count("<") > MAX_DEPTH or html.count("<table") > MAX_TABLE_DEPTH:
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
    if html.count("<li") > MAX_LIST_ITEMS:
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
    lowered = raw.lower()
    blocked = [found.group(1) for found in islice(_ACTIVE_TAG.finditer(lowered), MAX_BLOCKED)]
    for word, name in _ACTIVE_WORDS.items():
        if word in lowered:
            blocked += [name] * min(lowered.count(word), MAX_BLOCKED)
    handlers = islice(_HANDLER.finditer(lowered), MAX_BLOCKED)
    return blocked + [f"script {found.group().rstrip('= ')}" for found in handlers]


def _drop_hidden(html: str, blocked: list[str]) -> str:
    """Leave out elements that the sender hid (`display:none`): preview texts, tracking pixels, traps."""
    kept: list[str] = []
    position = 0
    for token in TAG.finditer(html):
        if token.start() < position or token.group(1) or "display:none" not in token.group(3):
            continue
        end = element_end(html, token.group(2), token.end())
        kept.append(html[position : token.start()])
        hidden = html[token.start() : end]
        blocked.extend(
            f"tracker {shown_url(url)}" for url in re.findall(r'<img[^>]* src="(https?:[^"]*)"', hidden)
        )
        position = end
    kept.append(html[position:])
    return "".join(kept)


def shown_url(url: str) -> str:
    """A URL as it is named to people: one line, at most MAX_URL_CHARS characters."""
    return single_line(url)[:MAX_URL_CHARS]


class _SecondPass:
    """Rewrites every tag of one cleaned document and notes what it takes out."""

    def __init__(self, blocked: list[str]) -> None:
        self.blocked = blocked

    def rewrite(self, token: re.Match[str]) -> str:
        """The safe form of one tag."""
        tag, attrs = token.groups()
        if tag == "a" and _PLAIN_LINK.fullmatch(attrs):
            return token.group()
        if tag == "img":
            return self._image(attributes(attrs))
        if tag == "a":
            return self._link(attributes(attrs))
        return _plain_tag(tag, attrs) if len(attrs) < 500 else _plain_tag.__wrapped__(tag, attrs)

    def _link(self, found: dict[str, str]) -> str:
        href = found.pop("href", "")
        kept = safe_link(href)
        if href and kept is None and not href.startswith("#"):
            self.blocked.append(f"link {shown_url(href)}")
        rest = _kept_attributes("a", found) if found else ""
        return f'<a href="{escape(kept)}"{rest}>' if kept else f"<a{rest}>"

    def _image(self, found: dict[str, str]) -> str:
        source = found.get("src", "").strip()
        rest = _kept_attributes("img", {name: found[name] for name in ("width", "height") if name in found})
        alt = f' alt="{escape(single_line(found.get("alt", ""))[:300])}"'
        if _CID.fullmatch(source):
            return f'<img src="{escape(source)}"{alt}{rest}>'
        if _is_small_data_image(source):
            return f'<img src="{source}"{alt}{rest}>'
        if not _WEB_URL.fullmatch(source):
            if source:
                self.blocked.append(f"image {shown_url(source[:MAX_URL_CHARS])}")
            return ""
        if _is_tracker(found):
            self.blocked.append(f"tracker {shown_url(source)}")
            return ""
        self.blocked.append(f"image {shown_url(source)}")
        return f'<img data-remote="{escape(source)}"{alt}{rest}>'


def safe_link(href: str) -> str | None:
    """A link as it may be opened (http, https, mailto, tel), or None."""
    href = href.strip()
    if _WEB_URL.fullmatch(href) or _TEL.fullmatch(href):
        return href
    if _MAILTO.fullmatch(href):
        address, _, query = href.partition("?")
        fields = [
            field for field in query.split("&") if field.lower().startswith(("subject=", "body=", "cc="))
        ]
        return address + ("?" + "&".join(fields) if fields else "")
    return None


def _is_small_data_image(source: str) -> bool:
    if source[:5].lower() != "data:" or len(source) > MAX_DATA_IMAGE_BYTES * 4 // 3 + 64:
        return False
    return _DATA_IMAGE.fullmatch(source) is not None


def _is_tracker(found: dict[str, str]) -> bool:
    """Whether a remote image is there to be fetched and not to be seen: one pixel in size, or hidden."""
    style = found.get("style", "").replace(" ", "")
    sizes = [
        found.get("width", ""),
        found.get("height", ""),
        *_SIZE_IN_STYLE.findall(style),
    ]
    tiny = any(_TINY.fullmatch(size) for size in sizes if size)
    return tiny or "visibility:hidden" in style


@lru_cache(maxsize=4096)
def _plain_tag(tag: str, attrs: str) -> str:
    """A tag other than link and image with the attributes that may stay."""
    return f"<{tag}{_kept_attributes(tag, attributes(attrs))}>"


def _kept_attributes(tag: str, found: dict[str, str]) -> str:
    """The attributes that may stay, written out; marks of quotes become class="quote"."""
    kept = []
    marks = found.pop("class", "") + " " + found.pop("id", "")
    if (len(marks) > 1 and _QUOTE_CLASS.search(marks)) or (
        tag == "blockquote" and found.pop("type", "") == "cite"
    ):
        kept.append(' class="quote"')
    for name, value in found.items():
        safe = _kept_style(value) if name == "style" else _kept_value(tag, name, value.strip())
        if safe:
            kept.append(f' {name}="{escape(safe)}"')
    return "".join(kept)


def _kept_value(tag: str, name: str, value: str) -> str:
    """A safe value of an attribute, "" if there is none."""
    if name in _LARGEST:
        number = re.fullmatch(r"(\d{1,6})(?:\.\d+)?(px|%)?", value)
        if number is None:
            return ""
        percent = "%" if number.group(2) == "%" else ""
        return f"{min(int(number.group(1)), 100 if percent else _LARGEST[name])}{percent}"
    if name == "type" and tag in {"ol", "ul"}:
        return value if _LIST_TYPE.fullmatch(value) else ""
    pattern = _ENUMERATED.get(name)
    return value if pattern is not None and pattern.fullmatch(value) else ""


def _kept_style(style: str) -> str:
    """The declarations of colour, background, alignment and weight whose values cannot load anything."""
    kept = []
    for declaration in style.split(";"):
        name, _, value = declaration.partition(":")
        name, value = name.strip().lower(), value.partition("!")[0].strip()
        if name not in _KEPT_STYLES or not _SAFE_STYLE_VALUE.fullmatch(value):
            continue
        if all(function.lower() in _COLOUR_FUNCTIONS for function in _FUNCTION.findall(value)):
            kept.append(f"{name}:{value}")
    return ";".join(kept)
