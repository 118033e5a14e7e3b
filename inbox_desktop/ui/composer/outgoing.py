"""What the composer hands over: the reply or the note that stands in it, as an action."""

from datetime import datetime, timedelta

from inbox_desktop.models.actions import agent
from inbox_desktop.models.actions.messages import AddNote, Reply
from inbox_desktop.models.queries.rows import Recipients, TicketRow
from inbox_desktop.ui.composer.pad import Pad


def reply_of(
    pad: Pad,
    ticket_id: str,
    me_id: str,
    *,
    to: Recipients,
    is_plain: bool,
    wait_seconds: int,
    moment: datetime,
    close: bool,
) -> Reply:
    """The reply on a pad; with `is_plain` as text alone. It can be taken back for `wait_seconds`."""
    return Reply(
        actor=agent(me_id),
        at=moment,
        ticket_id=ticket_id,
        text=pad.editor.text(),
        html=None if pad.editor.is_plain or is_plain else pad.editor.html(),
        files=pad.tray.files(),
        seen_message_id=pad.seen_id,
        to=to.to,
        cc=to.cc,
        bcc=to.bcc,
        not_before=moment + timedelta(seconds=wait_seconds) if wait_seconds else None,
        close=close,
    )


def note_of(pad: Pad, ticket_id: str, me_id: str) -> AddNote:
    """The note on a pad."""
    return AddNote(
        actor=agent(me_id),
        ticket_id=ticket_id,
        text=pad.editor.text(),
        html=None if pad.editor.is_plain else pad.editor.html(),
        files=pad.tray.files(),
    )


def kept_words(pad: Pad, ticket: TicketRow, words: str) -> str:
    """What did not work in a ticket that is no longer on the screen."""
    what = "The note was not added to" if pad.is_note else "The answer was not sent in"
    return f"{what} #{ticket.number}; it is kept as a draft there. {words}"
