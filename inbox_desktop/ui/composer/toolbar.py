"""The row below the editor: attach, format, what became of the draft, send."""

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtGui import QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from inbox_desktop.ui.composer.editor import Editor
from inbox_desktop.ui.composer.send_button import SendButton
from inbox_desktop.ui.kit import ElidedLabel, IconButton, theme
from inbox_desktop.ui.kit.tokens import GAP

_NARROW: Final = 360
"""Below this width, in pixels at 100 %, the shortcut on the button is left out."""
_FEW: Final = 8


class _State(ElidedLabel):
    """What became of the draft; nothing, where only its first letters would fit."""

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self.is_cut() or len(self.shown_text()) > _FEW:
            super().paintEvent(event)


class Toolbar(QWidget):
    """Acts on whichever editor it is given.

    Signals:
        attach: somebody wants to choose files.
        link: somebody wants to set a link.
        send(bool): send; True closes the ticket, too.
    """

    attach = Signal()
    link = Signal()
    send = Signal(bool)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._editor: Editor | None = None
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 6, 10, 10)
        row.setSpacing(0)
        tools = (
            ("paperclip", "Attach files", "", self.attach.emit),
            ("bold", "Bold", "Ctrl+B", self._bold),
            ("italic", "Italic", "Ctrl+I", self._italic),
            ("link", "Link", "Ctrl+K", self.link.emit),
            ("list", "List", "", self._list),
        )
        self._tools: list[IconButton] = []
        for mark, name, hint, act in tools:
            button = IconButton(mark, name, hint=hint, parent=self)
            button.clicked.connect(lambda _checked=False, act=act: act())
            row.addWidget(button)
            self._tools.append(button)
        self._length = ElidedLabel("", "secondary", "text_2", tabular=True, parent=self)
        self._length.hide()
        row.addSpacing(GAP)
        row.addWidget(self._length)
        self._state = _State("", "secondary", "text_2", align_right=True, parent=self)
        row.addWidget(self._state, 1)
        row.addSpacing(12)
        self.button = SendButton(self)
        self.button.send.connect(self.send)
        row.addWidget(self.button)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave out what can be missed where there is little room."""
        super().resizeEvent(event)
        self.button.show_hint(shown=self.width() >= theme().px(_NARROW))

    def set_editor(self, editor: Editor) -> None:
        """Format this editor's text from now on."""
        self._editor = editor

    def set_plain(self, *, plain: bool) -> None:
        """Whether there is only plain text, whose length is told, and nothing to format."""
        for tool in self._tools[1:]:
            tool.setVisible(not plain)
        self._length.setVisible(plain)

    def set_length(self, words: str, ink: str) -> None:
        """Say how long a plain text is."""
        self._length.set_text(words)
        self._length.set_ink(ink)

    @property
    def length(self) -> str:
        """What is said about the length; empty where it does not matter."""
        return "" if self._length.isHidden() else self._length.text()

    def set_state(self, words: str, ink: str = "text_2") -> None:
        """Say what became of the draft."""
        self._state.set_text(words)
        self._state.set_ink(ink)

    def set_kept(self, words: str, *, failing: bool) -> None:
        """Say `words` of the draft, unless it is `failing` to be stored."""
        if failing:
            self.set_state("Draft not saved", "red_text")
        else:
            self.set_state(words)

    @property
    def state(self) -> str:
        """What is said about the draft."""
        return self._state.text()

    def set_tools_enabled(self, *, enabled: bool) -> None:
        """Whether there is an editor to act on."""
        for tool in self._tools:
            tool.setEnabled(enabled)

    def _bold(self) -> None:
        if self._editor is not None:
            self._editor.toggle_bold()
            self._editor.setFocus()

    def _italic(self) -> None:
        if self._editor is not None:
            self._editor.toggle_italic()
            self._editor.setFocus()

    def _list(self) -> None:
        if self._editor is not None:
            self._editor.toggle_list(ordered=False)
            self._editor.setFocus()
