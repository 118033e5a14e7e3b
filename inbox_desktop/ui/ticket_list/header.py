"""What stands above the list: its title, filter and order, or what to do with several tickets."""

from dataclasses import replace
from functools import partial
from typing import Final

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QStackedWidget, QWidget

from inbox_desktop.models.queries.filters import Sort, View
from inbox_desktop.ui.commands import BY_ID
from inbox_desktop.ui.kit import ElidedLabel, IconButton, Label, MenuButton, theme
from inbox_desktop.ui.shortcuts import shown_keys
from inbox_desktop.ui.ticket_list.question import Question
from inbox_desktop.ui.ticket_list.words import SORT_WORDS, STATUS_WORDS

HEIGHT: Final = 48
_BULK: Final = ("close", "snooze", "assign", "read", "unread")


class ListHeader(QStackedWidget):
    """The header.

    Signals:
        asked(Question): another filter or order was chosen.
        command(str, object): a command for the selection, and the button it came from.
        views_wanted: the button that stands for the folded views pane was pressed.
        selection_cleared: several tickets shall be one again.
    """

    asked = Signal(object)
    command = Signal(str, object)
    views_wanted = Signal()
    selection_cleared = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._question: Question | None = None
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.addWidget(self._build_title())
        self.addWidget(self._build_bulk())
        theme().changed.connect(self._restyle)
        self._restyle()

    def _restyle(self) -> None:
        self.setFixedHeight(theme().px(HEIGHT))

    def _build_title(self) -> QWidget:
        page = QWidget(self)
        self.views_button = IconButton("list", "Views", parent=page)
        self.views_button.clicked.connect(lambda _checked=False: self.views_wanted.emit())
        self.views_button.hide()
        self._title = ElidedLabel("", "title", weight=600, parent=page)
        self._status = MenuButton("Open", parent=page)
        self._status.menu().aboutToShow.connect(self._fill_status)
        self._sort = MenuButton("", icon_name="sort", parent=page)
        self._sort.menu().aboutToShow.connect(self._fill_sort)
        row = QHBoxLayout(page)
        row.setContentsMargins(16, 0, 16, 0)
        row.setSpacing(8)
        row.addWidget(self.views_button)
        row.addWidget(self._title, 1)
        row.addWidget(self._status)
        row.addWidget(self._sort)
        return page

    def _build_bulk(self) -> QWidget:
        page = QWidget(self)
        self._count = Label("", "text", weight=600, parent=page)
        row = QHBoxLayout(page)
        row.setContentsMargins(16, 0, 12, 0)
        row.setSpacing(2)
        row.addWidget(self._count, 1)
        for command_id in _BULK:
            command = BY_ID[command_id]
            hint = shown_keys(command.keys[0]) if command.keys else ""
            button = IconButton(command.icon, command.title, hint=hint, parent=page)
            button.clicked.connect(partial(self._bulk_pressed, command_id, button))
            row.addWidget(button)
        clear = IconButton("x", "Clear selection", parent=page)
        clear.clicked.connect(lambda _checked=False: self.selection_cleared.emit())
        row.addWidget(clear)
        return page

    def _bulk_pressed(self, command_id: str, button: QWidget, _checked: bool = False) -> None:
        self.command.emit(command_id, button)

    def set_question(self, question: Question) -> None:
        """Show what the list is asked for."""
        self._question = question
        self._title.set_text(question.title)
        words = "Unread" if question.unread_only else STATUS_WORDS[question.shown_status]
        self._status.set_value(words)
        self._status.setToolTip("Filter by status")
        self._status.setAccessibleName(f"Filter: {words}")
        self._status.setVisible(not question.words and question.place.view is not View.SNOOZED)
        self._sort.setVisible(not question.words)
        self._sort.set_ink("" if question.sort is Sort.NEWEST else "accent_text")
        self._sort.setToolTip(f"Order: {SORT_WORDS[question.sort].lower()}")
        self._sort.setAccessibleName(f"Order: {SORT_WORDS[question.sort]}")

    def set_selected(self, count: int) -> None:
        """Show what can be done with several tickets; with one or none the title."""
        self._count.setText(f"{count} selected")
        self.setCurrentIndex(1 if count > 1 else 0)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._restyle()

    def _fill_status(self) -> None:
        question = self._question
        if question is None:
            return
        menu = self._status.menu()
        group = _fresh(menu)
        default = question.widened().shown_status
        for status, words in STATUS_WORDS.items():
            chosen = question.widened() if status is default else replace(question, status=status)
            chosen = replace(chosen, unread_only=question.unread_only)
            _choice(menu, group, words, checked=status is question.shown_status).triggered.connect(
                partial(self._chosen, chosen)
            )
        menu.addSeparator()
        unread = menu.addAction("Unread only")
        unread.setCheckable(True)
        unread.setChecked(question.unread_only)
        unread.triggered.connect(
            partial(self._chosen, replace(question, unread_only=not question.unread_only))
        )

    def _fill_sort(self) -> None:
        question = self._question
        if question is None:
            return
        menu = self._sort.menu()
        group = _fresh(menu)
        for sort, words in SORT_WORDS.items():
            _choice(menu, group, words, checked=sort is question.sort).triggered.connect(
                partial(self._chosen, replace(question, sort=sort))
            )

    def _chosen(self, question: Question, _checked: bool = False) -> None:
        self.asked.emit(question)


def _fresh(menu: QMenu) -> QActionGroup:
    """Empty the menu; returns the group of its choices."""
    menu.clear()
    for old in menu.findChildren(QActionGroup):
        old.deleteLater()
    return QActionGroup(menu)


def _choice(menu: QMenu, group: QActionGroup, words: str, *, checked: bool) -> QAction:
    action = menu.addAction(words)
    action.setCheckable(True)
    action.setChecked(checked)
    group.addAction(action)
    return action
