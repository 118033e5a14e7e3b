"""Opening an inbox for work: its store, with an owner in it."""

import getpass

from sqlalchemy import select

from inbox_desktop.models.actions import SYSTEM, perform
from inbox_desktop.models.actions.people import SaveAgent
from inbox_desktop.models.ids import new_id
from inbox_desktop.models.kinds import Role
from inbox_desktop.models.migrate import no_inbox
from inbox_desktop.models.profile import Profile
from inbox_desktop.models.store import Store
from inbox_desktop.models.tables import Agent


def open_inbox(profile: Profile) -> Store:
    """Open the profile for work. A new one gets its owner: whoever sits at this computer.

    Raises:
        ProfileError, StorageError: as `Store.open`.
    """
    store = Store.open(profile)
    with store.write() as session:
        if session.scalar(select(Agent.id).limit(1)) is None:
            owner = SaveAgent(actor=SYSTEM, agent_id=new_id(), agent_name=_login_name(), role=Role.OWNER)
            perform(session, owner)
    return store


def open_present_inbox(profile: Profile) -> Store:
    """Open an inbox for work that makes no sense in a new one: a mistyped profile shall not become one.

    Raises:
        ProfileError, StorageError: as `Store.open`, and when there is none.
    """
    if not profile.database.exists():
        raise no_inbox(profile)
    return open_inbox(profile)


def _login_name() -> str:
    try:
        return getpass.getuser().replace(".", " ").title()
    except (OSError, KeyError):  # a container without such a user
        return "Owner"
