"""One tag of cleaned HTML made safe: which attributes, links, pictures and styles may stay in it."""

import re
from html import escape
from typing import Final, NamedTuple

import nh3

from inbox_desktop.sync.email.charsets import single_line
from inbox_desktop.sync.email.html_tokens import attributes, tag_name
from inbox_desktop.sync.email.remembering import remembered

MAX_DATA_IMAGE_BYTES: Final = 1_000_000
MAX_URL_CHARS: Final = 200

_KEPT_STYLES: Final = frozenset(
    """color background background-color text-align vertical-align font-weight font-style
    text-decoration""".split()
)
_TELLING_STYLES: Final = frozenset({"display", "visibility", "width", "height"})  # what is there to be hidden
_STYLE_READER: Final = nh3.Cleaner(
    tags={"p"},
    attributes={"p": {"style"}},
    link_rel=None,
    filter_style_properties=set(_KEPT_STYLES | _TELLING_STYLES),
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
    r'<a href="https?://[\w.-]+(?:/[\w./?=&;%+,:@~#!*()-]*)?">', re.ASCII
)  # needs no second look
_SIZE = re.compile(r"(\d{1,6})(?:\.\d+)?(px|%)?")
_MAILTO = re.compile(r"mailto:[^\s<>\"'\\]{1,2000}", re.IGNORECASE)
_TEL = re.compile(r"tel:[\d+(). *#;=\w-]{1,80}", re.IGNORECASE)
DATA_IMAGE: Final = re.compile(r"data:image/(?:png|jpe?g|gif|webp);base64,[A-Za-z0-9+/=\s]*", re.IGNORECASE)


class SafeTag(NamedTuple):
    """What becomes of one tag: its safe form ("" if it is left out), the name of what was taken out of it
    ("" if nothing), and whether the sender hid the element from the reader.
    """

    html: str
    blocked: str
    hidden: bool


@remembered(most=4096, chars=500)
def safe_tag(tag: str) -> SafeTag:
    """The safe form of one opening tag with attributes, as nh3 writes it."""
    if _PLAIN_LINK.fullmatch(tag):
        return SafeTag(tag, "", hidden=False)
    name, found = tag_name(tag), attributes(tag)
    if "style" in found:
        found["style"] = _read_style(found["style"])
    hidden = "display:none" in found.get("style", "")
    if name == "img":
        html, blocked = _image(found)
    elif name == "a":
        html, blocked = _link(found)
    else:
        html, blocked = f"<{name}{_kept_attributes(name, found)}>", ""
    return SafeTag(html, blocked, hidden)


def _link(found: dict[str, str]) -> tuple[str, str]:
    """A link without a target that may not be opened, and the name of that target."""
    href = found.pop("href", "")
    kept = safe_link(href)
    rest = _kept_attributes("a", found)
    if kept:
        return f'<a href="{escape(kept)}"{rest}>', ""
    return f"<a{rest}>", f"link {shown_url(href)}" if href and not href.startswith("#") else ""


def _image(found: dict[str, str]) -> tuple[str, str]:
    """A picture without a source if that is remote or unsafe, and the name of that source."""
    source = found.get("src", "").strip()
    if _CID.fullmatch(source):
        return f'<img src="{escape(source)}"{_image_attributes(found)}>', ""
    if _is_small_data_image(source):
        return f'<img src="{source}"{_image_attributes(found)}>', ""
    if not _WEB_URL.fullmatch(source):
        return "", f"image {shown_url(source[:MAX_URL_CHARS])}" if source else ""
    if _is_tracker(found):
        return "", f"tracker {shown_url(source)}"
    return f'<img data-remote="{escape(source)}"{_image_attributes(found)}>', f"image {shown_url(source)}"


def _image_attributes(found: dict[str, str]) -> str:
    """What a picture keeps beside its source: the text in its place, and its size."""
    rest = _kept_attributes("img", {name: found[name] for name in ("width", "height") if name in found})
    return f' alt="{escape(single_line(found.get("alt", ""))[:300])}"{rest}'


def shown_url(url: str) -> str:
    """A URL as it is named to people: one line, at most MAX_URL_CHARS characters."""
    return single_line(url)[:MAX_URL_CHARS]


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
    return DATA_IMAGE.fullmatch(source) is not None


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
        number = _SIZE.fullmatch(value)
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


@remembered(most=1024, chars=500)
def _read_style(style: str) -> str:
    """The declarations that matter here, written `name:value;name:value`, without comments and escapes.

    nh3 knows the syntax of CSS. It is asked for one style at a time because that can be remembered, while
    filtering all styles of a mail would take it a third of its time.
    """
    return attributes(_STYLE_READER.clean(f'<p style="{escape(style)}">')).get("style", "")
