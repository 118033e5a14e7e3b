"""Frequent questions with their answers, which visitors are offered before they write."""

from dataclasses import replace
from functools import partial
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from inbox_desktop.models.chat_settings import LONGEST_QUESTION, MOST_FAQ, ChatSite, Faq
from inbox_desktop.ui.connect.chat.section import Section
from inbox_desktop.ui.kit import Button, EmptyState, IconButton, theme
from inbox_desktop.ui.kit.painting import KitWidget, hairline
from inbox_desktop.ui.kit.tokens import GAP, GAP_TIGHT

_ANSWER: Final = 56


class _Question(KitWidget):
    """One question with its answer, and the ways to move it."""

    changed = Signal()

    def __init__(self, faq: Faq, parent: QWidget) -> None:
        super().__init__(parent)
        self.question = QLineEdit(faq.question, self)
        self.question.setPlaceholderText("Question, as visitors would ask it")
        self.question.setAccessibleName("Question")
        self.question.setMaxLength(LONGEST_QUESTION)
        self.answer = QPlainTextEdit(faq.answer, self)
        self.answer.setPlaceholderText("Answer")
        self.answer.setAccessibleName("Answer")
        self.answer.setTabChangesFocus(True)
        self.answer.setFixedHeight(theme().px(_ANSWER))
        self.up = IconButton("chevron-up", "Move up", parent=self)
        self.down = IconButton("chevron-down", "Move down", parent=self)
        self.remove = IconButton("trash", "Remove this question", parent=self)
        self.question.textEdited.connect(lambda _text: self.changed.emit())
        self.answer.textChanged.connect(self.changed)
        first = QHBoxLayout()
        first.setSpacing(GAP_TIGHT)
        first.addWidget(self.question, 1)
        for button in (self.up, self.down, self.remove):
            button.set_tight(tight=True)
            first.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, GAP + 2)
        column.setSpacing(GAP_TIGHT)
        column.addLayout(first)
        column.addWidget(self.answer)

    def faq(self) -> Faq:
        """What stands there."""
        return Faq(" ".join(self.question.text().split()), self.answer.toPlainText().strip())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the hairline below."""
        painter = QPainter(self)
        hairline(painter, 0, self.width(), self.height() - 1, theme().colour("line"))
        painter.end()


class QuestionsSection(Section):
    """The list of questions, in the order in which visitors see them."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._questions: list[_Question] = []
        self.say(
            "Visitors see the questions first and read an answer at once; it stays in the conversation. "
            "They are shown in the language in which you write them."
        )
        self._none = EmptyState(
            "chat", "No questions yet", "Without any, visitors write at once.", parent=self
        )
        self.column.addWidget(self._none)
        self._list = QVBoxLayout()
        self._list.setSpacing(GAP)
        self.column.addLayout(self._list)
        self.add_button = Button("Add a question", icon_name="plus", parent=self)
        self.add_button.clicked.connect(lambda _checked=False: self.add())
        self.column.addWidget(self.add_button, 0, Qt.AlignmentFlag.AlignLeft)
        self.column.addStretch(1)
        self._follow()

    @property
    def questions(self) -> tuple[_Question, ...]:
        """The questions' rows, from above to below."""
        return tuple(self._questions)

    def fill(self, site: ChatSite) -> None:
        """Show the questions."""
        for question in self._questions:
            self._drop(question)
        self._questions = []
        for faq in site.faq:
            self._put(faq)
        self._follow()

    def apply_to(self, site: ChatSite) -> ChatSite:
        """The site with these questions; an empty row is none."""
        found = (question.faq() for question in self._questions)
        return replace(site, faq=tuple(faq for faq in found if faq.question or faq.answer))

    @property
    def problem(self) -> str:
        """Whether a question has no answer, or an answer no question."""
        half = any(bool(one.faq().question) is not bool(one.faq().answer) for one in self._questions)
        return "Each question needs an answer, and each answer a question." if half else ""

    def add(self) -> None:
        """Another empty question."""
        question = self._put(Faq("", ""))
        self._follow()
        self.edited()
        question.question.setFocus(Qt.FocusReason.OtherFocusReason)

    def _put(self, faq: Faq) -> _Question:
        question = _Question(faq, self)
        question.changed.connect(self.edited)
        question.up.clicked.connect(partial(self._move, question, -1))
        question.down.clicked.connect(partial(self._move, question, 1))
        question.remove.clicked.connect(partial(self._take_off, question))
        self._questions.append(question)
        self._list.addWidget(question)
        QWidget.setTabOrder(question.answer, self.add_button)
        return question

    def _move(self, question: _Question, by: int, _checked: bool = False) -> None:
        place = self._questions.index(question) + by
        if 0 <= place < len(self._questions):
            self._questions.remove(question)
            self._questions.insert(place, question)
            self._list.removeWidget(question)
            self._list.insertWidget(place, question)
            self._follow()
            self.edited()

    def _take_off(self, question: _Question, _checked: bool = False) -> None:
        self._questions.remove(question)
        self._drop(question)
        self._follow()
        self.edited()
        self.add_button.setFocus()

    def _drop(self, question: _Question) -> None:
        self._list.removeWidget(question)
        question.hide()
        question.deleteLater()

    def _follow(self) -> None:
        """Show what can be done, and let Tab go from above to below."""
        self._none.setVisible(not self._questions)
        self.add_button.setEnabled(len(self._questions) < MOST_FAQ)
        before: QWidget | None = None
        for place, question in enumerate(self._questions):
            question.up.setEnabled(place > 0)
            question.down.setEnabled(place < len(self._questions) - 1)
            for stop in (question.question, question.up, question.down, question.remove, question.answer):
                if before is not None:
                    QWidget.setTabOrder(before, stop)
                before = stop
        if before is not None:
            QWidget.setTabOrder(before, self.add_button)
