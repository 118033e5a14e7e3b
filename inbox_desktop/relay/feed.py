"""The desktops' feed: the present rows that changed after a seq, in the order of their last change."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Select, bindparam, literal_column, select, union_all

from inbox_desktop.relay.chats import moment
from inbox_desktop.relay.database import head_of
from inbox_desktop.relay.keys import Keys
from inbox_desktop.relay.messages import COLUMNS as MESSAGE_COLUMNS
from inbox_desktop.relay.messages import for_desktop
from inbox_desktop.relay.tables import Chat, Conversation, MailJob, Message, Visitor, Webhook

LONGEST_PAGE: Final = 1_000
_FED: Final[dict[str, Any]] = {
    "conversation": Conversation,
    "message": Message,
    "mail_job": MailJob,
    "webhook": Webhook,
    "chat": Chat,
}


@dataclass(frozen=True, slots=True)
class Page:
    """A part of the feed. It ends with a whole change; `next` is the next page's `after`.

    `next` lies before `after` when there never was such a seq here: the database is an older one.
    """

    epoch: str
    entries: list[dict[str, Any]]
    next: int
    more: bool


def page(connection: Connection, keys: Keys, after: int, limit: int) -> Page:
    """The entries after a seq: about `limit` of them, and all of their last change.

    A conversation comes before its messages and e-mails on each page, so that each page stands by itself.
    """
    head, epoch = head_of(connection)
    up_to, kinds = _what_changed(connection, after, head, limit)

    def changed(kind: str) -> Sequence[Any]:
        """The rows of a kind. Most pages are one message: what is not there is not asked for."""
        if kind not in kinds:
            return ()
        return connection.execute(_CHANGED[kind], {"after": after, "up_to": up_to}).all()

    messages, jobs = changed("message"), changed("mail_job")
    needed = _first_needed((row.conversation_id, row.seq) for row in (*messages, *jobs))
    conversations = _conversations(connection, changed("conversation"), needed)
    visitors = {one["data"]["id"]: one["data"]["visitor"]["id"] for one in conversations}
    told = for_desktop(connection, keys, messages, visitors)
    entries = [
        *conversations,
        *(_entry(row.seq, "message", data) for row, data in zip(messages, told, strict=True)),
        *(_entry(row.seq, "mail_job", job_json(row)) for row in jobs),
        *(_entry(row.seq, "webhook", _webhook_json(row)) for row in changed("webhook")),
        *(
            _entry(row.seq, "chat", {"id": row.id, "site": row.site, "version": row.version})
            for row in changed("chat")
        ),
    ]
    entries.sort(key=lambda entry: entry["seq"])  # stable: within a change as they stand above
    return Page(epoch, entries, up_to, up_to < head)


_JOB: Final = (
    MailJob.id,
    MailJob.kind,
    MailJob.conversation_id,
    MailJob.to,
    MailJob.due_at,
    MailJob.state,
    MailJob.claimed_by,
    MailJob.after,
    MailJob.up_to,
    MailJob.seq,
)
_WEBHOOK: Final = (
    Webhook.id,
    Webhook.number_id,
    Webhook.external_id,
    Webhook.kind,
    Webhook.payload,
    Webhook.received_at,
    Webhook.seq,
)
_CHAT: Final = (Chat.id, Chat.site, Chat.version, Chat.seq)
_CONVERSATION: Final = (
    Conversation.id,
    Conversation.chat_id,
    Conversation.page_url,
    Conversation.locale,
    Conversation.started_at,
    Conversation.closed_at,
    Conversation.visitor_seen_id,
    Conversation.visitor_seen_at,
    Conversation.agent_seen_id,
    Conversation.agent_seen_at,
    Conversation.seq,
    Visitor.id.label("visitor_id"),
    Visitor.name,
    Visitor.email,
    Visitor.verified,
    Visitor.external_id,
)


def _between(columns: tuple[Any, ...], table: Any, *order: Any) -> Select[Any]:
    query: Select[Any] = select(*columns).where(
        table.seq > bindparam("after"), table.seq <= bindparam("up_to")
    )
    return query.order_by(table.seq, *order)


def _kinds_statement() -> Select[Any]:
    parts = [
        _between((literal_column(f"'{kind}'").label("kind"), table.seq), table)
        .limit(bindparam("most"))
        .subquery()
        for kind, table in _FED.items()
    ]
    together = union_all(*(select(part.c.kind, part.c.seq) for part in parts)).subquery()
    return select(together.c.kind, together.c.seq).order_by(together.c.seq).limit(bindparam("most"))


# Each is made once: the feed is read after every message, and making them takes longer than reading.
_KINDS: Final = _kinds_statement()
_CHANGED: Final = {
    "message": _between(MESSAGE_COLUMNS, Message, Message.position),
    "mail_job": _between(_JOB, MailJob),
    "webhook": _between(_WEBHOOK, Webhook),
    "chat": _between(_CHAT, Chat),
    "conversation": _between(_CONVERSATION, Conversation).join(
        Visitor, Visitor.id == Conversation.visitor_id
    ),
}
_OTHERS: Final = (
    select(*_CONVERSATION)
    .join(Visitor, Visitor.id == Conversation.visitor_id)
    .where(Conversation.id.in_(bindparam("ids", expanding=True)))
)


def job_json(row: Any) -> dict[str, Any]:
    """An e-mail that is due, as desktops get it."""
    return {
        "id": row.id,
        "kind": row.kind,
        "conversation_id": row.conversation_id,
        "to": row.to,
        "due_at": moment(row.due_at),
        "state": row.state,
        "claimed_by": row.claimed_by,
    }


def job_columns() -> tuple[Any, ...]:
    """What `job_json` needs of a MailJob, and which messages it tells."""
    return _JOB


def _webhook_json(row: Any) -> dict[str, Any]:
    names = ("id", "number_id", "external_id", "kind", "payload")
    return {**{name: getattr(row, name) for name in names}, "received_at": moment(row.received_at)}


def _entry(seq: int, kind: str, data: dict[str, Any]) -> dict[str, Any]:
    return {"seq": seq, "kind": kind, "data": data}


def _what_changed(connection: Connection, after: int, head: int, limit: int) -> tuple[int, Collection[str]]:
    """The seq at which the page ends, that of its entry number `limit` or the head; and the kinds on it."""
    found = connection.execute(_KINDS, {"after": after, "up_to": head, "most": limit}).all()
    if len(found) < limit:
        return head, {row.kind for row in found}
    return found[-1].seq, _FED.keys()  # the last change may have more rows than the limit let through


def _first_needed(uses: Iterable[tuple[str, int]]) -> dict[str, int]:
    """The first seq of the page at which each conversation must be known."""
    first: dict[str, int] = {}
    for conversation_id, seq in uses:
        first[conversation_id] = min(seq, first.get(conversation_id, seq))
    return first


def _conversations(
    connection: Connection, changed: Sequence[Any], needed: dict[str, int]
) -> list[dict[str, Any]]:
    missing = needed.keys() - {row.id for row in changed}
    others = connection.execute(_OTHERS, {"ids": sorted(missing)}).all() if missing else []
    return [
        _entry(min(row.seq, needed.get(row.id, row.seq)), "conversation", _conversation_json(row))
        for row in (*changed, *others)
    ]


def _conversation_json(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "chat_id": row.chat_id,
        "visitor": {
            "id": row.visitor_id,
            "name": row.name,
            "email": row.email,
            "verified": row.verified,
            "external_id": row.external_id,
        },
        "page_url": row.page_url,
        "locale": row.locale,
        "started_at": moment(row.started_at),
        "closed_at": moment(row.closed_at),
        "visitor_seen_id": row.visitor_seen_id,
        "visitor_seen_at": moment(row.visitor_seen_at),
        "agent_seen_id": row.agent_seen_id,
        "agent_seen_at": moment(row.agent_seen_at),
        "seq": row.seq,
    }
