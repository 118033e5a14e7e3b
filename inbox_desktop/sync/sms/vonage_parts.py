"""Putting together what Vonage lists in parts: the segments of one long text are records of their own.

Its reports do not say which parts belong together. What was sent carries a reference; of what came in, a part
is known by its length, which is that of a full segment.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby

from inbox_desktop.models.kinds import DeliveryState
from inbox_desktop.models.rules.segments import Encoding, segments
from inbox_desktop.sync.sms.provider import ProviderText

BETWEEN_PARTS = timedelta(seconds=15)
"""So far apart two parts of one text may be received."""

LATE_PART = timedelta(minutes=2)
"""So long a full segment waits for what may follow it."""

_OVERTAKEN = timedelta(seconds=3)
"""So much earlier than the others the last part may come."""

# What fits into one segment of several (3GPP TS 23.040): the header has 6 or 7 octets, and what would be cut
# in two (an escape and its character, a surrogate pair) leaves a unit free.
_FULL = {Encoding.GSM7: range(151, 154), Encoding.UCS2: range(65, 68)}
_WORST_FIRST = (DeliveryState.FAILED, DeliveryState.SENT, DeliveryState.DELIVERED)

_MOST_OPEN = 1_000


@dataclass(frozen=True, slots=True)
class TextPart:
    """A part of a long text as a webhook brings it: the one at `place` (from 1) of `total`.

    All parts of a text have one `reference`, which its sender may use again later.
    """

    text: ProviderText
    reference: str
    place: int
    total: int


class Puzzle:
    """The parts of long texts that came by webhook, until each is whole. What never gets whole is polled."""

    def __init__(self) -> None:
        self._open: dict[tuple[str, str, int], dict[int, ProviderText]] = {}

    def add(self, part: TextPart) -> ProviderText | None:
        """The whole text, when this was the last part that was missing."""
        key = (part.text.sender, part.reference, part.total)
        if not 1 <= part.place <= part.total:
            return None
        found = self._open.pop(key, {})
        if any(part.text.at - other.at > LATE_PART for other in found.values()):
            found = {}  # of an earlier text with the same reference
        found[part.place] = part.text
        if len(found) == part.total:
            return _joined([found[place] for place in sorted(found)])
        self._open[key] = found
        if len(self._open) > _MOST_OPEN:
            del self._open[next(iter(self._open))]
        return None


def join_ids(ids: Iterable[str]) -> str:
    """The id of the text whose parts have these."""
    return "+".join(sorted(ids))


def join_sent(parts: Iterable[ProviderText]) -> Iterator[ProviderText]:
    """The texts that the records of sent ones are of: one reference, one person, one moment."""

    def key(part: ProviderText) -> tuple[str, str]:
        return part.reference or part.label, part.recipient

    ordered = sorted(parts, key=lambda part: (*key(part), part.at, part.external_id))
    for (reference, _), group in groupby(ordered, key):
        for near in _near(group):
            yield from [_joined(near)] if reference else near


def neighbours(parts: Iterable[ProviderText]) -> Iterator[list[ProviderText]]:
    """The records of received texts that may be parts of one: of one person, and one moment."""
    ordered = sorted(parts, key=lambda part: (part.sender, part.at, part.external_id))
    for _, group in groupby(ordered, lambda part: part.sender):
        yield from _near(group)


def join_received(near: Sequence[ProviderText], known: Collection[str], now: datetime) -> list[ProviderText]:
    """The texts that neighbouring records are of; what waits for another part is left out.

    `known` are ids of which the inbox holds a text already: they stay alone. `now` is the provider's time.
    """
    is_ucs2 = any(segments(part.text).encoding is Encoding.UCS2 for part in near)
    encoding = Encoding.UCS2 if is_ucs2 else Encoding.GSM7
    texts = [part for part in near if part.external_id in known]
    free = [(part, _is_full(part, encoding)) for part in near if part.external_id not in known]
    full: list[ProviderText] = []
    last: ProviderText | None = None
    for part, is_full in sorted(free, key=lambda item: (item[0].at, not item[1], item[0].external_id)):
        if is_full:
            full.append(part)
            continue
        if last is not None:
            texts.append(last)
        last, full = _joined([*full, part]), []
    if full and last is not None and full[0].at - last.at <= _OVERTAKEN:
        last, full = _joined([*full, last]), []
    if last is not None:
        texts.append(last)
    if full and now - full[-1].at >= LATE_PART:
        texts.append(_joined(full))
    return texts


def _near(parts: Iterable[ProviderText]) -> Iterator[list[ProviderText]]:
    """Cut where more time lies between one and the next than between the parts of a text."""
    group: list[ProviderText] = []
    for part in parts:
        if group and part.at - group[-1].at > BETWEEN_PARTS:
            yield group
            group = []
        group.append(part)
    if group:
        yield group


def _joined(parts: Sequence[ProviderText]) -> ProviderText:
    if len(parts) == 1:
        return parts[0]
    states = {part.state for part in parts}
    texts = [part.text for part in parts]
    is_repeated = len(set(texts)) == 1 and segments(texts[0]).segments > 1  # the whole text with every part
    return replace(
        parts[0],
        external_id=join_ids(identity for part in parts for identity in part.external_id.split("+")),
        text=texts[0] if is_repeated else "".join(texts),
        at=min(part.at for part in parts),
        state=next((state for state in _WORST_FIRST if state in states), None),
        error=next((part.error for part in parts if part.error), ""),
    )


def _is_full(part: ProviderText, encoding: Encoding) -> bool:
    if encoding is Encoding.UCS2:  # also where this part has none of the characters that need it
        return len(part.text.encode("utf-16-le", "replace")) // 2 in _FULL[encoding]
    return segments(part.text).units in _FULL[encoding]
