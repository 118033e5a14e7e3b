"""What is different about writing a text: its length is told, its files are few, and consent decides."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from inbox_desktop.models.actions.messages import LONGEST_SMS
from inbox_desktop.models.kinds import ChannelKind
from inbox_desktop.models.phones import region_of, show_phone
from inbox_desktop.models.queries.directory import channel_settings
from inbox_desktop.models.queries.overview import overview
from inbox_desktop.models.queries.rows import DraftFile, Thread, TicketRow, TicketSummary
from inbox_desktop.models.rules.consent import text_refusal
from inbox_desktop.models.rules.pictures import PICTURE_LIMITS, PICTURE_TYPES
from inbox_desktop.models.sms_settings import Provider
from inbox_desktop.models.store import Reader
from inbox_desktop.ui.bridge import Bridge
from inbox_desktop.ui.composer.addresses import called
from inbox_desktop.ui.composer.lengths import alphabet_words, length_words, plain_version, price_words
from inbox_desktop.ui.composer.notice_strip import Link
from inbox_desktop.ui.composer.pad import Pad
from inbox_desktop.ui.composer.toolbar import Toolbar
from inbox_desktop.ui.kit import Button, Label, customer_label
from inbox_desktop.ui.thread.words import size_words

_INSTEAD: Final = "Send a link to it, or answer by e-mail."


@dataclass(frozen=True, slots=True)
class TextRules:
    """What a text's pictures depend on, and the newest mail of the person, where they can be answered too."""

    provider: Provider | None = None
    mail: TicketSummary | None = None


def files_refusal(provider: Provider | None, *, publishes: bool) -> str:
    """Why no picture can go with a text, and what to do instead; empty when pictures can."""
    name = provider.title() if provider else "the provider"
    if provider and provider not in PICTURE_LIMITS:
        return f"{name} sends no pictures. {_INSTEAD}"
    if not publishes:
        return (
            f"A picture can't be sent by text from here: {name} fetches it from a public address, and no "
            f"relay is connected that has one. {_INSTEAD}"
        )
    return ""


def files_trouble(files: Sequence[DraftFile], provider: Provider | None) -> str:
    """Why these files can't go with a text, and what to do instead; empty when they can."""
    limits = PICTURE_LIMITS.get(provider) if provider else None
    if provider is None or limits is None:
        return files_refusal(provider, publishes=True)
    for file in files:
        if file.content_type.lower() not in PICTURE_TYPES:
            return f"{file.filename} can't be sent by text: only JPEG, PNG and GIF pictures can. {_INSTEAD}"
    total = sum(file.size for file in files)
    if total > limits.most_bytes:
        return (
            f"The pictures are {size_words(total)} together; {provider.title()} takes "
            f"{size_words(limits.most_bytes)}. Take some off, or send smaller ones."
        )
    if len(files) > limits.most:
        return f"A text takes {limits.most} pictures. Take some off, or send them in several texts."
    return ""


def person(row: TicketRow) -> str:
    """How to call the person of a conversation by text: by first name, or by the whole number."""
    return called(customer_label(row)) if row.customer_name else customer_label(row)


def text_summary(thread: Thread) -> str:
    """Whom a text goes to and from where, in a few words."""
    ours = show_phone(thread.reply_from, region_of(thread.reply_from))
    return f"to {person(thread.ticket)} from {ours}"


class AlphabetNote(QWidget):
    """What is worth knowing about a text's length, with a way to make it shorter."""

    def __init__(self, replace: Callable[[], None], parent: QWidget) -> None:
        super().__init__(parent)
        self._words = Label("", "secondary", "warn_text", wrap=True, parent=self)
        self._plain = Button("Use plain ones", variant="link", parent=self)
        self._plain.clicked.connect(lambda _checked=False: replace())
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 2, 14, 0)
        row.setSpacing(12)
        row.addWidget(self._words, 1)
        row.addWidget(self._plain)
        self.hide()

    @property
    def text(self) -> str:
        """What is said; empty when nothing is."""
        return "" if self.isHidden() else self._words.text()

    @property
    def plain_button(self) -> Button:
        """Puts plain marks in the place of others; shown where that helps."""
        return self._plain

    def say(self, words: str, *, can_be_plain: bool) -> None:
        """Say something else, or nothing."""
        self._words.setText(words)
        self._plain.setVisible(can_be_plain)
        self.setVisible(bool(words))


class TextMode(QObject):
    """Makes the composer one of texts while the thread is a conversation by text.

    Signals:
        changed: something is known now on which depends what is possible.
        ticket_wanted(str): another ticket of the person shall be shown; its id.
        consent_wanted: somebody wants to note that the person agreed.
    """

    changed = Signal()
    ticket_wanted = Signal(str)
    consent_wanted = Signal()

    def __init__(self, bridge: Bridge, pad: Pad, toolbar: Toolbar, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._pad = pad
        self._toolbar = toolbar
        self._thread: Thread | None = None
        self._rules = TextRules()
        self.note = AlphabetNote(self._use_plain, pad)
        pad.add_below(self.note)

    @property
    def is_on(self) -> bool:
        """Whether the thread is a conversation by text."""
        return self._thread is not None and self._thread.ticket.channel_kind is ChannelKind.SMS

    def show(self, thread: Thread | None) -> None:
        """Take over the thread on the screen. Comes before the thread's draft is loaded."""
        before, self._thread = self._thread, thread
        if not self.is_on:
            self._pad.files_refusal = ""
        elif thread is not None and (before is None or before.ticket.id != thread.ticket.id or self._waits()):
            self._rules = TextRules()
            question = partial(_rules, ticket_id=thread.ticket.id, channel_id=thread.ticket.channel_id)
            self._bridge.query(question, partial(self._take, thread.ticket.id), key=(id(self), "rules"))

    def _waits(self) -> bool:
        """Whether there may be news about another way to the person: they cannot be texted."""
        return self._thread is not None and self._thread.reply_refusal is not None

    def _take(self, ticket_id: str, found: TextRules) -> None:
        if self._thread is not None and self._thread.ticket.id == ticket_id:
            self._rules = found
            self.changed.emit()

    def refresh(self, *, is_note: bool) -> None:
        """Say how long the text is, in the toolbar of the page that is shown."""
        is_text = self.is_on and not is_note
        self._toolbar.set_plain(plain=is_text)
        if not is_text:
            return
        self._pad.files_refusal = files_refusal(
            self._rules.provider, publishes=self._bridge.backend().publishes
        )
        text = self._pad.editor.text()
        price, alphabet = price_words(text), alphabet_words(text)
        ink = "red_text" if len(text) > LONGEST_SMS else "warn_text" if price else "text_2"
        self._toolbar.set_length(length_words(text), ink)
        self.note.say(" ".join(filter(None, (price, alphabet))), can_be_plain=plain_version(text) != text)

    def _use_plain(self) -> None:
        self._pad.editor.replace_text(plain_version(self._pad.editor.text()))
        self._pad.editor.setFocus()

    def trouble(self) -> str:
        """Why what stands here can't be sent as a text; empty when it can."""
        if not self.is_on:
            return ""
        if len(self._pad.editor.text()) > LONGEST_SMS:
            return price_words(self._pad.editor.text())
        files = self._pad.tray.files()
        if not files:
            return ""
        return self._pad.files_refusal or files_trouble(files, self._rules.provider)

    def ways_out(self) -> list[Link]:
        """What can be done instead of texting somebody who may not be texted."""
        thread, mail = self._thread, self._rules.mail
        if thread is None or not self.is_on or thread.ticket.customer_blocked:
            return []
        links: list[Link] = []
        if mail is not None:
            links.append((f"Answer by e-mail in #{mail.number}", partial(self.ticket_wanted.emit, mail.id)))
        if thread.reply_refusal == text_refusal({}):
            links.append(("They agreed elsewhere…", self.consent_wanted.emit))
        return links


def _rules(reader: Reader, ticket_id: str, channel_id: str) -> TextRules:
    settings = channel_settings(reader, channel_id) or {}
    found = overview(reader, ticket_id)
    mails = [one for one in found.history if one.channel_kind is ChannelKind.EMAIL] if found else []
    name = str(settings.get("provider", ""))
    provider = Provider(name) if name in set(Provider) else None
    return TextRules(provider, mails[0] if mails else None)
