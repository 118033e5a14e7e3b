"""Writing the drafts of this machine. They belong to nobody else, so they are no actions."""

from dataclasses import asdict
from datetime import datetime

from inbox_desktop.models.queries.rows import Draft, DraftFile
from inbox_desktop.models.store import WriteSession
from inbox_desktop.models.tables import DraftRow


def save_draft(session: WriteSession, draft: Draft) -> None:
    """Keep the draft in place of the one before it; an empty one discards that."""
    if draft.is_blank:
        discard_draft(session, draft.ticket_id, draft.is_note)
        return
    session.merge(
        DraftRow(
            ticket_id=draft.ticket_id,
            is_note=draft.is_note,
            html=draft.html,
            text=draft.text,
            files=[asdict(file) for file in draft.files],
            recipients=asdict(draft.recipients) if draft.recipients else None,
            seen_message_id=draft.seen_message_id,
            saved_at=draft.saved_at,
        )
    )
    session.note("draft", draft.ticket_id)


def attach_to_draft(
    session: WriteSession, ticket_id: str, is_note: bool, file: DraftFile, saved_at: datetime
) -> None:
    """Hang a file on the ticket's draft, or begin one with it. `saved_at` is the moment now, UTC."""
    row = session.get(DraftRow, (ticket_id, is_note))
    if row is None:
        save_draft(session, Draft(ticket_id, is_note, "", "", (file,), None, saved_at))
    elif asdict(file) not in row.files:
        row.files = [*row.files, asdict(file)]
        row.saved_at = saved_at
        session.note("draft", ticket_id)


def discard_draft(session: WriteSession, ticket_id: str, is_note: bool) -> None:
    """Forget the ticket's draft of a reply or a note, if there is one."""
    row = session.get(DraftRow, (ticket_id, is_note))
    if row is not None:
        session.delete(row)
        session.note("draft", ticket_id)
