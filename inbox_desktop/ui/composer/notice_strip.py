"""The strip above the editor: why a reply cannot be sent, was refused, or should wait for a look."""

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget

from inbox_desktop.ui.kit import Banner, Tone

Link = tuple[str, Callable[[], None]]


class NoticeStrip(QWidget):
    """Shows one sentence with links at a time, or is not there. `inset` pixels stay free at both sides."""

    def __init__(self, parent: QWidget, *, inset: int = 10) -> None:
        super().__init__(parent)
        self._banner: Banner | None = None
        self._said: tuple[str, tuple[str, ...]] = ("", ())
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(inset, 2, inset, 6)
        self.hide()

    @property
    def text(self) -> str:
        """What is said; empty when the strip is not there."""
        return self._said[0]

    def say(
        self, text: str, tone: Tone = Tone.WARN, links: Sequence[Link] = (), *, tall: bool = False
    ) -> None:
        """Say something else. The links of what is `tall` stand below the words."""
        said = (text, tuple(words for words, _ in links))
        if said == self._said:
            return
        self.clear()
        self._said = said
        self._banner = Banner(text, tone, tall=tall and bool(links), parent=self)
        for words, on_click in links:
            self._banner.add_link(words, on_click)
        self._column.addWidget(self._banner)
        self.show()

    def clear(self) -> None:
        """Take it away."""
        self._said = ("", ())
        if self._banner is not None:
            self._banner.hide()
            self._column.removeWidget(self._banner)
            self._banner.deleteLater()
            self._banner = None
        self.hide()
