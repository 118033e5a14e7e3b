"""A question before something that cannot be taken back, or may do harm."""

from collections.abc import Callable
from typing import Final

from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from inbox_desktop.ui.kit.buttons import Button, Variant
from inbox_desktop.ui.kit.labels import Label
from inbox_desktop.ui.kit.theme import theme
from inbox_desktop.ui.kit.tokens import EDGE_WIDE, GAP, GAP_WIDE

_WIDTH: Final = 380


class Question(QDialog):
    """Asks `title`, says in `words` what would follow, and does it with the button `verb`.

    Return and Escape leave everything as it is. Show it with `open()`; it goes by itself.
    """

    def __init__(
        self,
        title: str,
        words: str,
        verb: str,
        act: Callable[[], None],
        parent: QWidget,
        *,
        variant: Variant = "secondary",
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(verb)
        self.setFixedWidth(theme().px(_WIDTH))
        self.words = words
        self.verb = Button(verb, variant=variant, parent=self)
        self.verb.clicked.connect(lambda _checked=False: self.accept())
        cancel = Button("Cancel", parent=self)
        cancel.clicked.connect(lambda _checked=False: self.reject())
        cancel.setDefault(True)
        foot = QHBoxLayout()
        foot.setSpacing(GAP)
        foot.addStretch(1)
        foot.addWidget(self.verb)
        foot.addWidget(cancel)
        column = QVBoxLayout(self)
        column.setContentsMargins(EDGE_WIDE, EDGE_WIDE, EDGE_WIDE, EDGE_WIDE)
        column.setSpacing(GAP)
        column.addWidget(Label(title, "title", weight=600, wrap=True, parent=self))
        column.addWidget(Label(words, "text", "text_2", wrap=True, parent=self))
        column.addSpacing(GAP_WIDE)
        column.addLayout(foot)
        self.accepted.connect(act)
        self.finished.connect(self.deleteLater)
        cancel.setFocus()
