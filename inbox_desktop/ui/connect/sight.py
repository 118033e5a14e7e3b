"""Scrolling a page to what is to be read on it."""

from typing import Final

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QScrollArea, QWidget
from shiboken6 import isValid

_SETTLE_MS: Final = 60
"""A page whose content has grown has its new height after this time."""
_ABOVE: Final = 80
"""What stays in sight above and below, in pixels."""


def bring_into_sight(widget: QWidget, form: QWidget) -> None:
    """Scroll the page that a form stands on to one of its widgets, once everything has its place."""

    def scroll() -> None:
        above = form.parentWidget()
        while above is not None and not isinstance(above, QScrollArea):
            above = above.parentWidget()
        if above is not None and isValid(widget):
            above.ensureWidgetVisible(widget, 0, _ABOVE)

    QTimer.singleShot(_SETTLE_MS, form, scroll)
