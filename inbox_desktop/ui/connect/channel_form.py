"""What the forms of all kinds of channels share: testing, and then connecting or changing a channel."""

from functools import partial
from typing import ClassVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from inbox_desktop.models.channel_settings import ChannelSettings
from inbox_desktop.models.health import TestStep
from inbox_desktop.ui.bridge import Bridge
from inbox_desktop.ui.connect.owner import save_owner
from inbox_desktop.ui.connect.sight import bring_into_sight
from inbox_desktop.ui.connect.steps import StepsList
from inbox_desktop.ui.kit import Banner, Button, Tone
from inbox_desktop.ui.kit.tokens import GAP


class ChannelForm(QWidget):
    """Connects a channel, or changes the one that is named by `channel_id`.

    A subclass lays out its fields above `add_end`, and says in `begin` what they mean.

    Signals:
        connected(str): a channel was connected; its id.
        saved: the channel was changed.
    """

    THING: ClassVar[str]
    """What is connected, in a word: mailbox, number."""

    connected = Signal(str)
    saved = Signal()

    def __init__(self, bridge: Bridge, parent: QWidget, *, channel_id: str | None = None) -> None:
        super().__init__(parent)
        self.bridge = bridge
        self._channel_id = channel_id
        self._busy = False
        self._run = 0
        self._problem: Banner | None = None
        self.name = self.line("Your name", "As customers see it")
        self.secret = self.line("Secret", "")
        self.secret.setEchoMode(QLineEdit.EchoMode.Password)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(GAP)

    def line(self, name: str, hint: str) -> QLineEdit:
        """A field for one line; Enter in it connects or saves."""
        field = QLineEdit(self)
        field.setAccessibleName(name)
        field.setPlaceholderText(hint)
        field.textEdited.connect(self.clear_problem)
        field.returnPressed.connect(self.submit)
        return field

    def submit(self) -> None:
        """Enter was pressed in a field."""
        self._begin(True)

    def add_end(self) -> None:
        """Make the end of the form, below all fields: what a test finds, and the buttons."""
        self.steps = StepsList(self)
        self.steps.hide()
        self.test_button = Button("Test connection", parent=self)
        self.test_button.clicked.connect(partial(self._begin, False))
        self.connect_button = Button(self._verb, variant="primary", parent=self)
        self.connect_button.clicked.connect(partial(self._begin, True))
        buttons = QHBoxLayout()
        buttons.setSpacing(GAP)
        buttons.addStretch(1)
        buttons.addWidget(self.test_button)
        buttons.addWidget(self.connect_button)
        self.column.addWidget(self.steps)
        self.column.addLayout(buttons)

    def ask_name(self, *, asked: bool) -> None:
        """Whether whoever connects the first channel is asked for their name."""
        self.name.setVisible(asked)
        if asked:
            self.name.setText(self.bridge.me.name if self.bridge.me.id else "")

    def show_kept_secret(self, environment: str | None) -> None:
        """Say that the channel's secret stays as it is, or which variable it is read from."""
        self.secret.setEnabled(environment is None)
        words = "Stays as it is" if environment is None else f"Read from the variable {environment}"
        self.secret.setPlaceholderText(words)

    # Testing, connecting, saving

    @property
    def is_change(self) -> bool:
        """Whether a channel is changed, instead of another one connected."""
        return self._channel_id is not None

    @property
    def is_busy(self) -> bool:
        """Whether something is under way that the form waits for."""
        return self._busy

    def begin(self, *, connect: bool) -> None:
        """Check what was typed; then `try_out`, or `show_problem` and, after `set_busy`, no longer busy."""
        raise NotImplementedError

    def _begin(self, connect: bool, _checked: bool = False) -> None:
        if not self._busy:
            self.begin(connect=connect)

    def try_out(
        self,
        settings: ChannelSettings,
        address: str,
        *,
        owner_email: str,
        connect: bool,
        reaches_the_same: bool = False,
    ) -> None:
        """Test; when the test held and that is wanted, connect or save.

        `owner_email` is the owner's address while none is known. What `reaches_the_same` as before, with the
        same secret, is saved without a test.
        """
        self.clear_problem()
        self.set_busy(busy=True, connect=connect)
        secret = self.secret.text()
        if connect and self.is_change and reaches_the_same and not secret:
            self._save(settings, None)
            return
        self.steps.begin()
        self.steps.show()
        self._run += 1
        run = self._run
        ended = partial(self._tested, run, settings, address, secret, owner_email, connect=connect)
        step = self.bridge.on_gui(partial(self._step, run))
        future = self.bridge.backend().test(settings, address, secret or None, step)
        self.bridge.call(future, ended, partial(self._not_tested, run))

    def _step(self, run: int, step: TestStep) -> None:
        if run == self._run:
            self.steps.add(step)

    def _tested(
        self,
        run: int,
        settings: ChannelSettings,
        address: str,
        secret: str,
        owner_email: str,
        held: bool,
        *,
        connect: bool,
    ) -> None:
        if run != self._run:
            return
        self.steps.end()
        if held and connect and self.is_change:
            self._save(settings, secret or None)
        elif held and connect:
            name = "" if self.name.isHidden() else self.name.text()
            then = partial(self._connect, settings, address, secret)
            save_owner(self.bridge, name, owner_email, then, self._failed)
        else:
            self.set_busy(busy=False)
            if not held:
                done = "saved" if self.is_change else "connected"
                self.show_problem(
                    f"The {self.THING} could not be reached as it is set. Nothing was {done}; see below."
                )

    def _not_tested(self, run: int, words: str) -> None:
        if run == self._run:
            self.steps.fail(words)
            self.set_busy(busy=False)
            bring_into_sight(self.steps, self)

    def _connect(self, settings: ChannelSettings, address: str, secret: str) -> None:
        future = self.bridge.backend().connect(settings, address, secret)
        self.bridge.call(future, self._connected, self._failed)

    def _connected(self, channel_id: str) -> None:
        self.set_busy(busy=False)
        self.secret.clear()
        self.connected.emit(channel_id)

    def _save(self, settings: ChannelSettings, secret: str | None) -> None:
        assert self._channel_id is not None
        future = self.bridge.backend().change_channel(self._channel_id, settings, secret)
        self.bridge.call(future, self._changed, self._failed)

    def _changed(self, _nothing: None) -> None:
        self.set_busy(busy=False)
        self.secret.clear()
        self.saved.emit()

    def _failed(self, words: str) -> None:
        self.set_busy(busy=False)
        self.show_problem(words)

    def set_busy(self, *, busy: bool, connect: bool = False) -> None:
        """Whether something is under way, and whether a channel is connected or saved at its end."""
        self._busy = busy
        self.test_button.setEnabled(not busy)
        self.connect_button.setEnabled(not busy)
        under_way = "Saving…" if self.is_change else "Connecting…"
        self.connect_button.setText(under_way if busy and connect else self._verb)
        self.test_button.setText("Testing…" if busy and not connect else "Test connection")

    @property
    def _verb(self) -> str:
        return "Save" if self.is_change else "Connect"

    # Problems

    @property
    def problem_words(self) -> str:
        """What stands in the way, as it is shown; empty when nothing does."""
        return self._problem.accessibleName() if self._problem is not None else ""

    def show_problem(self, words: str, field: QWidget | None = None) -> None:
        """Say what stands in the way, and lead to the field where it is corrected."""
        self.clear_problem()
        self._problem = Banner(words, Tone.BAD, parent=self)
        self.column.insertWidget(self.column.indexOf(self.steps), self._problem)
        bring_into_sight(self._problem, self)
        if field is not None:
            field.setFocus()

    def clear_problem(self) -> None:
        """Nothing stands in the way any more, as far as is known."""
        if self._problem is not None:
            self._problem.hide()
            self.column.removeWidget(self._problem)
            self._problem.deleteLater()
            self._problem = None
