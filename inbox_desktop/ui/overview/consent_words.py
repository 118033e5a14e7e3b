"""What somebody agreed to, since when and by what, in words."""

from datetime import datetime

from PySide6.QtCore import QLocale

from inbox_desktop.models.kinds import ConsentKind, ConsentSource, ConsentState
from inbox_desktop.models.queries.rows import ConsentChangeRow, PhoneRow
from inbox_desktop.ui.kit import day_and_time, one_line

KIND_WORDS = {ConsentKind.MARKETING: "Marketing", ConsentKind.TRANSACTIONAL: "Transactional"}
_LONGEST_DETAIL = 80


def state_words(state: ConsentState | None) -> str:
    """Where a consent stands."""
    if state is None:
        return "Never asked"
    return "Agreed" if state is ConsentState.GRANTED else "Withdrawn"


def source_words(change: ConsentChangeRow) -> str:
    """By what a consent changed: "texted “STOP”", "noted by Julia: on the phone"."""
    detail = one_line(change.detail, _LONGEST_DETAIL)
    match change.source:
        case ConsentSource.KEYWORD:
            return f"texted “{detail}”" if detail else "by text"
        case ConsentSource.PROVIDER:
            return f"told by the provider: {detail}" if detail else "told by the provider"
        case ConsentSource.IMPORT:
            return f"imported: {detail}" if detail else "imported"
        case ConsentSource.AGENT:
            who = f"noted by {one_line(change.agent_name or '') or 'somebody who has left'}"
            return f"{who}: {detail}" if detail else who


def since_words(phone: PhoneRow, kind: ConsentKind, moment: datetime, locale: QLocale) -> str:
    """Since when a consent stands as it does, and by what; empty for one that nobody was asked about."""
    change = next((one for one in phone.history if one.kind is kind), None)
    return change_words(change, moment, locale) if change is not None else ""


def change_words(change: ConsentChangeRow, moment: datetime, locale: QLocale) -> str:
    """When a consent changed, and by what."""
    return f"{day_and_time(moment, change.at, locale)} · {source_words(change)}"
