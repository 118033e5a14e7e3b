"""The steps of "Test connection" as they happen: what held, what failed, and what to do."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from inbox_desktop.models.health import TestStep
from inbox_desktop.ui.kit import Label, one_line, paint_icon, theme
from inbox_desktop.ui.kit.painting import KitWidget
from inbox_desktop.ui.kit.tokens import GAP, ICON


class _Mark(KitWidget):
    """A check, a warning, or a clock while the step goes on."""

    def __init__(self, icon_name: str, ink: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._icon_name, self._ink = icon_name, ink
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """An icon as high as a line."""
        return QSize(theme().px(ICON), theme().px(18))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the icon."""
        painter = QPainter(self)
        paint_icon(painter, QRectF(self.rect()), self._icon_name, self._ink)
        painter.end()


class StepRow(QWidget):
    """One step: its mark, its name, and what was found."""

    def __init__(self, icon_name: str, ink: str, name: str, detail: str, parent: QWidget) -> None:
        super().__init__(parent)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(Label(one_line(name), "text", "text_1", weight=500, wrap=True, parent=self))
        if detail:
            found = Label(
                detail.strip(), "secondary", "red_text" if ink == "red_text" else "text_2", wrap=True
            )
            found.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            words.addWidget(found)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 2, 0, 2)
        row.setSpacing(GAP)
        row.addWidget(_Mark(icon_name, ink, self), 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)


class StepsList(QWidget):
    """Fills while a test runs."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._steps: list[TestStep] = []
        self._running: StepRow | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)
        self.setAccessibleName("Steps of the test")

    @property
    def steps(self) -> tuple[TestStep, ...]:
        """What has been found so far."""
        return tuple(self._steps)

    @property
    def failed(self) -> tuple[TestStep, ...]:
        """The steps that did not hold."""
        return tuple(step for step in self._steps if not step.ok)

    def begin(self) -> None:
        """A test starts."""
        self.clear()
        self._running = StepRow("clock", "text_2", "Testing the connection…", "", self)
        self._column.addWidget(self._running)

    def clear(self) -> None:
        """Take everything away."""
        self._steps = []
        self._running = None
        while (item := self._column.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()

    def add(self, step: TestStep) -> None:
        """Another step has ended."""
        self._steps.append(step)
        icon_name, ink = ("check", "good_text") if step.ok else ("warning", "red_text")
        row = StepRow(icon_name, ink, step.name, step.detail, self)
        row.setAccessibleName(f"{step.name}: {'all right' if step.ok else 'failed'}. {step.detail}")
        at = self._column.count() - (1 if self._running is not None else 0)
        self._column.insertWidget(at, row)

    def end(self) -> None:
        """The test is over."""
        if self._running is not None:
            self._column.removeWidget(self._running)
            self._running.hide()
            self._running.deleteLater()
            self._running = None

    def fail(self, words: str) -> None:
        """The test itself could not be made."""
        self.end()
        self.add(TestStep("The test could not be made", ok=False, detail=words))
