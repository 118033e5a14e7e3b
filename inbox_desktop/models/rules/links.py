"""Links in plain text: where they are, where they lead, and how they are replaced by short ones."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

_WEB: Final = r"(?:https?://|www\.)[^\s<>\"'`{}|\\^\u2028\u2029]{2,2000}"
_ADDRESS: Final = r"[A-Za-z0-9._%+\-]{1,64}@(?:[A-Za-z0-9\-]{1,63}\.){1,8}[A-Za-z]{2,24}"
_LINK: Final = re.compile(rf"(?P<web>\b{_WEB})|(?P<address>\b{_ADDRESS}\b)", re.IGNORECASE)
_TRAILING: Final = ".,;:!?\"'»”’…*_~"
_PAIRS: Final = {")": "(", "]": "["}


@dataclass(frozen=True, slots=True)
class Link:
    """A link in a text: characters `start` to `end`, and the address that it leads to."""

    start: int
    end: int
    url: str

    @property
    def is_web(self) -> bool:
        """Whether it leads to a page; else it is an e-mail address ("mailto:")."""
        return not self.url.startswith("mailto:")


def find_links(text: str) -> Iterator[Link]:
    """Web and e-mail addresses in plain text; marks of the sentence around them stay outside."""
    for found in _LINK.finditer(text):
        shown = _without_trailing(found.group())
        if found.group("web"):
            url = shown if "://" in shown else f"https://{shown}"
            if "." not in url and "localhost" not in url:
                continue
        else:
            url = f"mailto:{shown}"
        yield Link(found.start(), found.start() + len(shown), url)


def web_links(text: str) -> tuple[str, ...]:
    """The addresses of the pages that a text leads to, each once, in their order: what can be shortened."""
    return tuple(dict.fromkeys(link.url for link in find_links(text) if link.is_web))


def with_links(text: str, mapping: Mapping[str, str]) -> str:
    """The text with each link that `mapping` knows by its address replaced; all others stay as they are."""
    parts, position = [], 0
    for link in find_links(text):
        if link.url in mapping:
            parts += [text[position : link.start], mapping[link.url]]
            position = link.end
    return "".join([*parts, text[position:]])


def _without_trailing(text: str) -> str:
    while text:
        last = text[-1]
        opening = _PAIRS.get(last)
        if last not in _TRAILING and (opening is None or text.count(last) <= text.count(opening)):
            break
        text = text[:-1]
    return text
