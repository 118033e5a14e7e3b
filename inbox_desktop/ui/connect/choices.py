"""Rows of the settings: a name with a sentence of explanation, and the control beside it."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from inbox_desktop.ui.kit import Label
from inbox_desktop.ui.kit.tokens import GAP_WIDE


class ChoiceRow(QWidget):
    """A setting. The control's accessible name is the setting's, unless it has one."""

    def __init__(self, name: str, explanation: str, control: QWidget, parent: QWidget) -> None:
        super().__init__(parent)
        title = Label(name, "text", "text_1", weight=500, wrap=True, parent=self)
        title.setBuddy(control)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(title)
        self._explanation = Label(explanation, "secondary", "text_2", wrap=True, parent=self)
        self._explanation.setVisible(bool(explanation))
        words.addWidget(self._explanation)
        if not control.accessibleName():
            control.setAccessibleName(name)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 6, 0, 6)
        row.setSpacing(GAP_WIDE * 2)
        row.addLayout(words, 1)
        row.addWidget(control, 0, Qt.AlignmentFlag.AlignVCenter)

    def explain(self, explanation: str) -> None:
        """Say something else about the setting: what follows from the present choice."""
        self._explanation.setText(explanation)
        self._explanation.setVisible(bool(explanation))
