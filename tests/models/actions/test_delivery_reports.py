"""What a provider reports of texts that it took."""

import pytest
from sqlalchemy import select

from inbox_desktop.models.actions import Outcome, Refusal, agent, channel
from inbox_desktop.models.actions.deliveries import BeginAttempt, FinishAttempt
from inbox_desktop.models.actions.messages import Reply
from inbox_desktop.models.actions.texts import ReportDelivery
from inbox_desktop.models.kinds import ConsentSource, DeliveryState
from inbox_desktop.models.sms_settings import AutoResponder
from inbox_desktop.models.store import Store
from inbox_desktop.models.tables import ConsentChange, Delivery, Recipient
from tests.models.samples import do, done
from tests.models.texting import ANA, BOTH_REVOKED, Phones, consents, well


@pytest.fixture
def phones(store: Store, julia: str) -> Phones:
    return Phones(store, julia, auto_responder=AutoResponder.OFF)


def send(store: Store, julia: str, phones: Phones, end: DeliveryState | None = DeliveryState.SENT) -> str:
    """A reply of Julia's that the provider knows as SM1; returns the delivery's id."""
    phones.text("START")
    ticket_id = phones.text().ticket_id or ""
    reply = done(store, Reply(actor=agent(julia), ticket_id=ticket_id, text="Hi", seen_message_id=None))
    with store.write() as session:
        message_id = reply.action.message_id  # type: ignore[attr-defined]
        delivery = session.scalars(select(Delivery).where(Delivery.message_id == message_id)).one()
    actor = channel(phones.channel_id)
    done(store, BeginAttempt(actor=actor, delivery_id=delivery.id, external_id=None))
    if end is not None:
        finish = FinishAttempt(actor=actor, delivery_id=delivery.id, state=end, external_id="SM1")
        done(store, finish)
    return delivery.id


def report(
    store: Store, phones: Phones, state: DeliveryState, detail: str = "", *, opted_out: bool = False
) -> Outcome | Refusal:
    actor = channel(phones.channel_id)
    action = ReportDelivery(
        actor=actor,
        channel_id=phones.channel_id,
        external_id="SM1",
        state=state,
        detail=detail,
        opted_out=opted_out,
    )
    return do(store, action)


@pytest.mark.parametrize(
    ("end", "reports", "state"),
    [
        (DeliveryState.SENT, [DeliveryState.DELIVERED], DeliveryState.DELIVERED),
        (DeliveryState.SENT, [DeliveryState.FAILED], DeliveryState.FAILED),
        (DeliveryState.SENT, [DeliveryState.SENT], DeliveryState.SENT),
        (DeliveryState.SENT, [DeliveryState.DELIVERED, DeliveryState.SENT], DeliveryState.DELIVERED),
        (DeliveryState.SENT, [DeliveryState.DELIVERED, DeliveryState.FAILED], DeliveryState.DELIVERED),
        (DeliveryState.SENT, [DeliveryState.FAILED, DeliveryState.DELIVERED], DeliveryState.FAILED),
        (DeliveryState.UNKNOWN, [DeliveryState.SENT], DeliveryState.SENT),
        (DeliveryState.UNKNOWN, [DeliveryState.DELIVERED], DeliveryState.DELIVERED),
        (DeliveryState.FAILED, [DeliveryState.DELIVERED], DeliveryState.FAILED),
        (None, [DeliveryState.DELIVERED], DeliveryState.ATTEMPTING),
    ],
)
def test_a_report_never_goes_backwards(
    store: Store,
    julia: str,
    phones: Phones,
    end: DeliveryState | None,
    reports: list[DeliveryState],
    state: DeliveryState,
) -> None:
    delivery_id = send(store, julia, phones, end)
    for one in reports:
        report(store, phones, one)
    with store.write() as session:
        assert session.get_one(Delivery, delivery_id).state == state
    well(store)


def test_a_failed_text_shows_the_providers_reason(store: Store, julia: str, phones: Phones) -> None:
    delivery_id = send(store, julia, phones)
    report(store, phones, DeliveryState.FAILED, "Unreachable phone (30003)")
    with store.write() as session:
        assert session.get_one(Delivery, delivery_id).detail == "Unreachable phone (30003)"
        recipient = session.get_one(Recipient, (delivery_id, ANA))
    assert (recipient.state, recipient.detail) == (DeliveryState.FAILED, "Unreachable phone (30003)")


def test_who_opted_out_at_the_provider_has_no_consent_left(store: Store, julia: str, phones: Phones) -> None:
    send(store, julia, phones)
    report(store, phones, DeliveryState.FAILED, "Opted out (21610)", opted_out=True)
    assert consents(store) == BOTH_REVOKED
    with store.write() as session:
        change = session.scalars(select(ConsentChange).order_by(ConsentChange.id.desc())).first()
    assert change is not None
    assert (change.source, change.detail) == (ConsentSource.PROVIDER, "Opted out (21610)")
    well(store)


def test_a_report_on_what_was_not_sent_here_is_refused(store: Store, phones: Phones) -> None:
    assert isinstance(report(store, phones, DeliveryState.DELIVERED), Refusal)
