"""A text document that never loads anything by itself: no file, no address, no style sheet."""

import re
from collections.abc import Mapping
from html import escape, unescape
from typing import Any, Final

from PySide6.QtCore import QByteArray, QObject, QSize, Qt, QUrl
from PySide6.QtGui import QImage, QTextDocument

_IMAGE: Final = re.compile(r"<img\b([^<>]*)>", re.IGNORECASE)
_ATTRIBUTE: Final = re.compile(r"""([a-z-]+)\s*=\s*"([^"]*)\"""", re.IGNORECASE)
SCHEME: Final = "message-image"


class SafeDocument(QTextDocument):
    """A document whose resources are only the images that were handed to it.

    Qt's own `QTextDocument.loadResource` reads local files and, on Windows, remote shares, also when an
    override answers nothing. So this one always answers something, and never asks Qt.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._images: dict[str, QImage] = {}
        self.setUndoRedoEnabled(False)

    def set_images(self, images: Mapping[str, QImage]) -> None:
        """The images that the document may show, by the names that `name_images` gave them."""
        self._images = dict(images)

    def original(self, name: str) -> QImage | None:
        """The image of this name in its own size."""
        return self._images.get(name)

    def show_scaled(self, name: str, width: float, height: float, ratio: float) -> None:
        """Show an image smoothly scaled to this size; `ratio` is that of the screen.

        Qt itself scales while it paints, and roughly.
        """
        original = self._images.get(name)
        if original is None:
            return
        pixels = QSize(max(1, round(width * ratio)), max(1, round(height * ratio)))
        smooth = Qt.TransformationMode.SmoothTransformation
        scaled = original.scaled(pixels, Qt.AspectRatioMode.IgnoreAspectRatio, smooth)
        scaled.setDevicePixelRatio(ratio)
        self.addResource(QTextDocument.ResourceType.ImageResource.value, QUrl(name), scaled)

    def loadResource(self, kind: int, name: QUrl | str) -> Any:
        """An image that was handed over; for everything else an empty answer, which is not None."""
        if kind == QTextDocument.ResourceType.ImageResource.value:
            return self._images.get(name.toString() if isinstance(name, QUrl) else name, _nothing())
        return QByteArray()


def _nothing() -> QImage:
    """One transparent pixel."""
    image = QImage(1, 1, QImage.Format.Format_ARGB32)
    image.fill(0)
    return image


def image_sources(html: str) -> tuple[str, ...]:
    """The sources of a mail's images (cid:, data:, and https: of remote ones), each once, in order."""
    sources = []
    for found in _IMAGE.finditer(html):
        attributes = _attributes(found.group(1))
        source = attributes.get("src") or attributes.get("data-remote")
        if source:
            sources.append(source)
    return tuple(dict.fromkeys(sources))


def name_images(html: str, at_hand: Mapping[str, object]) -> tuple[str, dict[str, str]]:
    """The HTML with every image's source replaced by a name of ours, or by its description.

    `at_hand` holds the sources that can be shown. Returns the HTML and name -> source. An image that is
    not at hand becomes its alternative text, so that no broken mark stands in the mail.
    """
    names: dict[str, str] = {}

    def rewrite(found: "re.Match[str]") -> str:
        attributes = _attributes(found.group(1))
        source = attributes.get("src") or attributes.get("data-remote") or ""
        if source not in at_hand:
            return escape(attributes.get("alt", ""))
        name = f"{SCHEME}:{len(names)}"
        names[name] = source
        sizes = "".join(
            f' {key}="{escape(attributes[key])}"' for key in ("width", "height") if attributes.get(key)
        )
        return f'<img src="{name}"{sizes}>'

    return _IMAGE.sub(rewrite, html), names


def _attributes(text: str) -> dict[str, str]:
    return {name.lower(): unescape(value) for name, value in _ATTRIBUTE.findall(text)}
