"""The overview pane: who the customer is, how the ticket stands, and what else they wrote."""

from functools import partial
from typing import Final

from PySide6.QtCore import QSettings, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QScrollArea, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from inbox_desktop.models.actions import Action, Outcome, Refusal, agent
from inbox_desktop.models.actions.tickets import AddTag, RemoveTag
from inbox_desktop.models.chat_relay import LiveChat
from inbox_desktop.models.clock import now
from inbox_desktop.models.health import Health
from inbox_desktop.models.queries.overview import overview as read_overview
from inbox_desktop.models.queries.rows import MergeSuggestion, Overview
from inbox_desktop.models.store import Changed, Reader
from inbox_desktop.ui.bridge import Bridge
from inbox_desktop.ui.chat_words import ChatState, is_reached, read_chat
from inbox_desktop.ui.gathering import Gathering
from inbox_desktop.ui.kit import Banner, Card, ErrorState, Theme, Tone, one_line, theme
from inbox_desktop.ui.kit.tokens import EDGE, GAP_WIDE
from inbox_desktop.ui.overview.consent import ConsentCard
from inbox_desktop.ui.overview.head import Head
from inbox_desktop.ui.overview.history import HistoryCard
from inbox_desktop.ui.overview.profile import ProfileTools
from inbox_desktop.ui.overview.ticket_card import TicketCard
from inbox_desktop.ui.overview.visitor_card import VisitorCard

_FOLDED: Final = "overview/folded"
_MINUTE_MS: Final = 60_000
# The messages first: that one waits for. Who runs down the list is not asked about every ticket, either.
_AFTER_THE_THREAD_MS: Final = 30
_NOTHING, _SHOWN, _PROBLEM = range(3)


class OverviewPane(QWidget):
    """Shows the overview of one ticket. `settings` remembers which cards are folded.

    Signals:
        open_ticket(str): another ticket was chosen; its id.
        performed(list[Outcome | Refusal], str): something was done, or refused; and what, in words.
    """

    open_ticket = Signal(str)
    performed = Signal(list, str)

    def __init__(
        self, bridge: Bridge, look: Theme, parent: QWidget | None = None, settings: QSettings | None = None
    ) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._settings = settings
        self._ticket_id: str | None = None
        self._overview: Overview | None = None
        self._head = Head(self)
        self._possibly: Banner | None = None
        self._double: Banner | None = None
        self._ticket = TicketCard(self)
        self.visitor = VisitorCard(self)
        self._chat: ChatState | None = None
        self._consent = ConsentCard(self)
        self._history = HistoryCard(self)
        self.profile = ProfileTools(bridge, self)
        self._lay_out()
        self._head.menu_wanted.connect(self.profile.open_menu)
        self._consent.change_wanted.connect(self.profile.note_consent)
        self.profile.performed.connect(self.performed)
        self.profile.suggested.connect(self._show_double)
        self._ticket.tag_added.connect(self._add_tag)
        self._ticket.tag_removed.connect(self._remove_tag)
        self._history.opened.connect(self.open_ticket)
        self.visitor.refused.connect(bridge.trouble)
        self._restore_folds()
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_AFTER_THE_THREAD_MS)
        self._soon.timeout.connect(self.refresh)
        self._clock = QTimer(self)
        self._clock.setInterval(_MINUTE_MS)
        self._clock.timeout.connect(self._show)
        self._news = Gathering(self)
        self._news.due.connect(self.refresh)
        look.changed.connect(self.update)
        bridge.changed.connect(self._on_changed)
        bridge.live.connect(self._on_live)
        bridge.health.connect(self._on_health)

    def _lay_out(self) -> None:
        content = QWidget()
        self._column = QVBoxLayout(content)
        self._column.setContentsMargins(EDGE, EDGE, EDGE, EDGE)
        self._column.setSpacing(GAP_WIDE)
        for widget in (self._head, self._ticket, self.visitor, self._consent, self._history):
            self._column.addWidget(widget)
        self._column.addStretch(1)
        area = QScrollArea(self)
        area.setWidget(content)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        content.setAutoFillBackground(False)
        area.viewport().setAutoFillBackground(False)
        content.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._problem = ErrorState("The overview could not be read", "", parent=self)
        self._problem.acted.connect(self.refresh)
        self._pages = QStackedWidget(self)
        for page in (QWidget(self), area, self._problem):
            self._pages.addWidget(page)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._pages)

    # What is shown

    @property
    def overview(self) -> Overview | None:
        """What is on the screen."""
        return self._overview

    def show_ticket(self, ticket_id: str | None) -> None:
        """Show another ticket's overview, or none."""
        if ticket_id == self._ticket_id:
            return
        self._ticket_id = ticket_id
        if ticket_id is None:
            self._overview = None
            self.profile.set_overview(None)
            self._clock.stop()
            self._pages.setCurrentIndex(_NOTHING)
            self._soon.stop()
            return
        self._soon.start()

    def refresh(self) -> None:
        """Read it again."""
        if self._ticket_id is not None:
            question = partial(_read, ticket_id=self._ticket_id)
            self._bridge.query(question, self._arrived, self._failed, key=(id(self), "overview"))

    def begin_tag(self) -> None:
        """Let a tag be typed."""
        self._ticket.begin_tag()

    def _arrived(self, answer: tuple[Overview | None, ChatState | None]) -> None:
        found, chat = answer
        if self._ticket_id is None or (found is not None and found.ticket.id != self._ticket_id):
            return
        known = (found, chat) == (self._overview, self._chat)
        if found is not None and known and self._pages.currentIndex() == _SHOWN:
            return
        self._overview, self._chat = found, chat
        if chat is not None:
            self._bridge.watch_live()
        self.profile.set_overview(found)
        self._pages.setCurrentIndex(_NOTHING if found is None else _SHOWN)
        self._show()
        self._clock.start()

    def _failed(self, words: str) -> None:
        self._problem.set_words("The overview could not be read", words, "Try again")
        self._pages.setCurrentIndex(_PROBLEM)

    def _show(self) -> None:
        found = self._overview
        if found is None:
            return
        moment = now()
        self._head.set_overview(found, moment)
        self._ticket.set_ticket(found.ticket, moment, found.attribution)
        self._show_visitor()
        self._consent.set_phones(found.phone_rows, moment)
        self._history.set_history(found, moment)
        self._show_possibly(found)

    def _show_visitor(self) -> None:
        """Say what is known of a chat's visitor now."""
        if self._overview is None:
            return
        ticket, moment = self._overview.ticket, now()
        if self._chat is None:
            self.visitor.set_chat(ticket, None, LiveChat(ticket.id), moment, reached=False)
            return
        healths = {health.channel_id: health for health in self._bridge.healths}
        reached = is_reached(healths.get(ticket.channel_id))
        live = self._bridge.chats().live(ticket.id)
        self.visitor.set_chat(ticket, self._chat, live, moment, reached=reached)

    def _on_live(self, live: LiveChat) -> None:
        if live.ticket_id == self._ticket_id:
            self._show_visitor()

    def _on_health(self, health: Health) -> None:
        if (
            self._chat is not None
            and self._overview
            and health.channel_id == self._overview.ticket.channel_id
        ):
            self._show_visitor()

    def _show_possibly(self, found: Overview) -> None:
        """Say that the ticket may belong to another one, which nobody can know for certain."""
        _put_away(self._possibly)
        self._possibly = None
        other = found.possibly_belongs_to
        if other is None:
            return
        words = f"Possibly belongs to #{other.number}, “{one_line(other.subject, 80) or 'no subject'}”"
        self._possibly = Banner(words, Tone.ACCENT, icon_name="link", parent=self)
        self._possibly.add_link("Open", lambda: self.open_ticket.emit(other.id))
        self._column.insertWidget(1, self._possibly)

    def _show_double(self, found: MergeSuggestion | None) -> None:
        """Say that another profile may be the same person, and offer to bring both together."""
        _put_away(self._double)
        self._double = None
        if found is None:
            return
        who = one_line(found.name, 60)
        who = f"{who} ({one_line(found.address)})" if who else one_line(found.address)
        self._double = Banner(
            f"{found.reason} Same person as {who}?", Tone.ACCENT, icon_name="people", tall=True, parent=self
        )
        merge = partial(self.profile.merge, found.customer_id, found.name, found.address)
        self._double.add_link("Merge", merge)
        apart = partial(self.profile.keep_apart, found.customer_id, found.name, found.address)
        self._double.add_link("Another person", apart)
        self._column.insertWidget(1, self._double)

    def _on_changed(self, changed: Changed) -> None:
        if self._ticket_id is None:
            return
        found = self._overview
        if changed.kind == "ticket":
            known = {self._ticket_id, *(summary.id for summary in (found.history if found else ()))}
        elif changed.kind == "customer" and found is not None:
            known = {found.ticket.customer_id}
        else:
            known = set(changed.ids) if changed.kind in {"customer", "agent", "channel"} else set()
        if known.intersection(changed.ids):
            self._news.add()

    # Tags

    def _add_tag(self, tag: str) -> None:
        if self._ticket_id is not None:
            add = AddTag(actor=agent(self._bridge.me.id), ticket_id=self._ticket_id, tag=tag)
            self._perform(add, f"Tag {tag} added")

    def _remove_tag(self, tag: str) -> None:
        if self._ticket_id is not None:
            remove = RemoveTag(actor=agent(self._bridge.me.id), ticket_id=self._ticket_id, tag=tag)
            self._perform(remove, f"Tag {tag} removed")

    def _perform(self, action: Action, said: str) -> None:
        self._bridge.perform([action], partial(self._performed, said), self._bridge.trouble.emit)

    def _performed(self, said: str, results: list[Outcome | Refusal]) -> None:
        self.performed.emit(results, said)

    # Folding

    def _cards(self) -> dict[str, Card]:
        return {
            "ticket": self._ticket,
            "visitor": self.visitor,
            "consent": self._consent,
            "history": self._history,
        }

    def _restore_folds(self) -> None:
        kept = str(self._settings.value(_FOLDED, "")) if self._settings is not None else ""
        folded = set(kept.split())
        for name, card in self._cards().items():
            card.set_folded(folded=name in folded)
            card.folded.connect(self._remember_folds)

    def _remember_folds(self) -> None:
        if self._settings is not None:
            folded = " ".join(name for name, card in self._cards().items() if card.is_folded)
            self._settings.setValue(_FOLDED, folded)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme().colour("window"))
        painter.end()


def _put_away(banner: Banner | None) -> None:
    if banner is not None:
        banner.hide()
        banner.deleteLater()


def _read(reader: Reader, ticket_id: str) -> tuple[Overview | None, ChatState | None]:
    found = read_overview(reader, ticket_id)
    return found, read_chat(reader, found.ticket) if found is not None else None
