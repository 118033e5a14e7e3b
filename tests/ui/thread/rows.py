"""Messages, events and threads as queries return them, with sensible values for what a test does not name."""

from datetime import UTC, datetime
from typing import Any

from inbox_desktop.models.kinds import ChannelKind, DeliveryState, Direction, MessageKind, TicketStatus
from inbox_desktop.models.queries.rows import (
    AttachmentRow,
    DeliveryRow,
    EventRow,
    MessageRow,
    PageKey,
    Thread,
    TicketRow,
)

AT = datetime(2025, 11, 20, 10, 24, tzinfo=UTC)


def message(message_id: str = "m1", **values: Any) -> MessageRow:
    text = values.get("text", "Where is my order?")
    given: dict[str, Any] = {
        "id": message_id,
        "ticket_id": "t1",
        "direction": Direction.INBOUND,
        "kind": MessageKind.MESSAGE,
        "author_id": "c1",
        "author_name": "Ana Souza",
        "author_address": "ana@mail.example",
        "author_verified": True,
        "sent_at": AT,
        "to": ("support@shop.example",),
        "cc": (),
        "subject": "My order",
        "text": text,
        "visible_text": text,
        "html": None,
        "visible_html": None,
        "blocked": (),
        "warnings": (),
        "external_id": None,
        "has_raw": False,
        "attachments": (),
        "delivery": None,
    }
    return MessageRow(**{**given, **values})


def delivery(state: DeliveryState = DeliveryState.SENT, **values: Any) -> DeliveryRow:
    given: dict[str, Any] = {"id": "d1", "detail": "", "not_before": None, "attempts": 0, "recipients": ()}
    return DeliveryRow(state=state, **{**given, **values})


def attachment(**values: Any) -> AttachmentRow:
    given: dict[str, Any] = {
        "id": "a1",
        "filename": "plan.pdf",
        "content_type": "application/pdf",
        "size": 184_000,
        "inline": False,
        "content_id": None,
        "path": "nowhere",
        "active": False,
    }
    return AttachmentRow(**{**given, **values})


def event(event_id: str = "e1", before: str | None = None, **values: Any) -> EventRow:
    given: dict[str, Any] = {"ticket_id": "t1", "at": AT, "actor_name": "", "text": "Reopened by a reply"}
    return EventRow(id=event_id, before_message_id=before, **{**given, **values})


def ticket(**values: Any) -> TicketRow:
    given: dict[str, Any] = {
        "id": "t1",
        "number": 1042,
        "subject": "Where is my order?",
        "snippet": "",
        "status": TicketStatus.OPEN,
        "unread": False,
        "channel_id": "ch1",
        "channel_kind": ChannelKind.EMAIL,
        "channel_name": "Support",
        "customer_id": "c1",
        "customer_name": "Ana Souza",
        "customer_address": "ana@mail.example",
        "customer_blocked": False,
        "assignee_id": None,
        "assignee_name": None,
        "tags": (),
        "created_at": AT,
        "last_message_at": AT,
        "last_inbound_at": AT,
        "waiting_since": None,
        "snoozed_until": None,
        "message_count": 1,
        "has_attachments": False,
        "page_key": PageKey(None, "t1"),
    }
    known = TicketRow.__dataclass_fields__
    for name in ("last_message_id", "last_inbound_id"):
        if name in known:
            given[name] = None
    if "delivery_problem" in known:
        given["delivery_problem"] = False
    return TicketRow(**{**given, **values})


def thread(*messages: MessageRow, **values: Any) -> Thread:
    given: dict[str, Any] = {
        "ticket": ticket(),
        "events": (),
        "older": 0,
        "newest_message_id": messages[-1].id if messages else None,
        "newest_inbound_id": None,
        "reply_refusal": None,
        "reply_from": "support@shop.example",
        "reply_to": ("ana@mail.example",),
    }
    return Thread(messages=messages, **{**given, **values})
