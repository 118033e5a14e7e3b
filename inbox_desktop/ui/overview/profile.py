"""What can be done with the customer's profile: note a consent, add an address, merge with another one.

The dialogs are loaded when somebody wants one.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from inbox_desktop.models.actions import Action, Outcome, Refusal, agent
from inbox_desktop.models.actions.consent import ChangeConsent
from inbox_desktop.models.actions.profiles import AddIdentity, KeepApart, MergeCustomers
from inbox_desktop.models.kinds import ConsentSource, ConsentState
from inbox_desktop.models.phones import region_of
from inbox_desktop.models.queries.profiles import merge_suggestions
from inbox_desktop.models.queries.rows import MergeSuggestion, Overview, PhoneRow
from inbox_desktop.models.store import Reader
from inbox_desktop.ui.bridge import Bridge
from inbox_desktop.ui.kit import customer_label, icon, one_line

if TYPE_CHECKING:
    from inbox_desktop.models.queries.find_profiles import ProfileRow
    from inbox_desktop.ui.overview.dialogs import ConsentDialog, FormDialog, IdentityDialog


class ProfileTools(QObject):
    """Acts on the profile of the overview that it was given.

    Signals:
        performed(list[Outcome | Refusal], str): something was done, or refused; and what, in words.
        suggested(MergeSuggestion | None): somebody who may be the same person.
    """

    performed = Signal(list, str)
    suggested = Signal(object)

    def __init__(self, bridge: Bridge, pane: QWidget) -> None:
        super().__init__(pane)
        self._bridge = bridge
        self._pane = pane
        self._overview: Overview | None = None

    def set_overview(self, found: Overview | None) -> None:
        """Take over what is on the screen, and look for another profile of the same person."""
        self._overview = found
        self._look_for_doubles()

    def _look_for_doubles(self) -> None:
        found = self._overview
        if found is None:
            return
        question = partial(_suggestions, customer_id=found.ticket.customer_id)
        self._bridge.query(question, self._suggest, key=(id(self), "suggestions"))

    def _suggest(self, found: tuple[MergeSuggestion, ...]) -> None:
        self.suggested.emit(found[0] if found else None)

    def open_menu(self, anchor: QWidget) -> None:
        """Offer what can be done."""
        menu = QMenu(self._pane)
        for mark, words, act in (
            ("plus", "Add an address or phone…", self.add_identity),
            ("people", "Merge with another profile…", self.choose_profile),
        ):
            action = QAction(icon(mark), words, menu)
            action.triggered.connect(lambda _checked=False, act=act: act())
            menu.addAction(action)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(anchor.mapToGlobal(QPoint(anchor.width() - menu.sizeHint().width(), anchor.height() + 4)))

    # Consent

    def note_consent(self, phone: PhoneRow | None = None) -> None:
        """Ask what the owner of a phone agreed to; without one, of the phone that the ticket is with."""
        found = self._overview
        if phone is None and found is not None:
            address = found.ticket.customer_address
            phone = next((one for one in found.phone_rows if one.number == address), None)
        if phone is None:
            return
        from inbox_desktop.ui.overview.dialogs import ConsentDialog  # noqa: PLC0415

        dialog = ConsentDialog(phone, self._pane)
        dialog.submitted.connect(partial(self._change_consent, phone, dialog))
        dialog.open()

    def _change_consent(self, phone: PhoneRow, dialog: ConsentDialog) -> None:
        action = ChangeConsent(
            actor=agent(self._bridge.me.id),
            phone=phone.number,
            kinds=dialog.kinds(),
            state=dialog.state(),
            source=ConsentSource.AGENT,
            detail=dialog.note.text().strip(),
        )
        what = "agreed to texts" if dialog.state() is ConsentState.GRANTED else "no longer agrees to texts"
        self._perform_from(dialog, action, f"Noted that {phone.shown} {what}")

    # Addresses

    def add_identity(self) -> None:
        """Ask for a further address or phone."""
        from inbox_desktop.ui.overview.dialogs import IdentityDialog  # noqa: PLC0415

        if self._overview is not None:
            dialog = IdentityDialog(self._pane)
            dialog.submitted.connect(partial(self._add_identity, self._overview.ticket.customer_id, dialog))
            dialog.open()

    def _add_identity(self, customer_id: str, dialog: IdentityDialog) -> None:
        phones = self._overview.phone_rows if self._overview is not None else ()
        action = AddIdentity(
            actor=agent(self._bridge.me.id),
            customer_id=customer_id,
            kind=dialog.kind(),
            value=dialog.value.text().strip(),
            region=region_of(phones[0].number) if phones else None,
        )
        self._perform_from(dialog, action, f"Added {one_line(action.value)}")

    def _perform_from(self, dialog: FormDialog, action: Action, said: str) -> None:
        """Do what a dialog asked for; a refusal is said there, and nothing that was typed is lost."""
        dialog.performed.connect(lambda results: self.performed.emit(results, said))
        self._bridge.perform([action], dialog.take, dialog.refuse)

    # Merging

    def choose_profile(self) -> None:
        """Ask which profile is the same person."""
        from inbox_desktop.ui.overview.merge_dialog import MergeDialog  # noqa: PLC0415

        found = self._overview
        if found is not None:
            row = found.ticket
            dialog = MergeDialog(self._bridge, row.customer_id, customer_label(row), self._pane)
            dialog.chosen.connect(self._merge_with_row)
            dialog.open()

    def _merge_with_row(self, row: ProfileRow) -> None:
        self.merge(row.id, row.name, row.reachable_at[0] if row.reachable_at else "")

    def merge(self, customer_id: str, name: str, address: str) -> None:
        """Merge with another profile. The one that has a name stays; this one, if both have."""
        found = self._overview
        if found is None:
            return
        ours = found.ticket
        other_stays = bool(name) and not ours.customer_name
        gone, stays = (ours.customer_id, customer_id) if other_stays else (customer_id, ours.customer_id)
        action = MergeCustomers(actor=agent(self._bridge.me.id), from_id=gone, into_id=stays)
        said = f"Merged with {one_line(name) or one_line(address) or 'the other profile'}"
        self._bridge.perform([action], partial(self._merged, said), self._bridge.trouble.emit)

    def _merged(self, said: str, results: list[Outcome | Refusal]) -> None:
        self.performed.emit(results, said)

    def keep_apart(self, customer_id: str, name: str, address: str) -> None:
        """Note that another profile is another person: it is suggested no more."""
        found = self._overview
        if found is None:
            return
        ours = found.ticket.customer_id
        action = KeepApart(actor=agent(self._bridge.me.id), one_id=ours, other_id=customer_id)
        said = f"Noted that {one_line(name) or one_line(address) or 'the other one'} is another person"
        self._bridge.perform([action], partial(self._kept_apart, said), self._bridge.trouble.emit)

    def _kept_apart(self, said: str, results: list[Outcome | Refusal]) -> None:
        self.performed.emit(results, said)
        self._look_for_doubles()


def _suggestions(reader: Reader, customer_id: str) -> tuple[MergeSuggestion, ...]:
    return merge_suggestions(reader, customer_id)
