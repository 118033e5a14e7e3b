"""Draws the demo's PNG pictures from their SVG sources; to be run when one was changed."""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

PICTURES = Path(__file__).resolve().parent.parent / "inbox_desktop" / "resources" / "demo" / "pictures"


def main() -> int:
    """Draw every picture; returns the exit code."""
    application = QGuiApplication.instance() or QGuiApplication([])
    for source in sorted(PICTURES.glob("*.svg")):
        renderer = QSvgRenderer(str(source))
        image = QImage(renderer.defaultSize(), QImage.Format.Format_RGB888)
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        renderer.render(painter)
        painter.end()
        target = source.with_suffix(".png")
        image.save(str(target))
        print(f"{target.name}: {image.width()} x {image.height()}, {target.stat().st_size:,} bytes")
    del application
    return 0


if __name__ == "__main__":
    sys.exit(main())
