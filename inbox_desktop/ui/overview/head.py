"""The customer at the top of the overview: who they are, and since when they have been known."""

from datetime import datetime

from PySide6.QtCore import QLocale, Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from inbox_desktop.models.queries.rows import Overview
from inbox_desktop.ui.kit import Avatar, ElidedLabel, Label, customer_label, one_line
from inbox_desktop.ui.kit.tokens import GAP_WIDE

_MOST_ADDRESSES = 3


def since_words(since: datetime, now: datetime, locale: QLocale) -> str:
    """Since when somebody has been a customer: "customer since 2023", or since which month of this year."""
    there, here = since.astimezone(), now.astimezone()
    if there.year != here.year:
        return f"customer since {there.year}"
    if there.date() == here.date():
        return "new today"
    return f"customer since {locale.monthName(there.month, QLocale.FormatType.LongFormat)}"


def reachable_at(overview: Overview) -> str:
    """The customer's addresses and phone numbers, the ticket's own first, a few of them."""
    ticket = overview.ticket
    known = dict.fromkeys((ticket.customer_address, *overview.addresses, *overview.phones))
    shown = [one_line(address) for address in known if address]
    more = len(shown) - _MOST_ADDRESSES
    return "\n".join(shown[:_MOST_ADDRESSES]) + (f"\nand {more} more" if more > 0 else "")


class Head(QWidget):
    """Avatar, name, addresses."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._avatar = Avatar("", 44, behind="window", parent=self)
        self._name = ElidedLabel("", "text", weight=600, parent=self)
        self._addresses = [ElidedLabel("", "text", "text_2", parent=self) for _ in range(_MOST_ADDRESSES + 1)]
        self._since = Label("", "text", "text_2", wrap=True, parent=self)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self._name)
        for label in self._addresses:
            words.addWidget(label)
        words.addWidget(self._since)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP_WIDE)
        row.addWidget(self._avatar, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)

    def set_overview(self, overview: Overview, now: datetime) -> None:
        """Show another customer."""
        name = customer_label(overview.ticket)
        self._avatar.set_person(name, colour_key=overview.ticket.customer_name or name)
        self._name.set_text(name)
        lines = [line for line in reachable_at(overview).split("\n") if line and line != name]
        for index, label in enumerate(self._addresses):
            label.set_text(lines[index] if index < len(lines) else "")
            label.setVisible(index < len(lines))
        since = since_words(overview.customer_since, now, QLocale())
        self._since.setText(since[:1].upper() + since[1:])
        self.setAccessibleName(f"Customer {name}, {self._since.text()}")
