"""HTML to plain text: exactly for sanitised HTML, roughly but in linear time for HTML that was given up."""

import re
from html import unescape
from typing import Final

from inbox_desktop.sync.email.html_tokens import BLOCKS, walk
from inbox_desktop.sync.email.limits import MAX_TEXT_CHARS

_SPACES = re.compile(r"[ \t\r\n\f]+")
_PARAGRAPHS: Final = frozenset(
    {"p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "ul", "ol", "dl", "table", "pre"}
)
_MAX_QUOTE_DEPTH: Final = 8
_MAX_UNSAFE_CHARS: Final = 2_000_000  # what is read of HTML that was given up
_SKIPPED: Final = (
    "script",
    "style",
    "title",
    "head",
    "svg",
    "template",
    "noscript",
    "iframe",
    "object",
    "textarea",
)


def html_to_text(html: str) -> str:
    """The text of sanitised HTML: blocks on lines of their own, lists with dashes, quotes with "> "."""
    writer = _TextWriter()
    for text, closing, tag, _ in walk(html):
        if text:
            writer.text(text)
        if tag:
            writer.tag(tag, closing=bool(closing))
    return writer.result()


class _TextWriter:
    """Collects lines; knows about white space, preformatted text, and how deep in quotes it is."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.line = ""
        self.quotes = 0
        self.preformatted = 0
        self.gap = False
        self.gap_quotes = 0

    def text(self, text: str) -> None:
        """Take text between two tags, still escaped."""
        if "&" in text:
            text = unescape(text)
        if self.preformatted:
            first, *others = text.split("\n")
            self.line += first
            for line in others:
                self.end_line(keep_empty=True)
                self.line = line
            return
        text = _SPACES.sub(" ", text)
        self.line += text.lstrip(" ") if not self.line or self.line.endswith((" ", "\t")) else text

    def tag(self, tag: str, *, closing: bool) -> None:
        """Take a tag."""
        if tag == "br":
            self.end_line(keep_empty=True)
        elif tag in BLOCKS:
            self._block(tag, closing=closing)
        elif tag in {"td", "th"} and closing and self.line.strip():
            self.line = self.line.rstrip(" ") + "\t"

    def _block(self, tag: str, *, closing: bool) -> None:
        """Begin or end a block: on a line of its own, paragraphs with an empty line around them."""
        self.end_line(keep_empty=False)
        if tag in _PARAGRAPHS and self.lines:
            self.gap = True
        self.gap_quotes = self.quotes
        if tag == "blockquote":
            self.quotes = max(0, self.quotes + (-1 if closing else 1))
            self.gap_quotes = min(self.gap_quotes, self.quotes)
        elif tag == "pre":
            self.preformatted = max(0, self.preformatted + (-1 if closing else 1))
        elif tag == "li" and not closing:
            self.line = "- "

    def end_line(self, *, keep_empty: bool) -> None:
        """Close the current line; an empty one counts only if it was asked for."""
        line = self.line.rstrip()
        self.line = ""
        if not line and not keep_empty:
            return
        marks = "> " * min(self.quotes, _MAX_QUOTE_DEPTH)
        if self.gap and line and self.lines and self.lines[-1].strip("> "):
            self.lines.append(("> " * min(self.gap_quotes, _MAX_QUOTE_DEPTH)).rstrip())
        self.gap = False if line else self.gap
        self.lines.append((marks + line).rstrip())

    def result(self) -> str:
        """All lines, without empty ones at both ends and with at most two empty ones in a row."""
        self.end_line(keep_empty=False)
        text = "\n".join(self.lines).replace("\u00a0", " ").strip("\n")
        return re.sub(r"\n{4,}", "\n\n\n", text)


def unsafe_html_to_text(html: str) -> str:
    """The text of HTML that no parser may touch: tags cut out one by one, in time linear in its length."""
    pieces: list[str] = []
    skipping = ""
    for number, chunk in enumerate(html[:_MAX_UNSAFE_CHARS].split("<")):
        if number == 0:
            pieces.append(chunk)
            continue
        name = re.match(r"/?[a-zA-Z][a-zA-Z0-9]{0,15}|!--", chunk)
        if name is None:
            pieces.append("" if skipping else "<" + chunk)
            continue
        tag = name.group().lower()
        _, found, after = chunk.partition(">")
        if skipping:
            skipping = "" if tag == "/" + skipping else skipping
        elif tag in _SKIPPED:
            skipping = tag
        if skipping or not found:
            continue
        if tag.lstrip("/") in BLOCKS or tag == "br":
            pieces.append("\n")
        pieces.append(after)
    text = unescape("".join(pieces)[:MAX_TEXT_CHARS]).replace("\u00a0", " ")
    lines = (_SPACES.sub(" ", line).strip() for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
