"""Which of a message's texts is shown: HTML or plain, without quotes or with them, cut when it is long."""

import re
from dataclasses import dataclass
from typing import Final

from inbox_desktop.models.queries.rows import MessageRow
from inbox_desktop.ui.thread.document import image_sources

LONGEST_PLAIN: Final = 8_000
LONGEST_WHOLE: Final = 400_000
LONGEST_LINE: Final = 5_000
LONGEST_HTML: Final = 60_000
MOST_TAGS: Final = 1_500
_OWN_IMAGE: Final = re.compile(r'src="data:[^"]*"')


@dataclass(frozen=True, slots=True)
class Content:
    """What to show: `html`, else `text`. `cut_size` is the size of the whole (characters) if it was cut."""

    text: str
    html: str | None
    has_quotes: bool
    cut_size: int
    image_sources: tuple[str, ...]


def content_of(message: MessageRow, *, expanded: bool, whole: bool) -> Content:
    """What to show of a message; `expanded` with its quotes, `whole` however long it takes to lay out.

    HTML that would hold the window up is shown as its plain text, until somebody asks for all of it.
    """
    html = message.html if expanded else message.visible_html or message.html
    text = message.text if expanded else message.visible_text or message.text
    has_quotes = _has_quotes(message)
    sources = image_sources(html) if html else ()
    if html and (whole or not _is_heavy(html)):
        return Content(text, html, has_quotes, 0, sources)
    shown = text[: LONGEST_WHOLE if whole else LONGEST_PLAIN]
    cut = len(html) if html else len(text) if len(text) > len(shown) else 0
    return Content(_without_long_lines(shown.strip("\n")), None, has_quotes, 0 if whole else cut, sources)


def _has_quotes(message: MessageRow) -> bool:
    if message.html and message.visible_html:
        return message.visible_html != message.html
    if message.html:
        return False
    return bool(message.visible_text) and message.visible_text.strip() != message.text.strip()


def _is_heavy(html: str) -> bool:
    return html.count("<") > MOST_TAGS or len(_OWN_IMAGE.sub("", html)) > LONGEST_HTML


def _without_long_lines(text: str) -> str:
    """The text with lines broken that would take Qt seconds to lay out."""
    if len(text) <= LONGEST_LINE:
        return text
    return "\n".join(
        line[start : start + LONGEST_LINE]
        for line in text.split("\n")
        for start in range(0, max(1, len(line)), LONGEST_LINE)
    )
