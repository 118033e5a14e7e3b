"""The people of the demo's shop."""

from collections.abc import Mapping

from inbox_desktop.models.actions import SYSTEM, perform
from inbox_desktop.models.actions.people import SaveAgent
from inbox_desktop.models.ids import new_id
from inbox_desktop.models.kinds import Role
from inbox_desktop.models.store import WriteSession

SHOP = "Harbor"
SUPPORT = "support@harbor.example"
ALIASES = ("hello@harbor.example", "returns@harbor.example")

Team = Mapping[str, str]
"""The agents' ids by the short names that the stories use."""

_PEOPLE = {
    "julia": ("Julia Mendes", Role.OWNER),
    "tom": ("Tom Keller", Role.MANAGER),
    "sara": ("Sara Lind", Role.SUPPORT),
    "diego": ("Diego Ruiz", Role.SUPPORT),
}

NAMES: Mapping[str, str] = {short: name for short, (name, _role) in _PEOPLE.items()}


def hire(session: WriteSession) -> Team:
    """Save the agents. Julia, the first, owns the inbox and sits at the window."""
    team: dict[str, str] = {}
    for short, (name, role) in _PEOPLE.items():
        team[short] = new_id()
        email = f"{short}@harbor.example"
        perform(
            session, SaveAgent(actor=SYSTEM, agent_id=team[short], agent_name=name, email=email, role=role)
        )
    return team
