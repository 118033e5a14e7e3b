"""What becomes of conversations: the e-mail that follows, how long they are kept, who may write."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from PySide6.QtWidgets import QCheckBox, QWidget

from inbox_desktop.models.chat_settings import (
    LARGEST_FILE_MB,
    LONGEST_FOLLOW_UP,
    LONGEST_RETENTION,
    ChatSite,
)
from inbox_desktop.ui.connect.chat.section import Section
from inbox_desktop.ui.connect.choices import ChoiceRow
from inbox_desktop.ui.kit import NumberField, theme

_NO_ADDRESS: Final = "No e-mail from this chat"
_NUMBER: Final = 108
_FOLLOW_UP: Final = (
    "An answer that a visitor who left did not see goes to them by e-mail, once each time they leave."
)
_NO_FOLLOW_UP: Final = "Choose a support address first: the e-mail is sent from there."


class CareSection(Section):
    """Support address, follow-up, retention, files, identity."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._wanted = ""
        self.address = self.choice({"": _NO_ADDRESS})
        self.address.activated.connect(lambda _place: self._explain())
        self.follow_up = QCheckBox(self)
        self.follow_up.toggled.connect(self._toggled)
        self.minutes = self._number(1, LONGEST_FOLLOW_UP, " min")
        self.retention = self._number(0, LONGEST_RETENTION, " days")
        self.retention.setSpecialValueText("For ever")
        self.largest = self._number(1, LARGEST_FILE_MB, " MB")
        self.identity = QCheckBox(self)
        self.identity.toggled.connect(lambda _checked: self.edited())
        self._lay_out()

    def _number(self, low: int, high: int, unit: str) -> NumberField:
        field = NumberField(low, high, suffix=unit, parent=self)
        field.setFixedWidth(theme().px(_NUMBER))
        field.valueChanged.connect(lambda _value: self.edited())
        return field

    def _lay_out(self) -> None:
        add = self.column.addWidget
        words = "Follow-ups and transcripts come from this mailbox, and answers to them arrive there."
        add(ChoiceRow("Support address", words, self.address, self))
        self._follow_row = ChoiceRow("Follow up by e-mail", " ", self.follow_up, self)
        add(self._follow_row)
        self._minutes_row = ChoiceRow("Follow up after", "Unseen for so long.", self.minutes, self)
        add(self._minutes_row)
        words = "At the relay; the tickets here stay. After that, visitors can't read it again either."
        add(ChoiceRow("Keep conversations", words, self.retention, self))
        add(ChoiceRow("Largest file", "Visitors and you can send files up to this size.", self.largest, self))
        words = "Only visitors whom your shop's server has signed in may write. See “Install”."
        add(ChoiceRow("Known customers only", words, self.identity, self))
        self.column.addStretch(1)

    def set_addresses(self, addresses: Sequence[str]) -> None:
        """Offer these mailboxes."""
        while self.address.count() > 1:
            self.address.removeItem(1)
        for address in addresses:
            self.address.addItem(address, address)
        self._choose_address()

    def _choose_address(self) -> None:
        """Choose the wanted one; one that is not connected here is offered still, for it may be elsewhere."""
        place = self.address.findData(self._wanted)
        if place < 0:
            self.address.addItem(self._wanted, self._wanted)
            place = self.address.count() - 1
        self.address.setCurrentIndex(place)
        self._explain()

    def fill(self, site: ChatSite) -> None:
        """Show these settings."""
        self._wanted = site.support_address
        self.follow_up.setChecked(site.follow_up)
        self.minutes.setValue(site.follow_up_minutes)
        self.retention.setValue(site.retention_days)
        self.largest.setValue(site.max_file_mb)
        self.identity.setChecked(site.identity_required)
        self._choose_address()

    def apply_to(self, site: ChatSite) -> ChatSite:
        """The site with these settings."""
        return replace(
            site,
            support_address=self.address.currentData(),
            follow_up=self.follow_up.isChecked(),
            follow_up_minutes=self.minutes.value(),
            retention_days=self.retention.value(),
            max_file_mb=self.largest.value(),
            identity_required=self.identity.isChecked(),
        )

    def _toggled(self, _checked: bool) -> None:
        self._explain()
        self.edited()

    def _explain(self) -> None:
        """Say what follows from the choices."""
        if not self._showing:
            self._wanted = self.address.currentData()
        has_address = bool(self.address.currentData())
        self.follow_up.setEnabled(has_address)
        self._follow_row.explain(_FOLLOW_UP if has_address else _NO_FOLLOW_UP)
        self._minutes_row.setVisible(has_address and self.follow_up.isChecked())
