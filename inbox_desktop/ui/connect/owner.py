"""The name of whoever connects the first channel: they own the inbox."""

from collections.abc import Callable

from inbox_desktop.models.actions import SYSTEM, Outcome, Refusal
from inbox_desktop.models.actions.people import SaveAgent
from inbox_desktop.models.ids import new_id
from inbox_desktop.models.kinds import Role
from inbox_desktop.ui.bridge import Bridge


def save_owner(
    bridge: Bridge, name: str, email: str, then: Callable[[], None], failed: Callable[[str], None]
) -> None:
    """Save the name that was typed, if it is another one, and go on with `then`.

    `email` is the owner's address while none is known.
    """
    name, me = name.strip(), bridge.me
    if not name or (me.id and name == me.name):
        then()
        return
    action = SaveAgent(
        actor=SYSTEM, agent_id=me.id or new_id(), agent_name=name, email=me.email or email, role=Role.OWNER
    )

    def saved(_results: list[Outcome | Refusal]) -> None:
        then()

    bridge.perform([action], saved, failed)
