"""A test of a connection, whose steps fill a list while it runs."""

from collections.abc import Callable
from concurrent.futures import Future
from functools import partial

from PySide6.QtCore import QObject

from inbox_desktop.models.health import TestStep
from inbox_desktop.ui.bridge import Bridge
from inbox_desktop.ui.connect.steps import StepsList

Trying = Callable[[Callable[[TestStep], None]], Future[bool]]
"""Begins a test, which calls what it is given, in whatever thread, as each step ends. Whether all held."""


class Trial(QObject):
    """Runs tests one after the other. `on_step` is called as each step stands in the list."""

    def __init__(
        self, bridge: Bridge, steps: StepsList, parent: QObject, on_step: Callable[[], None] | None = None
    ) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._steps = steps
        self._on_step = on_step
        self._run = 0

    def begin(self, trying: Trying, ended: Callable[[bool | None], None]) -> None:
        """Begin a test; what an earlier one still finds is not shown, nor is its end told.

        `ended` is told whether it held; None when it could not be run to its end, which the list says.
        """
        self._run += 1
        self._steps.begin()
        self._steps.show()
        future = trying(self._bridge.on_gui(partial(self._step, self._run)))
        tested = partial(self._tested, self._run, ended)
        self._bridge.call(future, tested, partial(self._not_tested, self._run, ended))

    def _step(self, run: int, step: TestStep) -> None:
        if run == self._run:
            self._steps.add(step)
            if self._on_step is not None:
                self._on_step()

    def _tested(self, run: int, ended: Callable[[bool | None], None], held: bool) -> None:
        if run == self._run:
            self._steps.end()
            ended(held)

    def _not_tested(self, run: int, ended: Callable[[bool | None], None], words: str) -> None:
        if run == self._run:
            self._steps.fail(words)
            ended(None)
