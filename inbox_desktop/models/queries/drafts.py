"""Reading the drafts of this machine."""

from sqlalchemy import Connection, select

from inbox_desktop.models.queries.rows import Draft, DraftFile, Recipients
from inbox_desktop.models.tables import DraftRow


def draft(connection: Connection, ticket_id: str, is_note: bool) -> Draft | None:
    """What was begun in the ticket as a reply or as a note, or None."""
    query = select(DraftRow.__table__).where(DraftRow.ticket_id == ticket_id, DraftRow.is_note.is_(is_note))
    row = connection.execute(query).first()
    if row is None:
        return None
    return Draft(
        ticket_id=row.ticket_id,
        is_note=row.is_note,
        html=row.html,
        text=row.text,
        files=tuple(DraftFile(**file) for file in row.files),
        seen_message_id=row.seen_message_id,
        saved_at=row.saved_at,
        recipients=_recipients(row.recipients),
    )


def _recipients(stored: dict[str, list[str]] | None) -> Recipients | None:
    return Recipients(**{field: tuple(stored[field]) for field in stored}) if stored else None
