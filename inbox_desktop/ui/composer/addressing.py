"""Whom the reply in the composer goes to: the ticket's own recipients, until somebody chooses others."""

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from inbox_desktop.models.queries.rows import Recipients, Thread
from inbox_desktop.ui.composer.addresses import called, others, summary
from inbox_desktop.ui.composer.recipients import RecipientFields, SummaryButton
from inbox_desktop.ui.composer.sms import text_summary
from inbox_desktop.ui.kit import customer_label


class Addressing(QObject):
    """Keeps the line of words and the fields at one; the composer lays them out.

    `chosen` are the recipients of the draft, None while they are the ticket's own.

    Signals:
        changed: somebody chose others.
    """

    changed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.chosen: Recipients | None = None
        self._thread: Thread | None = None
        self._is_text = False
        self.summary = SummaryButton(parent)
        self.fields = RecipientFields(parent)
        self.fields.hide()
        self.fields.changed.connect(self._edited)
        self.summary.toggled.connect(self._unfold)

    def clear(self) -> None:
        """Forget whom the reply of another ticket went to."""
        self.fold()
        self.fields.set_recipients(Recipients())

    def show(
        self, thread: Thread | None, chosen: Recipients | None, own: frozenset[str], *, is_text: bool
    ) -> None:
        """Offer this ticket's recipients, or those that were chosen.

        `own` are our addresses, none of which gets a copy. A text goes to one phone: nobody can change that.
        """
        self._thread, self._is_text, self.chosen = thread, is_text, chosen
        if thread is None:
            return
        self.fields.set_offer(thread.reply_from, others(thread, own))
        wanted = chosen or Recipients(thread.reply_to)
        if wanted != self.fields.recipients():
            self.fields.set_recipients(wanted)
        self._describe(thread)

    def refresh(self, *, is_wanted: bool, is_held: bool) -> None:
        """Show the line where addresses matter, and the fields where it is unfolded; `is_held`: nothing may
        be typed now.
        """
        self.summary.setVisible(is_wanted)
        self.fields.setVisible(is_wanted and self.summary.isChecked())
        self.fields.setEnabled(not is_held)

    def fold(self) -> None:
        """Leave the line of words alone."""
        self.summary.setChecked(False)

    def unfold(self) -> None:
        """Show the fields, for something is wrong in them."""
        self.summary.setChecked(True)

    def recipients(self) -> Recipients:
        """Whom the reply goes to."""
        return self.fields.recipients()

    def trouble(self) -> str:
        """Why a reply can't go to these recipients; empty when it can."""
        mistakes = self.fields.mistakes()
        if mistakes:
            return f"“{mistakes[0]}” is no e-mail address. Correct or remove it; nothing was sent."
        if self.chosen is not None and not self.chosen.to:
            return "Nobody is in To. Write an address there; nothing was sent."
        return ""

    def _describe(self, thread: Thread) -> None:
        if self._is_text:
            self.summary.set_words(text_summary(thread), is_fixed=True)
            return
        now = self.fields.recipients()
        name = called(customer_label(thread.ticket)) if now.to == thread.reply_to else ""
        self.summary.set_words(summary(now.to, name, thread.reply_from, len(now.cc) + len(now.bcc)))

    def _edited(self) -> None:
        if self._thread is not None:
            now = self.fields.recipients()
            self.chosen = now if now != Recipients(self._thread.reply_to) else None
            self._describe(self._thread)
            self.changed.emit()

    def _unfold(self, unfolded: bool) -> None:
        self.fields.setVisible(unfolded and not self.summary.isHidden())
        if unfolded:
            self.fields.focus_first()
