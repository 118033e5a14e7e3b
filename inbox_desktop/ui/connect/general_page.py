"""The settings' page about the rest: my name, the unread badge, how long sending can be undone."""

from typing import Any, Final

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QCheckBox, QLineEdit, QVBoxLayout, QWidget

from inbox_desktop.models.actions import Action, Outcome, Refusal, agent
from inbox_desktop.models.actions.channels import SaveSetting
from inbox_desktop.models.actions.people import SaveAgent
from inbox_desktop.models.queries.directory import setting
from inbox_desktop.models.store import Reader
from inbox_desktop.ui.bridge import Bridge
from inbox_desktop.ui.composer.surroundings import (
    DEFAULT_UNDO_SECONDS,
    MOST_UNDO_SECONDS,
    UNDO_SETTING,
    undo_seconds,
)
from inbox_desktop.ui.connect.choices import ChoiceRow
from inbox_desktop.ui.kit import Card, Label, NumberField
from inbox_desktop.ui.surroundings import BADGE_SETTING

_SAVE_AFTER_MS: Final = 500


class GeneralPage(QWidget):
    """Every change is saved by itself, a moment after it was made."""

    def __init__(self, bridge: Bridge, parent: QWidget) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._loaded = False
        self.name = QLineEdit(bridge.me.name, self)
        self.name.setMinimumWidth(220)
        self.name.editingFinished.connect(self._save_name)
        self.badge = QCheckBox(self)
        self.badge.toggled.connect(self._save_badge)
        self.undo = NumberField(0, MOST_UNDO_SECONDS, suffix=" s", parent=self)
        self.undo.setMinimumWidth(90)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_SAVE_AFTER_MS)
        self._later.timeout.connect(self._save_undo)
        self.undo.valueChanged.connect(self._undo_changed)
        self._said = Label("", "secondary", "red_text", wrap=True, parent=self)
        self._said.hide()
        card = Card(parent=self)
        card.add(ChoiceRow("My name", "Customers see it on your answers.", self.name, card))
        card.add(
            ChoiceRow(
                "Notification of unread conversations",
                "A red badge with the number of unread tickets.",
                self.badge,
                card,
            )
        )
        words = "How long a reply waits before it leaves, so that it can be taken back."
        card.add(ChoiceRow("Undo sending", words, self.undo, card))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(card)
        column.addWidget(self._said)
        column.addStretch(1)
        bridge.query(_settings, self._arrived, self._failed)

    def _arrived(self, found: tuple[bool, int]) -> None:
        self.badge.setChecked(found[0])
        self.undo.setValue(found[1])
        self._loaded = True

    def save_now(self) -> None:
        """Save what is unsaved, without waiting."""
        if self._later.isActive():
            self._later.stop()
            self._save_undo()
        self._save_name()

    def _save_name(self) -> None:
        name = " ".join(self.name.text().split())
        me = self._bridge.me
        if name and me.id and name != me.name:
            self._perform(SaveAgent(actor=agent(me.id), agent_id=me.id, agent_name=name, email=me.email))
        elif not name:
            self.name.setText(me.name)

    def _save_badge(self, wanted: bool) -> None:
        if self._loaded:
            self._perform(SaveSetting(actor=agent(self._bridge.me.id), key=BADGE_SETTING, value=wanted))

    def _undo_changed(self) -> None:
        if self._loaded:
            self._later.start()

    def _save_undo(self) -> None:
        self._perform(SaveSetting(actor=agent(self._bridge.me.id), key=UNDO_SETTING, value=self.undo.value()))

    def _perform(self, action: Action) -> None:
        self._bridge.perform([action], self._performed, self._failed)

    def _performed(self, results: list[Outcome | Refusal]) -> None:
        refused = [result.reason for result in results if isinstance(result, Refusal)]
        self._failed(refused[0] if refused else "")

    def _failed(self, words: str) -> None:
        self._said.setText(words)
        self._said.setVisible(bool(words))


def _settings(reader: Reader) -> tuple[bool, int]:
    badge: Any = setting(reader, BADGE_SETTING, default=True)
    return bool(badge), undo_seconds(setting(reader, UNDO_SETTING, DEFAULT_UNDO_SECONDS))
