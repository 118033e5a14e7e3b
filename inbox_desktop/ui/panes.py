"""The four panes side by side: their widths, and what folds away when the window is narrow."""

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QWidget

from inbox_desktop.ui.kit import theme
from inbox_desktop.ui.popover import Popover
from inbox_desktop.ui.rail import WIDTH as RAIL

WIDTHS: Final = (196, 326, 574, 284)
"""Views, list, thread and overview at 1440 px."""
LEAST: Final = (184, 240, 360, 220)
"""Narrower, a pane cuts what must be read: the names of the views beside a count of four digits."""
WITH_OVERVIEW: Final = 1100 - RAIL
WITH_VIEWS: Final = 900 - RAIL
_VIEWS, _LIST, _THREAD, _OVERVIEW = range(4)


class Panes(QSplitter):
    """Views, list, thread and overview. Only the thread grows with the window.

    Signals:
        views_folded(bool): the views have gone into a menu (True), or come back.
    """

    views_folded = Signal(bool)

    def __init__(self, views: QWidget, tickets: QWidget, thread: QWidget, overview: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._panes = (views, tickets, thread, overview)
        self._views, self._overview = views, overview
        self._known = list(WIDTHS)
        self._overview_wanted = True
        self._overview_forced = False
        self._popover: Popover | None = None
        self.setHandleWidth(1)
        self.setChildrenCollapsible(False)
        for place, pane in enumerate(self._panes):
            self.addWidget(pane)
            pane.setMinimumWidth(LEAST[place])
            self.setStretchFactor(place, 1 if place == _THREAD else 0)
        self.splitterMoved.connect(self._remember)

    @property
    def widths(self) -> list[int]:
        """The widths of the four panes as a person chose them; that of the thread is what was left."""
        return list(self._known)

    def set_widths(self, widths: list[int]) -> None:
        """Take over remembered widths."""
        if len(widths) == len(WIDTHS):
            self._known = [max(width, least) for width, least in zip(widths, LEAST, strict=True)]
            self._arrange()

    def _remember(self) -> None:
        """A person has moved a border."""
        sizes = self.sizes()
        for place, pane in enumerate(self._panes):
            here = self.indexOf(pane)
            if here >= 0 and pane.isVisible():
                self._known[place] = sizes[here]

    def _arrange(self) -> None:
        """Give every pane its own width and the thread the rest. Qt squeezes them when that is too little."""
        sizes = [0] * self.count()
        shown = [(place, pane) for place, pane in enumerate(self._panes) if self.indexOf(pane) >= 0]
        for place, pane in shown:
            sizes[self.indexOf(pane)] = 0 if pane.isHidden() else self._known[place]
        thread = self.indexOf(self._panes[_THREAD])
        sizes[thread] = max(LEAST[_THREAD], self.width() - sum(sizes) + sizes[thread])
        self.setSizes(sizes)

    @property
    def overview_wanted(self) -> bool:
        """Whether the overview is shown where there is room for it."""
        return self._overview_wanted

    def want_overview(self, *, wanted: bool) -> None:
        """Show or hide the overview where there is room."""
        self._overview_wanted = wanted
        self.fold()

    def toggle_overview(self) -> None:
        """Show or hide the overview, in a narrow window in place of the views."""
        if self.width() < theme().px(WITH_OVERVIEW):
            self._overview_forced = not self._overview_forced
        else:
            self._overview_wanted = not self._overview_wanted
        self.fold()

    def show_overview(self) -> None:
        """Show the overview if it is hidden."""
        if self._panes[_OVERVIEW].isHidden():
            self.toggle_overview()

    @property
    def are_views_folded(self) -> bool:
        """Whether the views have gone into a menu."""
        return self._popover is not None

    def open_views(self, anchor: QWidget) -> None:
        """Show the folded views at the button that stands for them."""
        if self._popover is not None:
            self._views.show()
            self._popover.resize(theme().px(WIDTHS[_VIEWS]) + 24, theme().px(420))
            self._popover.open_at(anchor)

    def close_views(self) -> None:
        """Let the folded views go away again."""
        if self._popover is not None:
            self._popover.hide()

    def fold(self) -> None:
        """Show what there is room for."""
        narrow = self.width() < theme().px(WITH_OVERVIEW)
        if not narrow:
            self._overview_forced = False
        self._overview.setVisible(self._overview_forced if narrow else self._overview_wanted)
        self._fold_views(fold=self._overview_forced or self.width() < theme().px(WITH_VIEWS))
        self._arrange()

    def _fold_views(self, *, fold: bool) -> None:
        if fold is self.are_views_folded:
            return
        if fold:
            self._popover = Popover("Views", self)
            self._popover.body.setContentsMargins(2, 2, 2, 2)
            self._popover.setMinimumSize(theme().px(WIDTHS[_VIEWS]) + 24, theme().px(420))
            self._popover.body.addWidget(self._views)
        elif self._popover is not None:
            self.insertWidget(_VIEWS, self._views)
            self._views.show()
            self.setStretchFactor(_VIEWS, 0)
            self._popover.hide()
            self._popover.deleteLater()
            self._popover = None
        self.views_folded.emit(fold)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fold()
