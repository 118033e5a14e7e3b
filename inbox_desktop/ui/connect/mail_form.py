"""The form that connects a mailbox: finds its servers, tests the connection, and connects."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from inbox_desktop.models.health import TestStep
from inbox_desktop.ui.bridge import Bridge
from inbox_desktop.ui.connect.owner import save_owner
from inbox_desktop.ui.connect.server_fields import ServerFields
from inbox_desktop.ui.connect.sight import bring_into_sight
from inbox_desktop.ui.connect.steps import StepsList
from inbox_desktop.ui.connect.values import Field, MailValues, Problem, address_problem, problem
from inbox_desktop.ui.kit import Banner, Button, Label, Tone
from inbox_desktop.ui.kit.tokens import GAP, GAP_WIDE

if TYPE_CHECKING:
    from inbox_desktop.models.mail_settings import Discovery


class MailForm(QWidget):
    """Name, address, password; the servers are looked up and can be corrected.

    Signals:
        connected(str): a mailbox was connected; its channel's id.
    """

    connected = Signal(str)

    def __init__(self, bridge: Bridge, parent: QWidget, *, ask_name: bool) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._looked_up = ""
        self._servers_edited = False
        self._busy = False
        self._connects = True
        self._run = 0
        self._after_look_up: Callable[[], None] | None = None
        self.name = self._line("Your name")
        self.name.setPlaceholderText("As customers see it")
        self.address = self._line("E-mail address")
        self.address.setPlaceholderText("support@shop.example")
        self.address.editingFinished.connect(self._address_done)
        self.address.textEdited.connect(self._clear_problem)
        self.password = self._line("Password")
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.servers = ServerFields(self)
        self.servers.changed.connect(self._servers_changed)
        self.servers.submitted.connect(partial(self._begin, True))
        self.servers.hide()
        self._unfold = Button("Server settings", variant="quiet", icon_name="chevron-right", parent=self)
        self._unfold.clicked.connect(self._toggle_servers)
        self._found = Label("", "secondary", "text_2", wrap=True, parent=self)
        self._found.hide()
        self._problem: Banner | None = None
        self.steps = StepsList(self)
        self.steps.hide()
        self.test_button = Button("Test connection", parent=self)
        self.test_button.clicked.connect(partial(self._begin, False))
        self.connect_button = Button("Connect", variant="primary", parent=self)
        self.connect_button.clicked.connect(partial(self._begin, True))
        self._lay_out(ask_name=ask_name)

    def _line(self, name: str) -> QLineEdit:
        field = QLineEdit(self)
        field.setAccessibleName(name)
        field.returnPressed.connect(partial(self._begin, True))
        return field

    def _lay_out(self, *, ask_name: bool) -> None:
        form = QFormLayout()
        form.setHorizontalSpacing(GAP_WIDE)
        form.setVerticalSpacing(GAP)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        rows = [("E-mail address", self.address), ("Password", self.password)]
        if ask_name:
            rows.insert(0, ("Your name", self.name))
            self.name.setText(self._bridge.me.name if self._bridge.me.id else "")
        self.name.setVisible(ask_name)
        labels = [Label(words, "text", "text_2", parent=self) for words, _field in rows]
        for label, (_words, field) in zip(labels, rows, strict=True):
            label.setBuddy(field)
            form.addRow(label, field)
        self.servers.align_with(labels)
        self.setTabOrder(self.password, self._unfold)
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
        self._column.addWidget(self._found)
        self._column.addLayout(unfold)
        self._column.addWidget(self.servers)
        self._column.addWidget(self.steps)
        self._column.addLayout(buttons)

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
        self._clear_problem()

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
        future = self._bridge.backend().discover_email(address)
        self._bridge.call(future, partial(self._looked, address), partial(self._not_looked, address))

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

    def _begin(self, connect: bool) -> None:
        """Test, and connect when the test held and that is wanted."""
        if self._busy:
            return
        self._connects = connect
        address = self.address.text().strip()
        if (wrong := address_problem(address)) is not None:
            self._show_problem(wrong)
            return
        if not self._servers_edited and address != self._looked_up:
            self._set_busy(busy=True)
            self._look_up(partial(self._test, connect))
        elif self._after_look_up is None and self._found.text().endswith("…"):
            self._set_busy(busy=True)
            self._after_look_up = partial(self._test, connect)
        else:
            self._test(connect)

    def _test(self, connect: bool) -> None:
        values, password = self.values(), self.password.text()
        self._set_busy(busy=False)
        if (wrong := problem(values, password)) is not None:
            self._show_problem(wrong)
            return
        self._clear_problem()
        self._set_busy(busy=True)
        self.steps.begin()
        self.steps.show()
        self._run += 1
        step = self._bridge.on_gui(partial(self._step, self._run))
        future = self._bridge.backend().test(values.settings(), values.address, password, step)
        self._bridge.call(
            future,
            partial(self._tested, self._run, connect, values, password),
            partial(self._test_failed, self._run),
        )

    def _step(self, run: int, step: TestStep) -> None:
        if run == self._run:
            self.steps.add(step)

    def _tested(self, run: int, connect: bool, values: MailValues, password: str, held: bool) -> None:
        if run != self._run:
            return
        self.steps.end()
        self._set_busy(busy=False)
        if not held:
            self._show_problem(
                Problem(
                    Field.IMAP,
                    "The mailbox could not be reached as it is set. Nothing was connected; see below.",
                ),
                focus=False,
            )
        elif connect:
            self._set_busy(busy=True)
            self._save_name(partial(self._connect, values, password))

    def _test_failed(self, run: int, words: str) -> None:
        if run == self._run:
            self.steps.fail(words)
            self._set_busy(busy=False)
            bring_into_sight(self.steps, self)

    def _save_name(self, then: Callable[[], None]) -> None:
        """Whoever connects the first mailbox owns the inbox, and gets a name in it."""
        name = "" if self.name.isHidden() else self.name.text()
        save_owner(self._bridge, name, self.address.text().strip(), then, self._connect_failed)

    def _connect(self, values: MailValues, password: str) -> None:
        future = self._bridge.backend().connect(values.settings(), values.address, password)
        self._bridge.call(future, self._connected, self._connect_failed)

    def _connected(self, channel_id: str) -> None:
        self._set_busy(busy=False)
        self.password.clear()
        self.connected.emit(channel_id)

    def _connect_failed(self, words: str) -> None:
        self._set_busy(busy=False)
        self._show_problem(Problem(Field.ADDRESS, words), focus=False)

    def _set_busy(self, *, busy: bool) -> None:
        self._busy = busy
        self.test_button.setEnabled(not busy)
        self.connect_button.setEnabled(not busy)
        self.connect_button.setText("Connecting…" if busy and self._connects else "Connect")
        self.test_button.setText("Testing…" if busy and not self._connects else "Test connection")

    # Problems

    def _show_problem(self, wrong: Problem, *, focus: bool = True) -> None:
        self._clear_problem()
        self._problem = Banner(wrong.words, Tone.BAD, parent=self)
        self._column.insertWidget(self._column.indexOf(self.steps), self._problem)
        field = {Field.ADDRESS: self.address, Field.PASSWORD: self.password, Field.NAME: self.name}.get(
            wrong.field
        ) or self.servers.field(wrong.field)
        bring_into_sight(self._problem, self)
        if focus and field is not None:
            if self.servers.isAncestorOf(field):
                self.show_servers(shown=True)
            field.setFocus()

    @property
    def problem_words(self) -> str:
        """What stands in the way, as it is shown; empty when nothing does."""
        return self._problem.accessibleName() if self._problem is not None else ""

    def _clear_problem(self) -> None:
        if self._problem is not None:
            self._problem.hide()
            self._column.removeWidget(self._problem)
            self._problem.deleteLater()
            self._problem = None
