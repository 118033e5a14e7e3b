"""The recipients of a reply: read from what was typed, checked, and offered for "reply all"."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from inbox_desktop.models.kinds import Direction
from inbox_desktop.models.queries.rows import MessageRow, Thread

_ADDRESS: Final = re.compile(
    r"[^\s@<>(),;:\"\[\]\\]{1,64}@[^\s@<>(),;:\"\[\]\\.]+(?:\.[^\s@<>(),;:\"\[\]\\.]+)*"
)

_MOST_NAMED: Final = 3
_IN_BRACKETS: Final = re.compile(r"<([^<>]*)>\s*$")


def parse(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Addresses in a field, each once, and the pieces that are none ("Ana <ana@x.example>, foo")."""
    good: dict[str, str] = {}
    bad: list[str] = []
    for piece in re.split(r"[;,\n]", text):
        if not piece.strip():
            continue
        bracketed = _IN_BRACKETS.search(piece)
        address = (bracketed.group(1) if bracketed else piece).strip()
        if _ADDRESS.fullmatch(address):
            good.setdefault(address.casefold(), address)
        else:
            bad.append(piece.strip())
    return tuple(good.values()), tuple(bad)


def others(thread: Thread, own: Iterable[str]) -> tuple[str, ...]:
    """Who else was on the customer's last mail (To and Cc), for "reply all": never our own addresses."""
    last = last_inbound(thread)
    if last is None:
        return ()
    left_out = {address.casefold() for address in (*own, thread.reply_from, *thread.reply_to)}
    found = {address.casefold(): address for address in (*last.to, *last.cc)}
    return tuple(address for key, address in found.items() if key not in left_out)


def last_inbound(thread: Thread) -> MessageRow | None:
    """The newest message of the customer among those that are loaded."""
    inbound = (message for message in reversed(thread.messages) if message.direction is Direction.INBOUND)
    return next(inbound, None)


def called(label: str) -> str:
    """How to call somebody shortly: the first word of the name, unless that is a title or a picture."""
    first = label.split(" ", maxsplit=1)[0]
    return first if first[-1:].isalnum() else label


def some_of(addresses: Sequence[str]) -> str:
    """Addresses in a few words: all of up to three, else two of them and how many more."""
    if len(addresses) <= _MOST_NAMED:
        return ", ".join(addresses)
    return f"{', '.join(addresses[:2])} and {len(addresses) - 2} more"


def summary(to: Sequence[str], name: str, sender: str, cc: int) -> str:
    """Whom and from where, in a few words: "to Ana from support@shop.example"."""
    first = name if len(to) == 1 and name else to[0] if to else "nobody yet"
    more = f" and {len(to) - 1} more" if len(to) > 1 else ""
    copies = f", {cc} in copy" if cc else ""
    return f"to {first}{more}{copies} from {sender}"
