"""Which texts of the provider's list are ours: also one that a person had sent once more."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from inbox_desktop.models.actions import SYSTEM, Refusal, agent
from inbox_desktop.models.actions.deliveries import BeginAttempt, FinishAttempt, RetryDelivery
from inbox_desktop.models.actions.messages import Reply
from inbox_desktop.models.actions.texts import ReportDelivery
from inbox_desktop.models.kinds import DeliveryState
from inbox_desktop.models.store import Store
from inbox_desktop.models.tables import Delivery
from inbox_desktop.sync.sms.own_texts import known_ids
from tests.models import samples
from tests.models.samples import do, done
from tests.models.texting import Phones, well

FIRST, AGAIN = "SM" + "1" * 32, "SM" + "2" * 32


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = samples.open_store(tmp_path)
    yield opened
    opened.close()


def attempt(store: Store, delivery_id: str, external_id: str) -> None:
    """The provider takes the text, and calls it so."""
    done(store, BeginAttempt(actor=SYSTEM, delivery_id=delivery_id, external_id=None))
    done(
        store,
        FinishAttempt(
            actor=SYSTEM, delivery_id=delivery_id, state=DeliveryState.SENT, external_id=external_id
        ),
    )


def test_a_text_that_was_sent_once_more_is_known_by_both_its_ids(store: Store) -> None:
    julia = samples.add_agent(store)
    phones = Phones(store, julia)
    phones.text("START")
    ticket_id = phones.text().ticket_id
    assert ticket_id is not None
    done(store, Reply(actor=agent(julia), ticket_id=ticket_id, text="It is.", seen_message_id=None))
    with store.read() as connection:
        delivery_id = connection.scalars(select(Delivery.id)).all()[-1]
    attempt(store, delivery_id, FIRST)
    done(store, report(phones, FIRST, DeliveryState.FAILED))
    done(store, RetryDelivery(actor=agent(julia), delivery_id=delivery_id))
    attempt(store, delivery_id, AGAIN)

    with store.read() as connection:
        known = known_ids(connection, phones.channel_id, [FIRST, AGAIN, "SM" + "3" * 32])
    assert known == {FIRST, AGAIN}
    assert isinstance(do(store, report(phones, FIRST, DeliveryState.FAILED)), Refusal)
    done(store, report(phones, AGAIN, DeliveryState.DELIVERED))
    with store.read() as connection:
        state = connection.scalar(select(Delivery.state).where(Delivery.id == delivery_id))
    assert state == DeliveryState.DELIVERED
    well(store)


def report(phones: Phones, external_id: str, state: DeliveryState) -> ReportDelivery:
    return ReportDelivery(actor=SYSTEM, channel_id=phones.channel_id, external_id=external_id, state=state)
