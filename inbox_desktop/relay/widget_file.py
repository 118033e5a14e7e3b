"""The widget's one file: its parts joined into a single script, compressed, with its ETag."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

PARTS: Final = (
    "words.js",
    "dom.js",
    "colour.js",
    "text.js",
    "memory.js",
    "calls.js",
    "thread.js",
    "outbox.js",
    "uploads.js",
    "link.js",
    "chat.js",
    "style.js",
    "bubbles.js",
    "composer.js",
    "forms.js",
    "panel.js",
    "widget.js",
    "embed.js",
)
"""In the order in which they run; each may use what stands before it, and everything once a page calls."""

STYLES: Final = (
    "base.css",
    "launcher.css",
    "panel.css",
    "thread.css",
    "composer.css",
    "forms.css",
    "screens.css",
)
"""In the order in which they apply: of two rules of one weight the later wins."""

_FOLDER: Final = Path(__file__).with_name("widget")
_COMMENT_LINE: Final = re.compile(r"^\s*//.*\n", re.MULTILINE)
_INDENT: Final = re.compile(r"^[ \t]+|[ \t]+$", re.MULTILINE)
_CSS_COMMENT: Final = re.compile(r"/\*.*?\*/", re.DOTALL)


@dataclass(frozen=True, slots=True)
class WidgetFile:
    """`/widget.js` as it is served: plain, compressed (gzip), and the ETag of its content, with quotes.

    The two forms carry one ETag, marked weak (RFC 9110, 8.8.1), since their bytes differ.
    """

    content: bytes
    gzipped: bytes
    etag: str


@lru_cache(maxsize=1)
def widget_file() -> WidgetFile:
    """The widget, read and joined once for the process's life.

    Raises:
        OSError: a part is missing: the installation is broken.
    """
    content = join(_FOLDER).encode("utf-8")
    etag = f'W/"{hashlib.sha256(content).hexdigest()[:32]}"'
    return WidgetFile(content, gzip.compress(content, 9, mtime=0), etag)


def join(folder: Path) -> str:
    """A folder's styles and scripts as one script that leaves nothing on the page but `InboxChat`.

    Lines that are comments and the lines' indents are left out: no part has a text over several lines.
    """
    css = "\n".join((folder / name).read_text("utf-8") for name in STYLES)
    css = re.sub(r"\n+", "", _INDENT.sub("", _CSS_COMMENT.sub("", css)))
    parts = [f"const CSS = {json.dumps(css, ensure_ascii=False)};"]
    parts += [(folder / name).read_text("utf-8") for name in PARTS]
    script = _INDENT.sub("", _COMMENT_LINE.sub("", "\n".join(parts)))
    script = re.sub(r"\n{2,}", "\n", script)
    return f'(() => {{\n"use strict";\n{script.strip()}\n}})();\n'
