"""The rules of a channel of texts as fields, each with what follows from it."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any, Final

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from inbox_desktop.models.sms_settings import LONGEST_ATTRIBUTION, AutoResponder, KeywordMatch, SmsSettings
from inbox_desktop.ui.bridge import Bridge
from inbox_desktop.ui.connect.choices import ChoiceRow
from inbox_desktop.ui.connect.reply_preview import ReplyPreview
from inbox_desktop.ui.connect.sms_values import (
    KEYWORD_ANSWERS,
    MATCHES,
    RESPONDERS,
    VARIABLES,
    Preview,
    keyword_answers_words,
    preview,
)
from inbox_desktop.ui.kit import Button, Label, NumberField, theme
from inbox_desktop.ui.kit.tokens import GAP

_PREVIEW_AFTER_MS: Final = 150
_FIELD: Final = 210
_TEXT_HEIGHT: Final = 76


class RuleFields(QWidget):
    """Brand, keywords, auto-responder with a preview, notification, attribution, links.

    Signals:
        changed: the person changed something.
    """

    changed = Signal()

    def __init__(self, bridge: Bridge, parent: QWidget) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._settings: SmsSettings | None = None
        self.brand = self._line("Your shop's name")
        self.contact = self._line("help@shop.example")
        self.match = self._choice({match: words for match, (words, _) in MATCHES.items()})
        self.answers = self._choice(KEYWORD_ANSWERS)
        self.responder = self._choice({mode: words for mode, (words, _) in RESPONDERS.items()})
        self.text = QPlainTextEdit(self)
        self.text.setAccessibleName("Text of the auto-responder")
        self.text.setTabChangesFocus(True)
        self.text.setFixedHeight(theme().px(_TEXT_HEIGHT))
        self.text.textChanged.connect(self._edited)
        self.preview = ReplyPreview(self)
        self.notify = QCheckBox(self)
        self.notify.toggled.connect(self._edited)
        self.notify_address = self._line("Your own address")
        self.hours = NumberField(1, LONGEST_ATTRIBUTION, suffix=" h", parent=self)
        self.hours.setMinimumWidth(theme().px(90))
        self.hours.valueChanged.connect(self._edited)
        self.shorten = QCheckBox(self)
        self.shorten.toggled.connect(self._edited)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_PREVIEW_AFTER_MS)
        self._later.timeout.connect(self._ask_preview)
        self._lay_out()

    def _line(self, hint: str) -> QLineEdit:
        field = QLineEdit(self)
        field.setPlaceholderText(hint)
        field.setFixedWidth(theme().px(_FIELD))
        field.textEdited.connect(self._edited)
        return field

    def _choice(self, words: Mapping[Any, str]) -> QComboBox:
        choice = QComboBox(self)
        for value, name in words.items():
            choice.addItem(name, value)
        choice.setFixedWidth(theme().px(_FIELD))
        choice.activated.connect(self._edited)
        return choice

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._match_row = ChoiceRow("STOP counts", " ", self.match, self)
        self._answers_row = ChoiceRow("Answers to keywords", " ", self.answers, self)
        self._responder_row = ChoiceRow("Auto-responder", " ", self.responder, self)
        column.addWidget(
            ChoiceRow("Brand", "Begins automatic answers: people see who texts them.", self.brand, self)
        )
        column.addWidget(
            ChoiceRow("Address for help", "Automatic answers send people there.", self.contact, self)
        )
        for row in (self._match_row, self._answers_row, self._responder_row):
            column.addWidget(row)
        column.addWidget(self._responder_text())
        column.addWidget(
            ChoiceRow(
                "E-mail on new texts",
                "One e-mail for each text that is no keyword, through your first mailbox. Recommended.",
                self.notify,
                self,
            )
        )
        self._address_row = ChoiceRow(
            "Send it to",
            "No address that is connected here itself: the e-mail would become a ticket.",
            self.notify_address,
            self,
        )
        column.addWidget(self._address_row)
        words = "How long after a campaign or flow message a first text counts as its answer."
        column.addWidget(ChoiceRow("Attribution", words, self.hours, self))
        words = "Through the relay's own domain, with clicks counted. Without a relay links stay as they are."
        column.addWidget(ChoiceRow("Short links", words, self.shorten, self))

    def _responder_text(self) -> QWidget:
        """The text with the variables that may be put into it, and what it would look like."""
        self._text_box = QWidget(self)
        variables = QHBoxLayout()
        variables.setSpacing(GAP)
        variables.addWidget(Label("Put in:", "secondary", "text_2", parent=self))
        for variable, name in VARIABLES.items():
            button = Button(name, parent=self)
            button.set_tight(tight=True)
            button.clicked.connect(partial(self._put_in, variable))
            variables.addWidget(button)
        variables.addStretch(1)
        column = QVBoxLayout(self._text_box)
        column.setContentsMargins(0, 2, 0, 8)
        column.setSpacing(GAP)
        column.addWidget(self.text)
        column.addLayout(variables)
        column.addWidget(self.preview)
        return self._text_box

    def _put_in(self, variable: str, _checked: bool = False) -> None:
        self.text.insertPlainText(variable)
        self.text.setFocus()

    # Values

    def set_values(self, settings: SmsSettings) -> None:
        """Show these rules. Sends no `changed`."""
        self.blockSignals(True)
        self._settings = None
        self.brand.setText(settings.brand)
        self.contact.setText(settings.contact_email)
        self.match.setCurrentIndex(self.match.findData(settings.keyword_match))
        self.answers.setCurrentIndex(list(KEYWORD_ANSWERS).index(settings.answer_keywords))
        self.responder.setCurrentIndex(self.responder.findData(settings.auto_responder))
        self.text.setPlainText(settings.auto_responder_text)
        self.notify.setChecked(settings.notify)
        self.notify_address.setText(settings.notify_address)
        self.hours.setValue(settings.attribution_hours)
        self.shorten.setChecked(settings.shorten_links)
        self._settings = settings
        self._explain()
        self.blockSignals(False)
        self._ask_preview()

    def apply_to(self, settings: SmsSettings) -> SmsSettings:
        """These settings with the rules as they stand in the fields."""
        return replace(
            settings,
            brand=self.brand.text(),
            contact_email=self.contact.text(),
            keyword_match=KeywordMatch(self.match.currentData()),
            answer_keywords=self.answers.currentData(),
            auto_responder=AutoResponder(self.responder.currentData()),
            auto_responder_text=self.text.toPlainText(),
            notify=self.notify.isChecked(),
            notify_address=self.notify_address.text(),
            attribution_hours=self.hours.value(),
            shorten_links=self.shorten.isChecked(),
        )

    def refresh(self, settings: SmsSettings) -> None:
        """What stands outside of the rules (provider, number) is another: say what follows from that."""
        self._settings = settings
        self._explain()
        self._later.start()

    def _edited(self) -> None:
        if self._settings is not None:
            self._explain()
            self._later.start()
            self.changed.emit()

    def _explain(self) -> None:
        """Say what follows from the choices."""
        if self._settings is None:
            return
        found = self.apply_to(self._settings)
        self._match_row.explain(MATCHES[found.keyword_match][1])
        self._answers_row.explain(keyword_answers_words(found.answer_keywords, found.provider))
        self._responder_row.explain(RESPONDERS[found.auto_responder][1])
        self._text_box.setVisible(found.auto_responder is not AutoResponder.OFF)
        self._address_row.setVisible(found.notify)

    # Preview

    def _ask_preview(self) -> None:
        if self._settings is not None:
            found = self.apply_to(self._settings)
            self._bridge.in_background(partial(preview, found), self._previewed, self.preview.show_trouble)

    def _previewed(self, found: Preview) -> None:
        self.preview.show_text(found.text, found.length)
