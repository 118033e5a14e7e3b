"""How a mail is read, as the JSON object that `inbox-desktop inspect` prints for each file."""

from pathlib import Path
from typing import Any

from inbox_desktop.sync.email.batches import LARGEST_MAIL
from inbox_desktop.sync.email.parsed import Address, ParsedMail, ParseFailure
from inbox_desktop.sync.email.parser_pool import ParserPool


def inspect_file(path: Path | str, pool: ParserPool | None = None) -> dict[str, Any]:
    """Read one file and describe it; nothing is stored.

    Args:
        path: a file that holds one mail (.eml).
        pool: the parser process to use; without one, a process is started for this file.

    Returns:
        the keys of the contract in docs, in their order. A mail that cannot be read has all of them too,
        empty, and the reason in `warnings`.

    Raises:
        OSError: the file cannot be read.
        ParserUnavailableError: the parser process cannot be started.
    """
    if pool is None:
        with ParserPool() as own:
            return inspect_file(path, own)
    file = Path(path)
    if file.stat().st_size > LARGEST_MAIL:
        return describe(str(path), ParseFailure(f"the mail is larger than {LARGEST_MAIL // 1024 // 1024} MB"))
    (parsed,) = pool.parse([file.read_bytes()])
    return describe(str(path), parsed)


def describe(path: str, parsed: ParsedMail | ParseFailure) -> dict[str, Any]:
    """The JSON object of one mail. Dates are UTC with `Z`; message ids keep their angle brackets."""
    if isinstance(parsed, ParseFailure):
        return _unreadable(path, parsed)
    return {
        "path": path,
        "message_id": parsed.message_id,
        "in_reply_to": parsed.in_reply_to,
        "references": list(parsed.references),
        "date": parsed.date.strftime("%Y-%m-%dT%H:%M:%SZ") if parsed.date else None,
        "from": _address(parsed.sender) if parsed.sender else None,
        "from_verified": parsed.from_verified,
        "reply_to": [_address(address) for address in parsed.reply_to],
        "to": [_address(address) for address in parsed.to],
        "cc": [_address(address) for address in parsed.cc],
        "subject": parsed.subject,
        "kind": parsed.kind.value,
        "bounced": None
        if parsed.bounced is None
        else {
            "recipient": parsed.bounced.recipient,
            "status": parsed.bounced.status,
            "original_message_id": parsed.bounced.original_message_id,
        },
        "text": parsed.text,
        "visible_text": parsed.visible_text,
        "html": parsed.html,
        "blocked": list(parsed.blocked),
        "attachments": [
            {
                "filename": attachment.filename,
                "content_type": attachment.content_type,
                "size": attachment.size,
                "inline": attachment.inline,
            }
            for attachment in parsed.attachments
        ],
        "warnings": list(parsed.warnings),
    }


def _address(address: Address) -> dict[str, str]:
    return {"name": address.name, "address": address.address}


def _unreadable(path: str, failure: ParseFailure) -> dict[str, Any]:
    """The object of a mail that the parser gave up."""
    return {
        "path": path,
        "message_id": None,
        "in_reply_to": None,
        "references": [],
        "date": None,
        "from": None,
        "from_verified": False,
        "reply_to": [],
        "to": [],
        "cc": [],
        "subject": "",
        "kind": "message",
        "bounced": None,
        "text": "",
        "visible_text": "",
        "html": None,
        "blocked": [],
        "attachments": [],
        "warnings": [failure.reason],
    }
