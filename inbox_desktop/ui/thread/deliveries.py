"""What a person may decide about a message of theirs that has not simply been sent."""

from typing import Final

from inbox_desktop.models.actions import Action, Actor
from inbox_desktop.models.actions.deliveries import CancelDelivery, FinishAttempt, RetryDelivery, SendNow
from inbox_desktop.models.kinds import DeliveryState
from inbox_desktop.models.queries.rows import MessageRow

UNDO: Final = "undo"
SEND_NOW: Final = "send_now"
RETRY: Final = "retry"
WAS_SENT: Final = "was_sent"


def delivery_action(what: str, message: MessageRow, actor: Actor) -> Action | None:
    """The action behind a link of a delivery's strip; None when the message has no delivery.

    UNDO makes the message a draft again, RETRY sends it again because a person said so, WAS_SENT
    settles an unknown end.
    """
    if message.delivery is None:
        return None
    delivery_id = message.delivery.id
    match what:
        case "undo":
            return CancelDelivery(actor=actor, ticket_id=message.ticket_id, message_id=message.id)
        case "send_now":
            return SendNow(actor=actor, delivery_id=delivery_id)
        case "retry":
            return RetryDelivery(actor=actor, delivery_id=delivery_id)
        case "was_sent":
            return FinishAttempt(
                actor=actor,
                delivery_id=delivery_id,
                state=DeliveryState.SENT,
                detail="Found to be sent by a person",
            )
    raise ValueError(what)
