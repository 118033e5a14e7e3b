"""Tokens of sanitised HTML: what nh3 writes is regular (closed tags, quoted values), so this is exact."""

import re
from collections.abc import Iterator
from html import unescape
from typing import Final

VOID: Final = frozenset({"br", "hr", "img", "col", "wbr"})
BLOCKS: Final = frozenset(
    """address article aside blockquote center dd div dl dt figcaption figure footer h1 h2 h3 h4 h5 h6 header
    hr li main ol p pre section table tbody tfoot thead tr ul caption""".split()
)
TAG: Final = re.compile(r'<(/?)([a-z][a-z0-9]*)((?: [a-z][a-z-]*="[^"]*")*)>')
TAG_WITH_ATTRIBUTES: Final = re.compile(r'(<[a-z0-9]+(?: [a-z-]+="[^"]*")++>)')
_ATTRIBUTE = re.compile(r' ([a-z][a-z-]*)="([^"]*)"')


def tag_name(tag: str) -> str:
    """The name of an opening tag with attributes."""
    return tag[1 : tag.index(" ")]


def attributes(text: str) -> dict[str, str]:
    """The attributes of one tag, unescaped."""
    return {name: unescape(value) if "&" in value else value for name, value in _ATTRIBUTE.findall(text)}


def element_end(html: str, tag: str, start: int) -> int:
    """Where the element ends whose opening tag ends at `start`: the index behind its closing tag."""
    if tag in VOID:
        return start
    depth = 1
    for token in re.compile(rf"<(/?){tag}(?=[ >])").finditer(html, start):
        depth += -1 if token.group(1) else 1
        if depth == 0:
            return html.index(">", token.end()) + 1
    return len(html)


def walk(html: str) -> Iterator[tuple[str, str, str, str]]:
    """Yield (text before, "/" or "", tag name, raw attributes) for every tag, and the last text."""
    position = 0
    for token in TAG.finditer(html):
        closing, tag, attrs = token.groups()
        yield html[position : token.start()], closing, tag, attrs
        position = token.end()
    yield html[position:], "", "", ""
