"""Small dialogs about a profile: a consent that was given elsewhere, another address or phone."""

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QDialog,
    QHBoxLayout,
    QLineEdit,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from inbox_desktop.models.actions import Outcome, Refusal
from inbox_desktop.models.kinds import ConsentKind, ConsentState, IdentityKind
from inbox_desktop.models.queries.rows import PhoneRow
from inbox_desktop.ui.kit import Button, Label, theme
from inbox_desktop.ui.kit.tokens import EDGE_WIDE, GAP, GAP_WIDE
from inbox_desktop.ui.overview.consent_words import KIND_WORDS

_WIDTH: Final = 400
LONGEST_NOTE: Final = 300


class FormDialog(QDialog):
    """A title, words, what a subclass adds, and two buttons. It stays open until what it asks for was done.

    Signals:
        submitted: the button `verb` was pressed; somebody performs it, and hands the results to `take`.
        performed(list[Outcome | Refusal]): it was done.
    """

    submitted = Signal()
    performed = Signal(list)

    def __init__(self, title: str, words: str, verb: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setFixedWidth(theme().px(_WIDTH))
        self._problem = Label("", "secondary", "red_text", wrap=True, parent=self)
        self._problem.hide()
        self.verb = Button(verb, variant="primary", parent=self)
        self.verb.setDefault(True)
        self.verb.clicked.connect(lambda _checked=False: self._submit())
        cancel = Button("Cancel", parent=self)
        cancel.clicked.connect(lambda _checked=False: self.reject())
        foot = QHBoxLayout()
        foot.setSpacing(GAP)
        foot.addStretch(1)
        foot.addWidget(cancel)
        foot.addWidget(self.verb)
        self.fields = QVBoxLayout()
        self.fields.setSpacing(GAP)
        column = QVBoxLayout(self)
        column.setContentsMargins(EDGE_WIDE, EDGE_WIDE, EDGE_WIDE, EDGE_WIDE)
        column.setSpacing(GAP_WIDE)
        column.addWidget(Label(title, "title", weight=600, wrap=True, parent=self))
        if words:
            column.addWidget(Label(words, "text", "text_2", wrap=True, parent=self))
        column.addLayout(self.fields)
        column.addWidget(self._problem)
        column.addLayout(foot)
        self.finished.connect(self.deleteLater)

    def problem(self) -> str:
        """Why what is in the fields can't be used; empty when it can. A subclass says so."""
        return ""

    @property
    def problem_words(self) -> str:
        """What stands in the way, as it is shown."""
        return self._problem.text()

    def _submit(self) -> None:
        if words := self.problem():
            self.refuse(words)
            return
        self.verb.setEnabled(False)
        self.submitted.emit()

    def take(self, results: list[Outcome | Refusal]) -> None:
        """Close when it was done; say why when it was refused."""
        refusals = [result.reason for result in results if isinstance(result, Refusal)]
        if refusals:
            self.refuse(refusals[0])
            return
        self.performed.emit(results)
        self.accept()

    def refuse(self, words: str) -> None:
        """Say why it was not done; what was typed stays."""
        self.verb.setEnabled(True)
        self._problem.setText(words)
        self._problem.show()


class ConsentDialog(FormDialog):
    """Notes that a phone's owner agreed, or no longer agrees, and how that is known."""

    def __init__(self, phone: PhoneRow, parent: QWidget) -> None:
        words = (
            f"What the owner of {phone.shown} told you. Either kind allows you to answer their texts. "
            "Whoever texted STOP can only come back by texting START."
        )
        super().__init__("Note a change of consent", words, "Note it", parent)
        self.granted = QRadioButton("They agree to", self)
        self.revoked = QRadioButton("They no longer agree to", self)
        group = QButtonGroup(self)
        for button in (self.granted, self.revoked):
            group.addButton(button)
            self.fields.addWidget(button)
        (self.revoked if phone.may_text else self.granted).setChecked(True)
        self._kinds = {kind: QCheckBox(f"{words} texts", self) for kind, words in KIND_WORDS.items()}
        box = QVBoxLayout()
        box.setContentsMargins(24, 0, 0, 0)
        for check in self._kinds.values():
            box.addWidget(check)
        self.fields.addLayout(box)
        granted = [kind for kind, state in phone.consents if state is ConsentState.GRANTED]
        for kind in granted or (ConsentKind.TRANSACTIONAL,):
            self.kind(kind).setChecked(True)
        self.note = QLineEdit(self)
        self.note.setMaxLength(LONGEST_NOTE)
        self.note.setAccessibleName("How you know")
        self.note.setPlaceholderText("How you know, as in: told me on the phone")
        self.fields.addWidget(self.note)
        self.note.setFocus()

    def kind(self, kind: ConsentKind) -> QCheckBox:
        """The check box of one kind of consent."""
        return self._kinds[kind]

    def kinds(self) -> tuple[ConsentKind, ...]:
        """What it is about."""
        return tuple(kind for kind, check in self._kinds.items() if check.isChecked())

    def state(self) -> ConsentState:
        """What they said."""
        return ConsentState.GRANTED if self.granted.isChecked() else ConsentState.REVOKED

    def problem(self) -> str:
        """A consent is about something, and may have to be shown one day."""
        if not self.kinds():
            return "Choose what it is about."
        if not self.note.text().strip():
            return "Write how you know. It is kept as evidence in the history."
        return ""


class IdentityDialog(FormDialog):
    """Asks for a further address or phone of a customer."""

    def __init__(self, parent: QWidget) -> None:
        words = "What arrives from there belongs to this profile from now on."
        super().__init__("Add an address or phone", words, "Add", parent)
        self.value = QLineEdit(self)
        self.value.setAccessibleName("Address or phone")
        self.value.setPlaceholderText("ana@mail.example or +1 415 555 0132")
        self.fields.addWidget(self.value)
        self.value.setFocus()

    def kind(self) -> IdentityKind:
        """What was typed: an address has an @ in it."""
        return IdentityKind.EMAIL if "@" in self.value.text() else IdentityKind.PHONE

    def problem(self) -> str:
        """Something must stand there; whether it makes sense says whoever adds it."""
        return "" if self.value.text().strip() else "Write an address or a phone number."
