"""What all forms share that connect something: fields, a test, and going on when the test held."""

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QApplication, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from inbox_desktop.ui.bridge import Bridge
from inbox_desktop.ui.connect.sight import bring_into_sight
from inbox_desktop.ui.connect.steps import StepsList
from inbox_desktop.ui.connect.trial import Trial, Trying
from inbox_desktop.ui.kit import Banner, Button, Tone
from inbox_desktop.ui.kit.tokens import GAP


class TestedForm(QWidget):
    """Tests what was typed and, when that is wanted, does something with it.

    A subclass lays out its fields above `add_end`, and says in `begin` what they mean. `verb` stands on the
    button that goes on after the test, `under_way` while that happens.
    """

    def __init__(
        self, bridge: Bridge, parent: QWidget, verb: str = "Connect", under_way: str = "Connecting…"
    ) -> None:
        super().__init__(parent)
        self.bridge = bridge
        self._verb = verb
        self._under_way = under_way
        self._busy = False
        self._problem: Banner | None = None
        self._pressed: Button | None = None
        self._focus_went: QWidget | None = None
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(GAP)

    def line(self, name: str, hint: str) -> QLineEdit:
        """A field for one line; Enter in it tests and goes on."""
        field = QLineEdit(self)
        field.setAccessibleName(name)
        field.setPlaceholderText(hint)
        field.textEdited.connect(self.forget_test)
        field.returnPressed.connect(self.submit)
        return field

    def submit(self) -> None:
        """Enter was pressed in a field."""
        self._begin(True)

    def add_end(self) -> None:
        """Make the end of the form, below all fields: what a test finds, and the buttons."""
        self.steps = StepsList(self)
        self.steps.hide()
        self._trial = Trial(self.bridge, self.steps, self)
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

    # Testing and going on

    @property
    def is_busy(self) -> bool:
        """Whether something is under way that the form waits for."""
        return self._busy

    def begin(self, *, connect: bool) -> None:
        """Check what was typed; then `set_busy` and `run_test`, or `show_problem`."""
        raise NotImplementedError

    def forget_test(self) -> None:
        """Something was edited: what was found before was about what stood there before."""
        self.clear_problem()
        if not self._busy:
            self.steps.clear()
            self.steps.hide()

    def _begin(self, connect: bool, _checked: bool = False) -> None:
        if not self._busy:
            self.begin(connect=connect)

    def run_test(self, trying: Trying, go_on: Callable[[], None] | None, unreached: str) -> None:
        """Run a test. When it held, `go_on` is called while the form is still busy, or it was all (None).

        `unreached` is shown when it did not hold.
        """
        self._trial.begin(trying, partial(self._tested, go_on, unreached))

    def _tested(self, go_on: Callable[[], None] | None, unreached: str, held: bool | None) -> None:
        if held and go_on is not None:
            go_on()
            return
        self.set_busy(busy=False)
        if held is None:
            bring_into_sight(self.steps, self)
        elif held:
            bring_into_sight(self.connect_button, self)
        else:
            self.show_problem(unreached)

    def give_up(self, words: str) -> None:
        """What was under way failed: say so, and be ready for another try."""
        self.set_busy(busy=False)
        self.show_problem(words)

    def set_busy(self, *, busy: bool, connect: bool = False) -> None:
        """Whether something is under way, and whether it goes on after the test."""
        self._busy = busy
        pressed = next((one for one in (self.test_button, self.connect_button) if one.hasFocus()), None)
        self.test_button.setEnabled(not busy)
        self.connect_button.setEnabled(not busy)
        self._keep_focus(pressed)
        self.connect_button.setText(self._under_way if busy and connect else self._verb)
        self.test_button.setText("Testing…" if busy and not connect else "Test connection")

    def _keep_focus(self, pressed: Button | None) -> None:
        """Give the keyboard back to the button that was pressed: Qt took it when that was switched off."""
        if self._busy and pressed is not None:
            self._pressed, self._focus_went = pressed, QApplication.focusWidget()
        elif not self._busy and self._pressed is not None:
            if QApplication.focusWidget() is self._focus_went:
                self._pressed.setFocus()
            self._pressed = self._focus_went = None

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
