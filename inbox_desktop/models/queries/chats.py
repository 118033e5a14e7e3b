"""What is known of the web chat behind a ticket."""

from sqlalchemy import Connection, select

from inbox_desktop.models.queries.rows import ChatRow
from inbox_desktop.models.tables import ChatConversation, Message, ThreadKey


def chat_of(connection: Connection, ticket_id: str) -> ChatRow | None:
    """The conversation that a ticket is, or was, about; None for a ticket that is no chat."""
    query = (
        select(ChatConversation)
        .join(ThreadKey, ThreadKey.external_id == ChatConversation.id)
        .where(ThreadKey.ticket_id == ticket_id, ThreadKey.channel_id == ChatConversation.channel_id)
        .order_by(ChatConversation.id.desc())
        .limit(1)
    )
    row = connection.execute(query.with_only_columns(*ChatConversation.__table__.columns)).first()
    if row is None:
        return None
    seen = None
    if row.visitor_seen_id is not None:
        found = select(Message.id, Message.order_at).where(
            Message.channel_id == row.channel_id, Message.external_id == row.visitor_seen_id
        )
        seen = connection.execute(found).first()
    return ChatRow(
        conversation_id=row.id,
        visitor_name=row.name,
        email=row.email,
        verified=row.verified,
        page_url=row.page_url,
        locale=row.locale,
        started_at=row.started_at,
        closed_at=row.closed_at,
        is_newest=row.ticket_id == ticket_id,
        visitor_seen_id=seen.id if seen else None,
        visitor_seen_until=seen.order_at if seen else None,
    )


def tickets_of_conversations(connection: Connection) -> dict[str, str]:
    """The newest ticket of each conversation that goes on, by the relay's id of the conversation."""
    query = select(ChatConversation.id, ChatConversation.ticket_id).where(
        ChatConversation.ticket_id.is_not(None), ChatConversation.closed_at.is_(None)
    )
    return {row.id: row.ticket_id for row in connection.execute(query)}
