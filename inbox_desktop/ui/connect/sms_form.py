"""The form of a number for texts: provider, account, secret and rules; tested and connected, or changed."""

from functools import partial
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from inbox_desktop.models.health import TestStep
from inbox_desktop.models.sms_settings import Provider, SmsSettings
from inbox_desktop.ui.bridge import Bridge
from inbox_desktop.ui.connect.owner import save_owner
from inbox_desktop.ui.connect.sight import bring_into_sight
from inbox_desktop.ui.connect.sms_rules import RuleFields
from inbox_desktop.ui.connect.sms_values import PROVIDERS
from inbox_desktop.ui.connect.steps import StepsList
from inbox_desktop.ui.kit import Banner, Button, Label, SegmentedTabs, Tone
from inbox_desktop.ui.kit.tokens import GAP, GAP_WIDE

_KINDS: Final = tuple(PROVIDERS)
_UNREACHED: Final = "The number could not be reached as it is set. Nothing was {done}; see below."
_NO_SECRET: Final = "Write the {} of the account. It is kept in this computer's keyring."


class SmsForm(QWidget):
    """Connects a number, or changes the channel that is named by `channel_id` with `settings`.

    A channel keeps its number and its provider: another number is another channel.

    Signals:
        connected(str): a number was connected; its channel's id.
        saved: a channel was changed.
    """

    connected = Signal(str)
    saved = Signal()

    def __init__(
        self,
        bridge: Bridge,
        parent: QWidget,
        *,
        ask_name: bool = False,
        channel_id: str | None = None,
        settings: SmsSettings | None = None,
    ) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._channel_id = channel_id
        self._former = settings
        self._busy = False
        self._run = 0
        self._problem: Banner | None = None
        self.provider = SegmentedTabs(
            *(words.name for words in PROVIDERS.values()), name="Provider", parent=self
        )
        self.provider.current_changed.connect(self._provider_changed)
        self.name = self._line("Your name", "As customers see it")
        self.number = self._line("Phone number", "+1 415 555 0132")
        self.account = self._line("Account", "")
        self.secret = self._line("Secret", "")
        self.secret.setEchoMode(QLineEdit.EchoMode.Password)
        self._where = Label("", "secondary", "text_2", wrap=True, parent=self)
        self.rules = RuleFields(bridge, self)
        self.rules.changed.connect(self._clear_problem)
        self._unfold = Button("Rules and automatic answers", variant="quiet", parent=self)
        self._unfold.clicked.connect(lambda _checked=False: self.show_rules(shown=self.rules.isHidden()))
        self.steps = StepsList(self)
        self.steps.hide()
        self.test_button = Button("Test connection", parent=self)
        self.test_button.clicked.connect(partial(self._begin, False))
        self.connect_button = Button(self._verb, variant="primary", parent=self)
        self.connect_button.clicked.connect(partial(self._begin, True))
        self._lay_out(ask_name=ask_name)
        self._show_settings(settings or SmsSettings(Provider.TWILIO, "", ""))
        self.show_rules(shown=settings is not None)

    def _line(self, name: str, hint: str) -> QLineEdit:
        field = QLineEdit(self)
        field.setAccessibleName(name)
        field.setPlaceholderText(hint)
        field.textEdited.connect(self._clear_problem)
        field.returnPressed.connect(partial(self._begin, True))
        return field

    def _lay_out(self, *, ask_name: bool) -> None:
        form = QFormLayout()
        form.setHorizontalSpacing(GAP_WIDE)
        form.setVerticalSpacing(GAP)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._account_label = Label("", "text", "text_2", parent=self)
        self._secret_label = Label("", "text", "text_2", parent=self)
        if ask_name:
            form.addRow(Label("Your name", "text", "text_2", parent=self), self.name)
            self.name.setText(self._bridge.me.name if self._bridge.me.id else "")
        self.name.setVisible(ask_name)
        form.addRow(Label("Provider", "text", "text_2", parent=self), self.provider)
        form.addRow(Label("Phone number", "text", "text_2", parent=self), self.number)
        form.addRow(self._account_label, self.account)
        form.addRow(self._secret_label, self.secret)
        form.addRow(Label("", parent=self), self._where)
        unfold = QHBoxLayout()
        unfold.addWidget(self._unfold)
        unfold.addStretch(1)
        buttons = QHBoxLayout()
        buttons.setSpacing(GAP)
        buttons.addStretch(1)
        buttons.addWidget(self.test_button)
        buttons.addWidget(self.connect_button)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(GAP)
        self._column.addLayout(form)
        self._column.addLayout(unfold)
        self._column.addWidget(self.rules)
        self._column.addWidget(self.steps)
        self._column.addLayout(buttons)
        self.setFocusProxy(self.account if self._former is not None else self.number)

    @property
    def _verb(self) -> str:
        return "Connect" if self._former is None else "Save"

    # Values

    def _show_settings(self, settings: SmsSettings) -> None:
        self.provider.set_current(_KINDS.index(settings.provider))
        self.number.setText(settings.number)
        self.account.setText(settings.account)
        self.provider.setEnabled(self._former is None)
        self.number.setEnabled(self._former is None)
        self.rules.set_values(settings)
        self._provider_changed()

    def values(self) -> SmsSettings:
        """What the form holds, as it was typed."""
        former = self._former
        settings = SmsSettings(
            provider=_KINDS[self.provider.current],
            account=self.account.text(),
            number=self.number.text(),
            base_url=former.base_url if former else None,
            secret_env=former.secret_env if former else None,
        )
        return self.rules.apply_to(settings)

    def _provider_changed(self) -> None:
        words = PROVIDERS[_KINDS[self.provider.current]]
        self._account_label.setText(words.account)
        self.account.setAccessibleName(words.account)
        self.account.setPlaceholderText(words.account_hint)
        self._secret_label.setText(words.secret)
        self.secret.setAccessibleName(words.secret)
        self._where.setText(words.where)
        environment = self._former.secret_env if self._former else None
        self.secret.setEnabled(environment is None)
        if environment is not None:
            self.secret.setPlaceholderText(f"Read from the variable {environment}")
        elif self._former is not None:
            self.secret.setPlaceholderText("Stays as it is")
        self._clear_problem()
        self.rules.refresh(self.values())

    def show_rules(self, *, shown: bool) -> None:
        """Unfold the rules, or put them away."""
        self.rules.setVisible(shown)
        self._unfold.set_icon_name("chevron-down" if shown else "chevron-right")

    # Testing, connecting, saving

    def _begin(self, connect: bool, _checked: bool = False) -> None:
        """Check what was typed; test; and connect or save when the test held and that is wanted."""
        if self._busy:
            return
        settings, secret = self.values(), self.secret.text()
        if not secret and self._former is None:
            self._show_problem(_NO_SECRET.format(PROVIDERS[settings.provider].secret), self.secret)
            return
        self._clear_problem()
        self._set_busy(busy=True, connect=connect)
        # The numbering plans take a moment to load.
        self._bridge.in_background(settings.checked, partial(self._test, connect, secret), self._not_checked)

    def _not_checked(self, words: str) -> None:
        self._set_busy(busy=False)
        self._show_problem(words)

    def _test(self, connect: bool, secret: str, settings: SmsSettings) -> None:
        former = self._former
        if connect and former is not None and not secret and settings.account == former.account:
            self._save(settings, None)  # nothing that the provider is asked for is another
            return
        self.steps.begin()
        self.steps.show()
        self._run += 1
        step = self._bridge.on_gui(partial(self._step, self._run))
        future = self._bridge.backend().test(settings, settings.number, secret or None, step)
        self._bridge.call(
            future,
            partial(self._tested, self._run, connect, settings, secret),
            partial(self._test_failed, self._run),
        )

    def _step(self, run: int, step: TestStep) -> None:
        if run == self._run:
            self.steps.add(step)

    def _tested(self, run: int, connect: bool, settings: SmsSettings, secret: str, held: bool) -> None:
        if run != self._run:
            return
        self.steps.end()
        if not held or not connect:
            self._set_busy(busy=False)
            if not held:
                self._show_problem(_UNREACHED.format(done="connected" if self._former is None else "saved"))
            return
        if self._former is not None:
            self._save(settings, secret or None)
            return
        name = "" if self.name.isHidden() else self.name.text()
        then = partial(self._connect, settings, secret)
        save_owner(self._bridge, name, settings.contact_email, then, self._connect_failed)

    def _test_failed(self, run: int, words: str) -> None:
        if run == self._run:
            self.steps.fail(words)
            self._set_busy(busy=False)
            bring_into_sight(self.steps, self)

    def _connect(self, settings: SmsSettings, secret: str) -> None:
        future = self._bridge.backend().connect(settings, settings.number, secret)
        self._bridge.call(future, self._connected, self._connect_failed)

    def _connected(self, channel_id: str) -> None:
        self._set_busy(busy=False)
        self.secret.clear()
        self.connected.emit(channel_id)

    def _save(self, settings: SmsSettings, secret: str | None) -> None:
        assert self._channel_id is not None
        future = self._bridge.backend().change_channel(self._channel_id, settings, secret)
        self._bridge.call(future, self._changed, self._connect_failed)

    def _changed(self, _nothing: None) -> None:
        self._set_busy(busy=False)
        self.secret.clear()
        self.saved.emit()

    def _connect_failed(self, words: str) -> None:
        self._set_busy(busy=False)
        self._show_problem(words)

    def _set_busy(self, *, busy: bool, connect: bool = False) -> None:
        self._busy = busy
        self.test_button.setEnabled(not busy)
        self.connect_button.setEnabled(not busy)
        self.connect_button.setText(f"{self._verb}…" if busy and connect else self._verb)
        self.test_button.setText("Testing…" if busy and not connect else "Test connection")

    # Problems

    @property
    def problem_words(self) -> str:
        """What stands in the way, as it is shown; empty when nothing does."""
        return self._problem.accessibleName() if self._problem is not None else ""

    def _show_problem(self, words: str, field: QWidget | None = None) -> None:
        self._clear_problem()
        self._problem = Banner(words, Tone.BAD, parent=self)
        self._column.insertWidget(self._column.indexOf(self.steps), self._problem)
        bring_into_sight(self._problem, self)
        if field is not None:
            field.setFocus()

    def _clear_problem(self) -> None:
        if self._problem is not None:
            self._problem.hide()
            self._column.removeWidget(self._problem)
            self._problem.deleteLater()
            self._problem = None
