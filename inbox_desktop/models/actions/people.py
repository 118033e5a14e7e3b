"""Actions on customers and agents: block, unblock, save an agent."""

from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy import select

from inbox_desktop.models.actions.base import Action, Effect, RefusedError
from inbox_desktop.models.kinds import Role
from inbox_desktop.models.store import WriteSession
from inbox_desktop.models.tables import Agent, Customer

LONGEST_NAME = 200


@dataclass(frozen=True, kw_only=True)
class SetBlocked(Action):
    """Block a customer's profile, or unblock it. A blocked one is not answered; what they write is kept."""

    name: ClassVar[str] = "customer.block"
    customer_id: str
    blocked: bool

    def apply(self, session: WriteSession) -> Effect:
        """Refused when the customer is not there."""
        customer = session.get(Customer, self.customer_id)
        if customer is None:
            raise RefusedError("This customer no longer exists here. Nothing was changed.")
        undo = SetBlocked(actor=self.actor, customer_id=customer.id, blocked=customer.blocked)
        customer.blocked = self.blocked
        return Effect(undo=undo)


@dataclass(frozen=True, kw_only=True)
class SaveAgent(Action):
    """Add an agent, or change name and e-mail of one. The first one of an inbox is its only owner."""

    name: ClassVar[str] = "agent.save"
    agent_id: str
    agent_name: str
    email: str = ""
    role: Role = Role.SUPPORT

    def apply(self, session: WriteSession) -> Effect:
        """Refused for a blank name, and for a second owner."""
        name = " ".join(self.agent_name.split())[:LONGEST_NAME]
        if not name:
            raise RefusedError("A person needs a name. Nothing was saved.")
        agent = session.get(Agent, self.agent_id)
        if agent is None:
            is_first = session.scalar(select(Agent.id).limit(1)) is None
            if self.role is Role.OWNER and not is_first:
                raise RefusedError("An inbox has exactly one owner. Nobody was added; choose another role.")
            role = Role.OWNER if is_first else self.role
            session.add(Agent(id=self.agent_id, name=name, email=self.email, role=role))
        else:
            agent.name, agent.email = name, self.email
        return Effect()
