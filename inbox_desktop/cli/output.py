"""How the headless commands print: JSON Lines for scripts, plain lines for people."""

import json
import sys
from collections.abc import Iterable
from typing import Any

from inbox_desktop.models.clock import iso
from inbox_desktop.models.queries.rows import MessageRow, TicketRow


def write_json(values: Iterable[dict[str, Any]]) -> None:
    """One JSON object a line, UTF-8, whatever the terminal's encoding."""
    for value in values:
        line = json.dumps(value, ensure_ascii=False) + "\n"
        sys.stdout.buffer.write(line.encode("utf-8", "surrogatepass"))
    sys.stdout.buffer.flush()


def say(text: str) -> None:
    """A line for people. Control characters of mails cannot reach the terminal."""
    printable = "".join(c if c.isprintable() or c in "\n\t" else " " for c in text)
    sys.stdout.buffer.write((printable + "\n").encode(sys.stdout.encoding or "utf-8", "replace"))
    sys.stdout.buffer.flush()


def tell(text: str) -> None:
    """A line about progress or trouble, on standard error."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def ticket_json(row: TicketRow) -> dict[str, Any]:
    """A ticket as scripts see it."""
    return {
        "id": row.id,
        "number": row.number,
        "subject": row.subject,
        "status": row.status.value,
        "channel": {"kind": row.channel_kind.value, "name": row.channel_name},
        "customer": {"name": row.customer_name, "address": row.customer_address},
        "assignee": row.assignee_name,
        "unread": row.unread,
        "tags": list(row.tags),
        "created": iso(row.created_at),
        "last_message": iso(row.last_message_at),
        "message_count": row.message_count,
    }


def message_json(row: MessageRow) -> dict[str, Any]:
    """A message as scripts see it; `delivery` is the state of an outgoing one, else null."""
    return {
        "id": row.id,
        "ticket_id": row.ticket_id,
        "direction": row.direction.value,
        "kind": row.kind.value,
        "author": {"name": row.author_name, "address": row.author_address},
        "sent_at": iso(row.sent_at),
        "text": row.text,
        "visible_text": row.visible_text,
        "delivery": row.delivery.state.value if row.delivery else None,
        "external_id": row.external_id,
        "attachments": [
            {"filename": a.filename, "content_type": a.content_type, "size": a.size, "inline": a.inline}
            for a in row.attachments
        ],
    }


def ticket_line(row: TicketRow) -> str:
    """A ticket on one line, for people."""
    mark = "*" if row.unread else " "
    name = row.customer_name or row.customer_address
    when = iso(row.last_message_at)
    return f"{mark}#{row.number:<6} {row.status.value:<8} {when}  {name[:28]:<28}  {row.subject}"


def message_lines(row: MessageRow) -> str:
    """A message with its head, for people."""
    state = f" [{row.delivery.state.value}]" if row.delivery else ""
    head = f"--- {row.kind.value} from {row.author_name} <{row.author_address}>, {iso(row.sent_at)}{state}"
    why = "".join(f"\n  {line}" for line in _delivery_detail(row).splitlines())
    files = "".join(f"\n  attachment: {a.filename} ({a.size} bytes)" for a in row.attachments)
    return f"{head}{why}\n{row.visible_text}{files}\n"


def _delivery_detail(row: MessageRow) -> str:
    """Why an outgoing message has not simply arrived, a line for the message and for each address; or ""."""
    if row.delivery is None:
        return ""
    lines = [row.delivery.detail, ""]
    lines += [f"{one.address}: {one.detail}" for one in row.delivery.recipients if one.detail not in lines]
    return "\n".join(dict.fromkeys(filter(None, lines)))
