"""A test of the way to the relay: its button is off and its steps fill while it runs."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject

from inbox_desktop.models.health import TestStep
from inbox_desktop.ui.bridge import Bridge
from inbox_desktop.ui.connect.steps import StepsList
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
        self._steps = steps
        self._on_step = on_step
        self._run = 0

    def begin(self, url: str) -> None:
        """Try the way to the relay, step by step. What an earlier test still finds is not shown."""
        self._run += 1
        run = self._run
        self._steps.begin()
        self._steps.show()
        self._button.setEnabled(False)
        step = self._bridge.on_gui(partial(self._step, run))
        future = self._bridge.chats().test_relay(url, None, step)
        self._bridge.call(future, partial(self._tested, run), partial(self._not_tested, run))

    def _step(self, run: int, step: TestStep) -> None:
        if run == self._run:
            self._steps.add(step)
            if self._on_step is not None:
                self._on_step()

    def _tested(self, run: int, _held: bool) -> None:
        if run == self._run:
            self._steps.end()
            self._button.setEnabled(True)

    def _not_tested(self, run: int, words: str) -> None:
        if run == self._run:
            self._steps.fail(words)
            self._button.setEnabled(True)
