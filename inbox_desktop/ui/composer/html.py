"""What the editor holds, as small clean HTML and as plain text: bold, italic, links, lists; nothing else."""

import re
from collections.abc import Iterator
from html import escape
from typing import Final

from PySide6.QtGui import QFont, QTextBlock, QTextCharFormat, QTextDocument, QTextFragment, QTextListFormat

from inbox_desktop.ui.thread.links import safe_url

_LINE: Final = "\u2028"  # what Qt keeps for a line break within a paragraph
_OBJECT: Final = "\ufffc"  # what Qt keeps for an image or another object
_ORDERED: Final = frozenset(
    {
        QTextListFormat.Style.ListDecimal,
        QTextListFormat.Style.ListLowerAlpha,
        QTextListFormat.Style.ListUpperAlpha,
        QTextListFormat.Style.ListLowerRoman,
        QTextListFormat.Style.ListUpperRoman,
    }
)
_AFTER_BREAK: Final = re.compile(r"((?:^|<br>)(?:<[^b/][^<>]*>|<b>)*) ")
_BEFORE_BREAK: Final = re.compile(r" ((?:</[^<>]*>)*(?:<br>|$))")
_CONTROL: Final = re.compile("[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ufeff]")


def clean_text(text: str) -> str:
    """Text from the clipboard without control characters; all line breaks become newlines."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2029", "\n").replace(_LINE, "\n")
    return _CONTROL.sub("", text.replace(_OBJECT, ""))


def keep_spaces(document: QTextDocument) -> None:
    """Let the document read what `to_html` wrote without leaving out any space.

    Qt leaves out every kind of space at a line's edges, also the wide one that begins Japanese paragraphs.
    """
    document.setDefaultStyleSheet("div, li { white-space: pre-wrap; }")


def to_html(document: QTextDocument) -> str:
    """The document as lines, lists, bold, italic and links. Everything else is left out.

    Every line is a `<div>` without styles, so that no mail program puts a margin where nobody left an
    empty line; the result read into a document gives the same result again.
    """
    parts: list[str] = []
    open_list = ""
    for block in _blocks(document):
        kind = _list_kind(block)
        if kind != open_list:
            parts.append(f"</{open_list}>" if open_list else "")
            parts.append(f"<{kind}>" if kind else "")
            open_list = kind
        inside = _with_edges("".join(_fragment_html(fragment) for fragment in _fragments(block)))
        parts.append(f"<li>{inside}</li>" if kind else f"<div>{inside or '<br>'}</div>")
    parts.append(f"</{open_list}>" if open_list else "")
    return "".join(parts)


def to_text(document: QTextDocument) -> str:
    """The document as plain text: "- " and "1. " before list items, link addresses behind their words."""
    lines: list[str] = []
    number = 0
    for block in _blocks(document):
        kind = _list_kind(block)
        number = number + 1 if kind == "ol" else 0
        mark = f"{number}. " if kind == "ol" else "- " if kind else ""
        inside = _block_text(block)
        lines.append(mark + inside.replace("\n", "\n" + " " * len(mark)))
    return "\n".join(line.rstrip() for line in lines).strip("\n")


def is_plain(document: QTextDocument) -> bool:
    """Whether plain text says everything that the document says: no formatting and no list."""
    return all(
        not _list_kind(block) and not any(_marks(fragment.charFormat()) for fragment in _fragments(block))
        for block in _blocks(document)
    )


def _blocks(document: QTextDocument) -> Iterator[QTextBlock]:
    block = document.begin()
    while block.isValid():
        yield block
        block = block.next()


def _fragments(block: QTextBlock) -> Iterator[QTextFragment]:
    fragments = block.begin()
    while not fragments.atEnd():
        if not fragments.fragment().charFormat().isImageFormat():
            yield fragments.fragment()
        fragments += 1


def _list_kind(block: QTextBlock) -> str:
    found = block.textList()
    if found is None:
        return ""
    return "ol" if found.format().style() in _ORDERED else "ul"


def _marks(shape: QTextCharFormat) -> tuple[str, ...]:
    """What is meant by a piece's format: "b", "i", and the address of a link that may be opened."""
    marks = []
    if shape.fontWeight() >= QFont.Weight.DemiBold:
        marks.append("b")
    if shape.fontItalic():
        marks.append("i")
    if shape.isAnchor() and (address := link_address(shape)):
        marks.append(address)
    return tuple(marks)


def link_address(shape: QTextCharFormat) -> str:
    """Where a piece of text leads; empty for no link, or for one that may not be opened."""
    url = safe_url(shape.anchorHref())
    return url.toString(url.ComponentFormattingOption.FullyEncoded) if url is not None else ""


def _fragment_html(fragment: QTextFragment) -> str:
    inside = escape(_CONTROL.sub("", fragment.text().replace(_OBJECT, "")), quote=False).replace(
        _LINE, "<br>"
    )
    inside = inside.replace("\u00a0", "&nbsp;")
    inside = re.sub("  +", lambda spaces: "&nbsp;" * (len(spaces.group()) - 1) + " ", inside)
    for mark in reversed(_marks(fragment.charFormat())):
        if mark in {"b", "i"}:
            inside = f"<{mark}>{inside}</{mark}>"
        else:
            inside = f'<a href="{escape(mark)}">{inside}</a>'
    return inside


def _with_edges(inside: str) -> str:
    """A line whose spaces at its edges stay: HTML would leave them out."""
    inside = _AFTER_BREAK.sub(r"\1&nbsp;", inside)
    return _BEFORE_BREAK.sub(r"&nbsp;\1", inside)


def _block_text(block: QTextBlock) -> str:
    pieces = []
    for fragment in _fragments(block):
        words = clean_text(fragment.text().replace("\u00a0", " "))
        address = link_address(fragment.charFormat()) if fragment.charFormat().isAnchor() else ""
        bare = address.removeprefix("mailto:").removeprefix("tel:")
        same = words.strip().rstrip("/") in {
            address.rstrip("/"),
            bare.rstrip("/"),
            bare.split("://")[-1].rstrip("/"),
        }
        pieces.append(f"{words} <{bare}>" if address and not same else words)
    return "".join(pieces)
