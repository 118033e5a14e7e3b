"""What the forms of all kinds of channels share: testing, and then connecting or changing a channel."""

from functools import partial
from typing import ClassVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from inbox_desktop.models.channel_settings import ChannelSettings
from inbox_desktop.ui.bridge import Bridge
from inbox_desktop.ui.connect.owner import save_owner
from inbox_desktop.ui.connect.tested_form import TestedForm


class ChannelForm(TestedForm):
    """Connects a channel, or changes the one that is named by `channel_id`.

    Signals:
        connected(str): a channel was connected; its id.
        saved: the channel was changed.
    """

    THING: ClassVar[str]
    """What is connected, in a word: mailbox, number."""

    connected = Signal(str)
    saved = Signal()

    def __init__(self, bridge: Bridge, parent: QWidget, *, channel_id: str | None = None) -> None:
        words = ("Connect", "Connecting…") if channel_id is None else ("Save", "Saving…")
        super().__init__(bridge, parent, *words)
        self._channel_id = channel_id
        self.name = self.line("Your name", "As customers see it")
        self.secret = self.line("Secret", "")
        self.secret.setEchoMode(QLineEdit.EchoMode.Password)

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

    @property
    def is_change(self) -> bool:
        """Whether a channel is changed, instead of another one connected."""
        return self._channel_id is not None

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
        done = "saved" if self.is_change else "connected"
        self.run_test(
            partial(self.bridge.backend().test, settings, address, secret or None),
            partial(self._continue, settings, address, secret, owner_email) if connect else None,
            f"The {self.THING} could not be reached as it is set. Nothing was {done}; see below.",
        )

    def _continue(self, settings: ChannelSettings, address: str, secret: str, owner_email: str) -> None:
        if self.is_change:
            self._save(settings, secret or None)
            return
        name = "" if self.name.isHidden() else self.name.text()
        then = partial(self._connect, settings, address, secret)
        save_owner(self.bridge, name, owner_email, then, self.give_up)

    def _connect(self, settings: ChannelSettings, address: str, secret: str) -> None:
        future = self.bridge.backend().connect(settings, address, secret)
        self.bridge.call(future, self._connected, self.give_up)

    def _connected(self, channel_id: str) -> None:
        self.set_busy(busy=False)
        self.secret.clear()
        self.connected.emit(channel_id)

    def _save(self, settings: ChannelSettings, secret: str | None) -> None:
        assert self._channel_id is not None
        future = self.bridge.backend().change_channel(self._channel_id, settings, secret)
        self.bridge.call(future, self._changed, self.give_up)

    def _changed(self, _nothing: None) -> None:
        self.set_busy(busy=False)
        self.secret.clear()
        self.saved.emit()
