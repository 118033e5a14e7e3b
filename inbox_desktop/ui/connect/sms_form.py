"""The form of a number for texts: provider, account, secret and rules."""

from functools import partial
from typing import ClassVar, Final

from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QWidget

from inbox_desktop.models.sms_settings import Provider, SmsSettings
from inbox_desktop.ui.bridge import Bridge
from inbox_desktop.ui.connect.channel_form import ChannelForm
from inbox_desktop.ui.connect.sms_rules import RuleFields
from inbox_desktop.ui.connect.sms_values import PROVIDERS
from inbox_desktop.ui.kit import Button, Label, SegmentedTabs
from inbox_desktop.ui.kit.tokens import GAP, GAP_WIDE

_KINDS: Final = tuple(PROVIDERS)
_WITH_KEYS: Final = {Provider.TELNYX}
"""Whose webhooks are checked with a key that is no secret."""

_NO_SECRET: Final = "Write the {} of the account. It is kept in this computer's keyring."


class SmsForm(ChannelForm):
    """Connects a number, or changes the channel that is named by `channel_id` with `settings`.

    A channel keeps its number and its provider: another number is another channel.
    """

    THING: ClassVar = "number"

    def __init__(
        self,
        bridge: Bridge,
        parent: QWidget,
        *,
        ask_name: bool = False,
        channel_id: str | None = None,
        settings: SmsSettings | None = None,
    ) -> None:
        super().__init__(bridge, parent, channel_id=channel_id)
        self._former = settings
        self.provider = SegmentedTabs(
            *(words.name for words in PROVIDERS.values()), name="Provider", parent=self
        )
        self.provider.current_changed.connect(self._provider_changed)
        self.number = self.line("Phone number", "+1 415 555 0132")
        self.account = self.line("Account", "")
        self.webhook_key = self.line("Public key", "If a relay is connected: texts then come at once")
        self._where = Label("", "secondary", "text_2", wrap=True, parent=self)
        self.rules = RuleFields(bridge, self)
        self.rules.changed.connect(self.clear_problem)
        self._unfold = Button("Rules and automatic answers", variant="quiet", parent=self)
        self._unfold.clicked.connect(lambda _checked=False: self.show_rules(shown=self.rules.isHidden()))
        self._lay_out(ask_name=ask_name)
        self._show_settings(settings or SmsSettings(Provider.TWILIO, "", ""))
        self.show_rules(shown=settings is not None)

    def _lay_out(self, *, ask_name: bool) -> None:
        self._form = form = QFormLayout()
        form.setHorizontalSpacing(GAP_WIDE)
        form.setVerticalSpacing(GAP)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._account_label = Label("", "text", "text_2", parent=self)
        self._secret_label = Label("", "text", "text_2", parent=self)
        if ask_name:
            form.addRow(Label("Your name", "text", "text_2", parent=self), self.name)
        self.ask_name(asked=ask_name)
        provider: QWidget = self.provider
        if self._former is not None:  # another provider is another channel: there is nothing to choose
            provider = Label(PROVIDERS[self._former.provider].name, "text", parent=self)
        form.addRow(Label("Provider", "text", "text_2", parent=self), provider)
        form.addRow(Label("Phone number", "text", "text_2", parent=self), self.number)
        form.addRow(self._account_label, self.account)
        form.addRow(self._secret_label, self.secret)
        form.addRow(Label("Public key", "text", "text_2", parent=self), self.webhook_key)
        form.addRow(Label("", parent=self), self._where)
        unfold = QHBoxLayout()
        unfold.addWidget(self._unfold)
        unfold.addStretch(1)
        self.column.addLayout(form)
        self.column.addLayout(unfold)
        self.column.addWidget(self.rules)
        self.add_end()
        self.setTabOrder(self.account, self.secret)
        self.setTabOrder(self.secret, self.webhook_key)
        self.setTabOrder(self.webhook_key, self._unfold)
        self.setFocusProxy(self.account if self._former is not None else self.number)

    # Values

    def _show_settings(self, settings: SmsSettings) -> None:
        self.provider.set_current(_KINDS.index(settings.provider))
        self.number.setText(settings.number)
        self.account.setText(settings.account)
        self.webhook_key.setText(settings.webhook_key)
        self.provider.setVisible(self._former is None)
        self.number.setEnabled(self._former is None)
        self.rules.set_values(settings)
        self._provider_changed()

    def values(self) -> SmsSettings:
        """What the form holds, as it was typed."""
        former, provider = self._former, _KINDS[self.provider.current]
        settings = SmsSettings(
            provider=provider,
            account=self.account.text(),
            number=self.number.text(),
            base_url=former.base_url if former else None,
            secret_env=former.secret_env if former else None,
            webhook_key=self.webhook_key.text() if provider in _WITH_KEYS else "",
            webhook_secret_env=former.webhook_secret_env if former else None,
        )
        return self.rules.apply_to(settings)

    def _provider_changed(self) -> None:
        provider = _KINDS[self.provider.current]
        words = PROVIDERS[provider]
        self._form.setRowVisible(self.webhook_key, provider in _WITH_KEYS)
        self._account_label.setText(words.account)
        self.account.setAccessibleName(words.account)
        self.account.setPlaceholderText(words.account_hint)
        self._secret_label.setText(words.secret)
        self.secret.setAccessibleName(words.secret)
        self._where.setText(words.where)
        if self._former is not None:
            self.show_kept_secret(self._former.secret_env)
        self.forget_test()
        self.rules.refresh(self.values())

    def show_rules(self, *, shown: bool) -> None:
        """Unfold the rules, or put them away."""
        self.rules.setVisible(shown)
        self._unfold.set_icon_name("chevron-down" if shown else "chevron-right")

    # Testing, connecting, saving

    def begin(self, *, connect: bool) -> None:
        """Check the values where that keeps nobody waiting, and go on."""
        settings = self.values()
        if not self.secret.text() and not self.is_change:
            self.show_problem(_NO_SECRET.format(PROVIDERS[settings.provider].secret), self.secret)
            return
        self.clear_problem()
        self.set_busy(busy=True, connect=connect)
        # The numbering plans take a moment to load.
        self.bridge.in_background(settings.checked, partial(self._checked, connect), self._not_checked)

    def _checked(self, connect: bool, settings: SmsSettings) -> None:
        former = self._former
        self.try_out(
            settings,
            settings.number,
            owner_email=settings.contact_email,
            connect=connect,
            reaches_the_same=former is not None and settings.account == former.account,
        )

    def _not_checked(self, words: str) -> None:
        self.set_busy(busy=False)
        self.show_problem(words)
