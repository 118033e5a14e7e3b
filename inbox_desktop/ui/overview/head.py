"""The customer at the top of the overview: who they are, and since when they have been known."""

from datetime import datetime

from PySide6.QtCore import QLocale, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from inbox_desktop.models.kinds import ChannelKind
from inbox_desktop.models.phones import show_phone
from inbox_desktop.models.queries.rows import Overview
from inbox_desktop.ui.kit import (
    Avatar,
    ElidedLabel,
    IconButton,
    Label,
    customer_label,
    one_line,
    plain_tool_tip,
)
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


def reachable_at(overview: Overview) -> dict[str, str]:
    """The customer's addresses and phones as people read them, the ticket's own first, with their tool tips.

    That of a phone is its international form. A chat's visitor cannot be reached at their id.
    """
    ticket = overview.ticket
    phones = {phone.number: phone.shown for phone in overview.phone_rows}
    own = phones.get(ticket.customer_address, ticket.customer_shown or ticket.customer_address)
    tips = {one_line(shown): show_phone(number) for number, shown in phones.items()}
    if ticket.channel_kind is ChannelKind.CHAT and "@" not in own:
        own = ""
    known = dict.fromkeys((own, *overview.addresses, *overview.phones))
    return {one_line(address): tips.get(one_line(address), "") for address in known if address}


class Head(QWidget):
    """Avatar, name, addresses.

    Signals:
        menu_wanted(QWidget): what can be done with the profile shall be offered, at this widget.
    """

    menu_wanted = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._avatar = Avatar("", 44, behind="window", parent=self)
        self._name = ElidedLabel("", "text", weight=600, parent=self)
        self._addresses = [ElidedLabel("", "text", "text_2", parent=self) for _ in range(_MOST_ADDRESSES + 1)]
        self._since = Label("", "text", "text_2", wrap=True, parent=self)
        self.more = IconButton("more", "Profile", parent=self)
        self.more.set_tight(tight=True)
        self.more.clicked.connect(lambda _checked=False: self.menu_wanted.emit(self.more))
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
        row.addWidget(self.more, 0, Qt.AlignmentFlag.AlignTop)

    def set_overview(self, overview: Overview, now: datetime) -> None:
        """Show another customer."""
        name = customer_label(overview.ticket)
        self._avatar.set_person(name, colour_key=overview.ticket.customer_name or name)
        self._name.set_text(name)
        known = reachable_at(overview)
        self._name.setToolTip(plain_tool_tip(known.get(name, "")))
        lines = [(line, tip) for line, tip in known.items() if line != name]
        more = len(lines) - _MOST_ADDRESSES
        if more > 0:
            others = ", ".join(line for line, _ in lines[_MOST_ADDRESSES:])
            lines[_MOST_ADDRESSES:] = [(f"and {more} more", others)]
        for index, label in enumerate(self._addresses):
            words, tip = lines[index] if index < len(lines) else ("", "")
            label.set_text(words)
            label.setToolTip(plain_tool_tip(tip))
            label.setVisible(bool(words))
        since = since_words(overview.customer_since, now, QLocale())
        self._since.setText(since[:1].upper() + since[1:])
        self.setAccessibleName(f"Customer {name}, {self._since.text()}")
