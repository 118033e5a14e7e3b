"""Every change to the inbox, as data: one module a noun; each action knows how to apply itself."""

from inbox_desktop.models.actions.base import (
    SYSTEM,
    Action,
    Actor,
    Outcome,
    Refusal,
    agent,
    channel,
    perform,
    perform_all,
)

__all__ = ["SYSTEM", "Action", "Actor", "Outcome", "Refusal", "agent", "channel", "perform", "perform_all"]
