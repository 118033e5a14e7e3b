"""The composer: a reply or a private note, from the first letter to the moment it is accepted."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QHideEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from inbox_desktop.models.actions import Action, Outcome, Refusal
from inbox_desktop.models.clock import now
from inbox_desktop.models.kinds import ChannelKind
from inbox_desktop.models.queries.rows import Draft, MessageRow, Recipients, Thread, TicketRow
from inbox_desktop.models.store import Changed
from inbox_desktop.ui.bridge import Bridge
from inbox_desktop.ui.composer.addresses import called
from inbox_desktop.ui.composer.addressing import Addressing
from inbox_desktop.ui.composer.chat import ChatMode
from inbox_desktop.ui.composer.draft_keeper import DraftKeeper
from inbox_desktop.ui.composer.newer import newer_messages, newer_words, newest_id
from inbox_desktop.ui.composer.notice_strip import NoticeStrip
from inbox_desktop.ui.composer.outgoing import kept_words, note_of, reply_of
from inbox_desktop.ui.composer.pad import Pad
from inbox_desktop.ui.composer.sms import TextMode, person
from inbox_desktop.ui.composer.surroundings import Surroundings, surroundings
from inbox_desktop.ui.composer.toolbar import Toolbar
from inbox_desktop.ui.kit import SegmentedTabs, Tone, customer_label, theme
from inbox_desktop.ui.kit.painting import KitWidget, rounded
from inbox_desktop.ui.kit.tokens import GAP, RADIUS_CARD

REPLY: Final = 0
NOTE: Final = 1
_NOTE_HINT: Final = "A note for your team. The customer never sees it."


class Composer(KitWidget):
    """Writes into the ticket that `show_thread` gave it.

    Signals:
        sent(list[Outcome]): a reply or a note was accepted.
        newer_wanted: the person wants to see what came since the draft was begun.
        unblock_wanted: the person wants to unblock the customer.
        ticket_wanted(str): another ticket of the customer shall be shown; its id.
        consent_wanted: the person wants to note that the customer agreed to texts.
        notice(str): a sentence for the person.
    """

    sent = Signal(list)
    newer_wanted = Signal()
    unblock_wanted = Signal()
    ticket_wanted = Signal(str)
    consent_wanted = Signal()
    notice = Signal(str)

    def __init__(self, bridge: Bridge, parent: QWidget) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._thread: Thread | None = None
        self._surroundings = Surroundings()
        self._refused = ""
        self._sending = False
        self._close_wanted = False
        self._opening = False
        self._awaiting = False
        self._tabs = SegmentedTabs(name="Reply or note", parent=self)
        self._tabs.add_tab("Reply", "R")
        self._tabs.add_tab("Note", "N")
        self._tabs.current_changed.connect(self._tab_changed)
        self._addressing = Addressing(self)
        self._strip = NoticeStrip(self)
        self._pads = [Pad(bridge, is_note=is_note, parent=self) for is_note in (False, True)]
        self._toolbar = Toolbar(self)
        self.texts = TextMode(bridge, self._pads[REPLY], self._toolbar, self)
        self.chats = ChatMode(bridge, self._pads[REPLY], self._toolbar, self)
        self.drafts = DraftKeeper(bridge, self._collect, self)
        self._lay_out()
        self._connect()
        self.setAcceptDrops(True)
        self._tab_changed(REPLY)
        self._ask_surroundings()

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setContentsMargins(8, 6, 14, 2)
        top.setSpacing(GAP)
        top.addWidget(self._tabs)
        top.addStretch(1)
        top.addWidget(self._addressing.summary, 100)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(top)
        column.addWidget(self._addressing.fields)
        column.addWidget(self._strip)
        for pad in self._pads:
            column.addWidget(pad)
        column.addWidget(self._toolbar)

    def _connect(self) -> None:
        for pad in self._pads:
            pad.edited.connect(partial(self._edited, pad))
            pad.trouble.connect(self.notice)
            pad.refused.connect(self._refuse)
            pad.busy_changed.connect(partial(self._busy_changed, pad))
            pad.editor.installEventFilter(self)
        self._addressing.changed.connect(self._recipients_changed)
        self._toolbar.attach.connect(partial(self._on_pad, Pad.choose_files))
        self._toolbar.link.connect(partial(self._on_pad, Pad.ask_link))
        self._toolbar.send.connect(lambda close: self.send(close=close))
        self.texts.changed.connect(self._refresh)
        self.texts.ticket_wanted.connect(self.ticket_wanted)
        self.texts.consent_wanted.connect(self.consent_wanted)
        self.drafts.loaded.connect(self._drafts_loaded)
        self.drafts.saved.connect(self._saved)
        self.drafts.not_saved.connect(self._not_saved)
        self._bridge.changed.connect(self._on_changed)

    # What is written to

    def await_thread(self) -> None:
        """Another ticket has been chosen: what is typed from now on is meant for that one."""
        self._awaiting = True
        self.drafts.save_now()
        for pad in self._pads:
            pad.editor.forget_typed_ahead()
            pad.set_read_only(read_only=True)

    def show_thread(self, thread: Thread | None) -> None:
        """Write into this ticket, or hear that the one on the screen has changed."""
        before = self._thread.ticket.id if self._thread else None
        ticket_id = thread.ticket.id if thread else None
        self.texts.show(thread)
        self.chats.show(thread)
        self._pads[REPLY].set_text(is_text=self._is_direct)
        if ticket_id != before or self._awaiting:
            self._awaiting = False
            self.drafts.open(ticket_id)
            self._refused = ""
            self._sending = False
            self._opening = True
            if not self._pad.editor.hasFocus():
                self._tabs.set_current(REPLY)
            for pad in self._pads:
                pad.load(ticket_id, None)
                pad.set_read_only(read_only=ticket_id is not None)
            self._toolbar.set_state("")
            self._addressing.clear()
        self._thread = thread
        self._offer_recipients()
        self._refresh()

    @property
    def is_idle(self) -> bool:
        """Whether the keyboard is in an editor that holds nothing."""
        return self._pad.is_blank and self._pad.editor.hasFocus()

    def focus_reply(self) -> None:
        """Go on with the reply."""
        self._focus(REPLY)

    def focus_note(self) -> None:
        """Go on with the note."""
        self._focus(NOTE)

    def _focus(self, tab: int) -> None:
        self._tabs.set_current(tab)
        self._pad.editor.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def save_now(self) -> None:
        """Store what is unsaved, without waiting."""
        self.drafts.save_now()

    @property
    def _pad(self) -> Pad:
        return self._pads[self._tabs.current]

    def _on_pad(self, act: Callable[[Pad], None]) -> None:
        act(self._pad)

    @property
    def _is_note(self) -> bool:
        return self._tabs.current == NOTE

    @property
    def _is_direct(self) -> bool:
        """Whether words go to one person and nothing else does: no addresses, no subject, no formatting."""
        return self.texts.is_on or self.chats.is_on

    def set_room(self, height: int) -> None:
        """How high the pane is, in pixels; the editor takes at most two fifths of it."""
        lines = int(height * 0.4) // theme().px(18)
        for pad in self._pads:
            pad.editor.set_most_lines(lines)

    # Recipients

    def _offer_recipients(self) -> None:
        chosen, own = self._pads[REPLY].recipients, self._surroundings.own
        self._addressing.show(self._thread, chosen, own, is_text=self.texts.is_on)

    def _recipients_changed(self) -> None:
        self._pads[REPLY].recipients = self._addressing.chosen
        self.drafts.touch(is_note=False)
        self._refused = ""
        self._refresh()

    # Tabs and state

    def _tab_changed(self, _index: int) -> None:
        for pad in self._pads:
            pad.setVisible(pad is self._pad)
        self._toolbar.set_editor(self._pad.editor)
        self._toolbar.button.set_note(note=self._is_note)
        self._say_kept("")
        self._refused = ""
        self._refresh()
        self.update()

    def _refresh(self) -> None:
        """Show what is possible now."""
        thread = self._thread
        refusal = thread.reply_refusal if thread is not None and not self._is_note else None
        has_address = thread is not None and thread.ticket.channel_kind is not ChannelKind.CHAT
        is_wanted = has_address and not self._is_note and not refusal
        self._addressing.refresh(is_wanted=is_wanted, is_held=self._pads[REPLY].editor.isReadOnly())
        self._pad.setVisible(not refusal)
        self._toolbar.setVisible(not refusal)
        self.texts.refresh(is_note=self._is_note)
        self.chats.refresh(is_note=self._is_note)
        self._toolbar.set_tools_enabled(enabled=thread is not None and not refusal)
        ready = thread is not None and not refusal and not self._sending
        self._toolbar.button.set_ready(ready=ready and not self._pad.is_blank and not self._pad.is_busy)
        self._pad.editor.setPlaceholderText(self._hint())
        self._show_strip(refusal)

    def _hint(self) -> str:
        if self._is_note:
            return _NOTE_HINT
        if self._thread is not None and self._is_direct:
            is_nameless = self.chats.is_on and not self._thread.ticket.customer_name
            who = "the visitor" if is_nameless else person(self._thread.ticket)
            return f"{'Text' if self.texts.is_on else 'Message'} {who}…"
        name = called(customer_label(self._thread.ticket)) if self._thread else ""
        return f"Reply to {name}…" if name else "Reply…"

    def _show_strip(self, refusal: str | None) -> None:
        if refusal:
            blocked = self._thread is not None and self._thread.ticket.customer_blocked
            links = [("Unblock", self.unblock_wanted.emit)] if blocked else self.texts.ways_out()
            self._strip.say(refusal, Tone.NEUTRAL, links, tall=self.texts.is_on)
            return
        newer = self._newer()
        if newer:
            links = [("Show what is new", self._show_newer)]
            if self._refused:
                links.append(("Send anyway", self._send_anyway))
            self._strip.say(newer_words(newer), Tone.WARN, links)
        elif self._refused:
            self._strip.say(self._refused, Tone.BAD)
        else:
            self._strip.clear()

    def _newer(self) -> tuple[MessageRow, ...]:
        """What came since the reply that stands here was begun."""
        if self._thread is None or self._is_note or self._pad.is_blank:
            return ()
        return newer_messages(self._thread, self._pad.seen_id, self._pad.begun_at)

    def _show_newer(self) -> None:
        if self._thread is not None:
            self._pad.seen_id = newest_id(self._thread)
            self.drafts.touch(is_note=self._is_note)
        self._refused = ""
        self.newer_wanted.emit()
        self._refresh()
        self._pad.editor.setFocus()

    def _send_anyway(self) -> None:
        if self._thread is not None:
            self._pad.seen_id = newest_id(self._thread)
        self.send(close=self._close_wanted)

    # Drafts

    def _collect(self, is_note: bool) -> Draft | None:
        return self._pads[NOTE if is_note else REPLY].draft()

    def _edited(self, pad: Pad) -> None:
        if pad.seen_id is None and self._thread is not None:
            pad.seen_id = newest_id(self._thread)
        self.drafts.touch(is_note=pad.is_note)
        self._say_kept("")
        if not pad.is_note:
            self.chats.edited()
        if not self._newer():
            self._refused = ""
        self._refresh()

    def _busy_changed(self, pad: Pad) -> None:
        if pad is self._pad:
            self._toolbar.set_state("Attaching…" if pad.is_busy else "")
        self._refresh()

    def _drafts_loaded(self, reply: Draft | None, note: Draft | None) -> None:
        if self._awaiting:
            return
        ticket_id = self._thread.ticket.id if self._thread else None
        for pad, draft in zip(self._pads, (reply, note), strict=True):
            if self._sending and pad is self._pad:
                continue
            pad.load(ticket_id, draft)
            pad.set_read_only(read_only=False)
        if self._opening and not self._pads[NOTE].is_blank and self._pads[REPLY].is_blank:
            self._tabs.set_current(NOTE)
        self._opening = False
        self._offer_recipients()
        self._say_kept()
        self._refresh()

    def _saved(self, is_note: bool) -> None:
        if is_note == self._is_note:
            self._say_kept()

    def _say_kept(self, words: str = "Draft saved") -> None:
        kept = "" if self._pad.is_blank else words
        self._toolbar.set_kept(kept, failing=self.drafts.is_failing(is_note=self._is_note))

    def _not_saved(self, words: str) -> None:
        self._say_kept()
        self.notice.emit(f"The draft was not saved; it stays in the editor. {words}")

    def _on_changed(self, changed: Changed) -> None:
        if changed.kind in {"setting", "channel"}:
            self._ask_surroundings()

    def _ask_surroundings(self) -> None:
        self._bridge.query(surroundings, self._take_surroundings, key=(id(self), "surroundings"))

    def _take_surroundings(self, found: Surroundings) -> None:
        self._surroundings = found
        self._offer_recipients()

    # Sending

    def _refuse(self, words: str) -> None:
        self._refused = words
        self._refresh()

    def send(self, *, close: bool = False) -> None:
        """Hand the reply or note over. The text stays until it is accepted."""
        pad, thread = self._pad, self._thread
        if thread is None or self._sending or pad.is_blank or pad.is_busy or pad.editor.isReadOnly():
            return
        if not self._is_note and (wrong := self._trouble()):
            if not self._is_direct:
                self._addressing.unfold()
            self._refuse(wrong)
            return
        self._close_wanted = close
        self._sending = True
        pad.set_read_only(read_only=True)
        self._refresh()
        # The draft first: a later save would bring the text back that has been sent meanwhile.
        self.drafts.save_now()
        action: Action
        if self._is_note:
            action = note_of(pad, thread.ticket.id, self._bridge.me.id)
        else:
            action = self._reply(pad, thread, close=close)
        self._bridge.perform(
            [action], partial(self._answered, pad, thread.ticket), partial(self._failed, pad, thread.ticket)
        )

    def _trouble(self) -> str:
        """Why the reply can't go as it stands; empty when it can."""
        if self._is_direct:
            return self.texts.trouble() or self.chats.trouble()
        return self._addressing.trouble()

    def _reply(self, pad: Pad, thread: Thread, *, close: bool) -> Action:
        is_mail = thread.ticket.channel_kind is ChannelKind.EMAIL
        return reply_of(
            pad,
            thread.ticket.id,
            self._bridge.me.id,
            to=Recipients() if self._is_direct else self._addressing.recipients(),
            is_plain=self._is_direct,
            wait_seconds=self._surroundings.undo_seconds if is_mail else 0,
            moment=now(),
            close=close,
        )

    def _answered(self, pad: Pad, ticket: TicketRow, results: list[Outcome | Refusal]) -> None:
        refusals = [result for result in results if isinstance(result, Refusal)]
        if not refusals:
            self.chats.sent()
            self.drafts.forget(ticket.id, is_note=pad.is_note)
        if pad.ticket_id == ticket.id:
            if not refusals:
                pad.load(ticket.id, None)
                self._addressing.fold()
            self._end_sending(pad, refusals[0].reason if refusals else "")
            self._refresh()
        elif refusals:
            self.notice.emit(kept_words(pad, ticket, refusals[0].reason))
        outcomes = [result for result in results if isinstance(result, Outcome)]
        if outcomes:
            self.sent.emit(outcomes)

    def _failed(self, pad: Pad, ticket: TicketRow, words: str) -> None:
        if pad.ticket_id != ticket.id:
            self.notice.emit(kept_words(pad, ticket, words))
            return
        self._end_sending(pad, f"It was not sent; the text is kept. {words}")
        self._refresh()

    def _end_sending(self, pad: Pad, refused: str) -> None:
        self._sending = False
        pad.set_read_only(read_only=self._awaiting)
        self._refused = refused
        self._toolbar.set_state("")

    # Keys and looks

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files that are dropped anywhere on the composer."""
        if _dropped(event) and not self._pad.isHidden():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Attach them."""
        self._pad.attach(_dropped(event))
        event.acceptProposedAction()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+Return sends, with Shift it closes the ticket, too."""
        control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if control and event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.send(close=shift and not self._is_note)
            return
        super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Show at the frame whether the editor has the keyboard; what is left is stored."""
        if event.type() in {QEvent.Type.FocusIn, QEvent.Type.FocusOut}:
            self.update()
            self.drafts.save_now()
        return super().eventFilter(watched, event)

    def hideEvent(self, event: QHideEvent) -> None:
        """Store what is unsaved: the window may be about to close."""
        super().hideEvent(event)
        self.save_now()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the frame: yellow for a note, with the accent's line while somebody writes."""
        painter = QPainter(self)
        ground, line = ("note", "note_line") if self._is_note else ("raised", "line_strong")
        if self._pad.editor.hasFocus() and not self._is_note:
            line = "accent"
        rounded(painter, QRectF(self.rect()), RADIUS_CARD, theme().colour(ground), theme().colour(line))
        painter.end()


def _dropped(event: QDropEvent) -> list[Path]:
    """The files of this computer that are being dropped."""
    return [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
