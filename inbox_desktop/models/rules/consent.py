"""Who may be texted: the person's own consent decides (the product's section 2)."""

from collections.abc import Mapping

from inbox_desktop.models.kinds import ConsentKind, ConsentState

Consents = Mapping[ConsentKind, ConsentState]
"""What a phone's owner agreed to. A kind that is not there was never answered: no consent."""


def may_text(consents: Consents) -> bool:
    """Whether the team may text this person: one granted kind is enough, whichever it is."""
    return ConsentState.GRANTED in consents.values()


def text_refusal(consents: Consents) -> str | None:
    """Why the team may not text this person, in words and with what to do instead, or None."""
    if may_text(consents):
        return None
    if ConsentState.REVOKED in consents.values():
        return (
            "This person is not subscribed to SMS: they opted out. Reply on another channel; they get texts "
            "again once they text START."
        )
    return (
        "This person is not subscribed to SMS. Reply on another channel, or ask them to text START. If they "
        "agreed elsewhere, enter it in their profile."
    )
