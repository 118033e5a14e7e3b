"""The card with what the customer agreed to be texted about, for each of their phones."""

from datetime import datetime
from functools import partial
from typing import Final

from PySide6.QtCore import QLocale, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from inbox_desktop.models.clock import now
from inbox_desktop.models.kinds import ConsentKind, ConsentState
from inbox_desktop.models.queries.rows import PhoneRow
from inbox_desktop.ui.kit import Button, Card, KeyValueRow, Label, Pill, Tone, plain_tool_tip, theme
from inbox_desktop.ui.kit.tokens import GAP, GAP_WIDE
from inbox_desktop.ui.overview.consent_words import KIND_WORDS, change_words, since_words, state_words
from inbox_desktop.ui.popover import Popover

_TONES: Final = {None: Tone.NEUTRAL, ConsentState.GRANTED: Tone.GOOD, ConsentState.REVOKED: Tone.WARN}
_WIDTH: Final = 340
_TALLEST: Final = 380


class ConsentCard(Card):
    """Marketing and transactional consent: where they stand, since when, and by what.

    Signals:
        change_wanted(PhoneRow): somebody wants to note another consent of this phone's owner.
    """

    change_wanted = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__("SMS consent", foldable=True, parent=parent)
        self._shown: tuple[object, ...] = ()
        self.hide()

    def set_phones(self, phones: tuple[PhoneRow, ...], moment: datetime) -> None:
        """Show another customer's phones; without any there is nothing to agree to."""
        shown = (phones, moment.astimezone().date())
        self.setVisible(bool(phones))
        if shown == self._shown:
            return
        self._shown = shown
        self.clear()
        for phone in phones:
            self._add_phone(phone, moment, is_only=len(phones) == 1)

    def _add_phone(self, phone: PhoneRow, moment: datetime, *, is_only: bool) -> None:
        if not is_only:
            label = Label(phone.shown, "text", "text_1", weight=500, parent=self)
            label.setToolTip(plain_tool_tip(phone.number))
            label.setContentsMargins(0, 4, 0, 0)
            self.add(label)
        standing = dict(phone.consents)
        for kind in ConsentKind:
            state = standing.get(kind)
            words = state_words(state)
            pill = Pill(words, _TONES[state], parent=self)
            row = KeyValueRow(KIND_WORDS[kind], pill, parent=self)
            row.setAccessibleName(f"{KIND_WORDS[kind]}: {words}")
            self.add(row)
            if since := since_words(phone, kind, moment, QLocale()):
                self.add(Label(since, "small", "text_2", wrap=True, parent=self))
        self.add(self._links(phone))

    def _links(self, phone: PhoneRow) -> QWidget:
        box = QWidget(self)
        row = QHBoxLayout(box)
        row.setContentsMargins(0, 6, 0, 0)
        row.setSpacing(GAP_WIDE)
        change = Button("Note a change…", variant="link", parent=box)
        change.setAccessibleDescription(phone.shown)
        change.clicked.connect(lambda _checked=False: self.change_wanted.emit(phone))
        row.addWidget(change)
        row.addStretch(1)
        if phone.history:
            history = Button(f"History ({len(phone.history)})", variant="link", parent=box)
            history.clicked.connect(partial(self._show_history, phone, history))
            row.addWidget(history)
        return box

    def _show_history(self, phone: PhoneRow, anchor: Button, _checked: bool = False) -> None:
        popover = ConsentHistory(phone, now(), self)
        popover.closed.connect(popover.deleteLater)
        popover.open_at(anchor)


class ConsentHistory(Popover):
    """Every change of one phone's consents, the newest first."""

    def __init__(self, phone: PhoneRow, moment: datetime, parent: QWidget) -> None:
        super().__init__("History of consent", parent)
        self.body.addWidget(Label(f"Consent of {phone.shown}", "text", weight=600, parent=self))
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        for change in phone.history:
            words = f"{KIND_WORDS[change.kind]}: {state_words(change.state).lower()}"
            entry = QVBoxLayout()
            entry.setSpacing(0)
            entry.addWidget(Label(words, "text", weight=500, parent=page))
            when = change_words(change, moment, QLocale())
            entry.addWidget(Label(when, "secondary", "text_2", wrap=True, parent=page))
            column.addLayout(entry)
        width = theme().px(_WIDTH)
        page.setFixedWidth(width)
        area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(page)
        page.setAutoFillBackground(False)
        area.viewport().setAutoFillBackground(False)
        height = column.heightForWidth(width) if column.hasHeightForWidth() else page.sizeHint().height()
        area.setFixedSize(width + GAP, min(theme().px(_TALLEST), height + 2))
        self.body.addWidget(area)
