"""A test of the way to the relay: its button is off and its steps fill while it runs."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject

from inbox_desktop.ui.bridge import Bridge
from inbox_desktop.ui.connect.steps import StepsList
from inbox_desktop.ui.connect.trial import Trial
from inbox_desktop.ui.kit import Button


class RelayTest(QObject):
    """Tries the relay that this inbox is connected to. `on_step` is called as each step stands there."""

    def __init__(
        self,
        bridge: Bridge,
        button: Button,
        steps: StepsList,
        parent: QObject,
        on_step: Callable[[], None] | None = None,
    ) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._button = button
        self._trial = Trial(bridge, steps, self, on_step)

    def begin(self, url: str) -> None:
        """Try the way to the relay, step by step. What an earlier test still finds is not shown."""
        self._button.setEnabled(False)
        self._trial.begin(partial(self._bridge.chats().test_relay, url, None), self._ended)

    def _ended(self, _held: bool | None) -> None:
        self._button.setEnabled(True)
