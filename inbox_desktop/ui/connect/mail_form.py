"""The form of a mailbox: finds its servers, tests the connection, and connects or changes it."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QWidget

from inbox_desktop.models.mail_settings import MailSettings
from inbox_desktop.ui.bridge import Bridge
from inbox_desktop.ui.connect.channel_form import ChannelForm
from inbox_desktop.ui.connect.server_fields import ServerFields
from inbox_desktop.ui.connect.values import Field, MailValues, Problem, address_problem, problem
from inbox_desktop.ui.kit import Button, Label
from inbox_desktop.ui.kit.tokens import GAP, GAP_WIDE

if TYPE_CHECKING:
    from inbox_desktop.models.mail_settings import Discovery


class MailForm(ChannelForm):
    """Name, address, password; the servers are looked up and can be corrected.

    With `channel_id`, `address` and `settings` it changes that channel, which keeps its address: another
    address is another mailbox.
    """

    THING: ClassVar = "mailbox"

    def __init__(
        self,
        bridge: Bridge,
        parent: QWidget,
        *,
        ask_name: bool = False,
        channel_id: str | None = None,
        address: str = "",
        settings: MailSettings | None = None,
    ) -> None:
        super().__init__(bridge, parent, channel_id=channel_id)
        self._former = settings
        self._looked_up = ""
        self._servers_edited = settings is not None
        self._after_look_up: Callable[[], None] | None = None
        self.secret.setAccessibleName("Password")
        self.address = self.line("E-mail address", "support@shop.example")
        self.address.editingFinished.connect(self._address_done)
        self.servers = ServerFields(self)
        self.servers.changed.connect(self._servers_changed)
        self.servers.submitted.connect(self.submit)
        self._unfold = Button("Server settings", variant="quiet", icon_name="chevron-right", parent=self)
        self._unfold.clicked.connect(self._toggle_servers)
        self._found = Label("", "secondary", "text_2", wrap=True, parent=self)
        self._found.hide()
        self._lay_out(ask_name=ask_name)
        if settings is not None:
            self._show_settings(address, settings)
        self.show_servers(shown=settings is not None)

    def _lay_out(self, *, ask_name: bool) -> None:
        form = QFormLayout()
        form.setHorizontalSpacing(GAP_WIDE)
        form.setVerticalSpacing(GAP)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        rows = [("E-mail address", self.address), ("Password", self.secret)]
        if ask_name:
            rows.insert(0, ("Your name", self.name))
        self.ask_name(asked=ask_name)
        labels = [Label(words, "text", "text_2", parent=self) for words, _field in rows]
        for label, (_words, field) in zip(labels, rows, strict=True):
            label.setBuddy(field)
            form.addRow(label, field)
        self.servers.align_with(labels)
        unfold = QHBoxLayout()
        unfold.addWidget(self._unfold)
        unfold.addStretch(1)
        self.column.addLayout(form)
        self.column.addWidget(self._found)
        self.column.addLayout(unfold)
        self.column.addWidget(self.servers)
        self.add_end()
        self.setTabOrder(self.address, self.secret)
        self.setTabOrder(self.secret, self._unfold)

    def _show_settings(self, address: str, settings: MailSettings) -> None:
        self.address.setText(address)
        self.address.setEnabled(False)
        self.servers.set_values(MailValues(address=address).with_settings(settings))
        self.show_kept_secret(settings.secret_env)
        self.setFocusProxy(self.secret if settings.secret_env is None else self.servers)

    # Servers

    def values(self) -> MailValues:
        """What the form holds."""
        return self.servers.values(self.address.text().strip())

    def _toggle_servers(self) -> None:
        self.show_servers(shown=self.servers.isHidden())

    def show_servers(self, *, shown: bool) -> None:
        """Unfold the servers, or put them away."""
        self.servers.setVisible(shown)
        self._unfold.set_icon_name("chevron-down" if shown else "chevron-right")

    def _servers_changed(self) -> None:
        self._servers_edited = True
        self.forget_test()

    def _address_done(self) -> None:
        address = self.address.text().strip()
        if address_problem(address) is None and address != self._looked_up and not self._servers_edited:
            self._look_up(None)

    def _look_up(self, then: Callable[[], None] | None) -> None:
        """Find the servers of the address, then go on."""
        address = self.address.text().strip()
        self._looked_up = address
        self._after_look_up = then
        self._say(f"Looking for the servers of {self.values().domain}…")
        future = self.bridge.backend().discover_email(address)
        self.bridge.call(future, partial(self._looked, address), partial(self._not_looked, address))

    def _looked(self, address: str, found: "Discovery") -> None:
        if address != self._looked_up:
            return
        if found.settings is None:
            self._not_looked(address, found.note)
            return
        if not self._servers_edited:
            self.servers.set_values(self.values().with_settings(found.settings))
        words = f"Found {found.settings.imap} and {found.settings.smtp}."
        self._say(f"{words} {found.note}".strip())
        self._go_on()

    def _not_looked(self, address: str, words: str) -> None:
        if address != self._looked_up:
            return
        if not self._servers_edited:
            self.servers.set_values(self.values().without_servers().guessed())
        self._say(words or "The servers are not known. These are the usual names; correct them where needed.")
        self.show_servers(shown=True)
        self._go_on()

    def _go_on(self) -> None:
        then, self._after_look_up = self._after_look_up, None
        if then is not None:
            then()

    def _say(self, words: str) -> None:
        self._found.setText(words)
        self._found.setVisible(bool(words))

    # Testing and connecting

    def begin(self, *, connect: bool) -> None:
        """Find the servers first, unless they are known."""
        address = self.address.text().strip()
        if (wrong := address_problem(address)) is not None:
            self._show_wrong(wrong)
            return
        if not self._servers_edited and address != self._looked_up:
            self.set_busy(busy=True, connect=connect)
            self._look_up(partial(self._test, connect))
        elif self._after_look_up is None and self._found.text().endswith("…"):
            self.set_busy(busy=True, connect=connect)
            self._after_look_up = partial(self._test, connect)
        else:
            self._test(connect)

    def _test(self, connect: bool) -> None:
        values = self.values()
        self.set_busy(busy=False)
        receives_otherwise = self._former is not None and self._former.listen is not None
        wrong = problem(
            values,
            has_password=bool(self.secret.text()) or self.is_change,
            needs_imap=not receives_otherwise,
        )
        if wrong is not None:
            self._show_wrong(wrong)
            return
        settings, former = values.settings(), self._former
        reaches_the_same = False
        if former is not None:
            settings = replace(settings, password_env=former.password_env, listen=former.listen)
            reaches_the_same = replace(settings, aliases=former.aliases) == former
        self.try_out(
            settings,
            values.address,
            owner_email=values.address,
            connect=connect,
            reaches_the_same=reaches_the_same,
        )

    def _show_wrong(self, wrong: Problem) -> None:
        own = {Field.ADDRESS: self.address, Field.PASSWORD: self.secret}
        field = own.get(wrong.field) or self.servers.field(wrong.field)
        if field is not None and self.servers.isAncestorOf(field):
            self.show_servers(shown=True)
        self.show_problem(wrong.words, field)
