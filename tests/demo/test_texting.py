"""Texts in the demo: what has happened shows every rule, and while it runs people answer and text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from inbox_desktop.demo.papers import paper
from inbox_desktop.demo.providers.simulator import Simulator
from inbox_desktop.demo.text_line import NUMBER
from inbox_desktop.demo.texts import live_texts, text_stories
from inbox_desktop.models.actions import SYSTEM, Outcome, Refusal, perform
from inbox_desktop.models.actions.deliveries import RetryDelivery
from inbox_desktop.models.check import check
from inbox_desktop.models.kinds import (
    ChannelKind,
    ConsentKind,
    ConsentSource,
    DeliveryState,
    Direction,
    MessageKind,
    TicketStatus,
)
from inbox_desktop.models.queries.overview import overview
from inbox_desktop.models.queries.profiles import attribution, merge_suggestions
from inbox_desktop.models.queries.rows import DraftFile
from inbox_desktop.models.rules.links import web_links
from inbox_desktop.models.store import Store
from inbox_desktop.models.tables import (
    Attachment,
    ConsentChange,
    Customer,
    Delivery,
    Identity,
    Message,
    Ticket,
)
from tests.demo.living import QUICK, Living, begin, rows, texts, ticket_with
from tests.support.plain_http import NO_TLS

ASKED_AFTER_CAMPAIGN = "+14155550134"
TALKED = "+12065550143"
NEVER_SUBSCRIBED = "+16175550172"
OPTED_OUT = "+13125550151"
WITH_PICTURE = "+13035550187"
UNREACHABLE = "+15035550109"
OPTED_OUT_AT_PROVIDER = "+12135550195"
CLOSED = "+18085550177"
SNOOZED = "+16465550112"
BLOCKED = "+14045550138"
WITH_MAILS = "+12025550147"
WITH_EMOJI = "+17185550126"
NEW = "+15125550183"
NEW_WITH_PICTURE = "+15055550161"
LIVELY = replace(QUICK, first_newcomer=3_600.0, first_text=0.3, text=(0.3, 0.4))


@pytest.fixture(scope="module")
def living() -> Iterator[Living]:
    """One world that runs; each test answers a person of its own."""
    world = begin(None, replace(QUICK, first_newcomer=3_600.0))
    ticket_id = ticket_with(world.store, TALKED)
    world.reply(ticket_id, "Thank you!")
    world.eventually(lambda: len(texts(world.store, ticket_id)) == 8)  # now all threads run
    yield world
    world.end()


@pytest.fixture(scope="module")
def lively() -> Iterator[Living]:
    """A world in which all has happened that happens by itself."""
    world = begin(None, LIVELY)
    world.eventually(lambda: world.demo.line.provider)
    provider(world).pace.sent = timedelta(
        0
    )  # so fast as people text here no campaign would leave before them
    last = live_texts()[-1]
    query = select(Message.text).where(Message.text == last.words)
    world.eventually(lambda: rows(world.store, query))
    yield world
    world.end()


def provider(world: Living) -> Simulator:
    found = world.demo.line.provider
    assert found is not None
    return found


def messages(store: Store, phone: str) -> list[tuple[Any, ...]]:
    """Kind and state of delivery of all messages of a conversation, in order."""
    query = (
        select(Message.direction, Message.kind, Delivery.state)
        .outerjoin(Delivery, Delivery.message_id == Message.id)
        .where(Message.ticket_id == ticket_with(store, phone))
        .order_by(Message.order_at)
    )
    return rows(store, query)


def delivery(store: Store, text: str) -> tuple[str, str, str]:
    """Id, state and detail of the delivery of the message that says this."""
    query = select(Delivery.id, Delivery.state, Delivery.detail).join(
        Message, Message.id == Delivery.message_id
    )
    ((delivery_id, state, detail),) = rows(store, query.where(Message.text == text))
    return delivery_id, state, detail


class TestPast:
    def test_a_question_after_a_campaign_is_attributed(self, past: Store) -> None:
        with past.read() as connection:
            found = attribution(connection, ticket_with(past, ASKED_AFTER_CAMPAIGN))
        assert found is not None
        assert "20 % off" in found.label

    def test_replies_were_delivered_and_one_failed_in_the_providers_words(self, past: Store) -> None:
        sent = [state for _, kind, state in messages(past, TALKED) if kind == MessageKind.REPLY]
        assert sent == [DeliveryState.DELIVERED] * 2
        query = (
            select(Delivery.detail)
            .join(Message, Message.id == Delivery.message_id)
            .where(
                Message.ticket_id == ticket_with(past, UNREACHABLE), Delivery.state == DeliveryState.FAILED
            )
        )
        ((detail,),) = rows(past, query)
        assert "Twilio 30003" in detail

    def test_the_auto_responder_answers_who_never_subscribed(self, past: Store) -> None:
        assert messages(past, NEVER_SUBSCRIBED) == [
            (Direction.INBOUND, MessageKind.MESSAGE, None),
            (Direction.OUTBOUND, MessageKind.AUTO_REPLY, DeliveryState.QUEUED),
        ]

    def test_who_opted_out_was_told_so_and_cannot_be_answered(self, past: Store) -> None:
        *_, stop, told = messages(past, OPTED_OUT)
        assert stop == (Direction.INBOUND, MessageKind.KEYWORD, None)
        assert told == (Direction.OUTBOUND, MessageKind.AUTO_REPLY, DeliveryState.DELIVERED)
        with past.read() as connection:
            seen = overview(connection, ticket_with(past, OPTED_OUT))
        assert seen is not None
        assert not seen.phone_rows[0].may_text
        assert len(seen.phone_rows[0].history) > 2

    def test_a_picture_came(self, past: Store) -> None:
        query = (
            select(Attachment.content_type, Attachment.sha256)
            .join(Message, Message.id == Attachment.message_id)
            .where(Message.ticket_id == ticket_with(past, WITH_PICTURE))
        )
        ((content_type, sha256),) = rows(past, query)
        assert content_type == "image/png"
        assert past.attachments.get(sha256) == paper("zipper.png").content

    def test_tickets_are_in_every_state(self, past: Store) -> None:
        query = select(Ticket.customer_address, Ticket.status).where(Ticket.channel_kind == ChannelKind.SMS)
        status = dict(rows(past, query))
        assert status[CLOSED] == status[BLOCKED] == TicketStatus.CLOSED
        assert status[SNOOZED] == TicketStatus.SNOOZED
        assert set(status) == {story.phone for story in text_stories()}
        phones = select(Identity.value).join(Customer, Customer.id == Identity.customer_id)
        assert (BLOCKED,) in rows(past, phones.where(Customer.blocked))

    def test_a_person_known_by_mail_has_one_profile(self, past: Store) -> None:
        ticket_id = ticket_with(past, TALKED)
        with past.read() as connection:
            seen = overview(connection, ticket_id)
        assert seen is not None
        assert seen.ticket.customer_name == "Daniel Kim"
        assert {kind for kind, _ in seen.phone_rows[0].consents} == set(ConsentKind)

    def test_a_number_that_stands_in_a_mail_suggests_to_merge(self, past: Store) -> None:
        query = select(Ticket.customer_id).where(Ticket.customer_address == WITH_MAILS)
        ((customer_id,),) = rows(past, query)
        with past.read() as connection:
            found = merge_suggestions(connection, customer_id)
        assert [one.name for one in found] == ["Bo Lindqvist"]

    def test_the_owner_was_told_of_the_new_text_alone(self, past: Store) -> None:
        query = select(Message.to, Message.ticket_id, Message.text).where(
            Message.kind == MessageKind.NOTIFICATION
        )
        ((to, ticket_id, text),) = rows(past, query)
        assert (to, ticket_id) == (["julia@harbor.example"], None)
        assert "Is there a shop in Boston" in text


class TestAnswers:
    def test_a_reply_is_delivered_and_answered(self, living: Living) -> None:
        (story,) = [story for story in text_stories() if story.phone == ASKED_AFTER_CAMPAIGN]
        ticket_id = ticket_with(living.store, ASKED_AFTER_CAMPAIGN)
        living.reply(ticket_id, "The backpack is left out.")
        living.eventually(lambda: texts(living.store, ticket_id)[-1] == (Direction.INBOUND, story.answers[0]))
        living.eventually(
            lambda: delivery(living.store, "The backpack is left out.")[1] == DeliveryState.DELIVERED
        )

    def test_a_picture_and_a_short_link_go_out_and_are_there(self, living: Living) -> None:
        ticket_id = ticket_with(living.store, WITH_PICTURE)
        content = paper("workshop.png").content
        sha256 = living.store.attachments.put(content)
        page = "https://harbor.example/repairs/zipper"
        living.reply(
            ticket_id, f"We do: {page}", (DraftFile("workshop.png", "image/png", len(content), sha256),)
        )
        living.eventually(lambda: texts(living.store, ticket_id)[-1][0] == Direction.INBOUND)
        (sent,) = [text for text in provider(living).sent if text.recipient == WITH_PICTURE]
        (short,) = web_links(sent.text)
        assert httpx.get(short, trust_env=False, verify=NO_TLS).headers["location"] == page
        (picture,) = sent.pictures
        assert httpx.get(picture.content.decode(), trust_env=False, verify=NO_TLS).content == content
        living.eventually(lambda: short in texts(living.store, ticket_id)[-1][1])
        assert "picture" in texts(living.store, ticket_id)[-1][1]

    def test_who_opted_out_at_the_provider_is_refused_there_and_then_here(self, living: Living) -> None:
        ticket_id = ticket_with(living.store, OPTED_OUT_AT_PROVIDER)
        living.reply(ticket_id, "It ships today.")
        living.eventually(lambda: delivery(living.store, "It ships today.")[1] == DeliveryState.FAILED)
        assert "Twilio 21610" in delivery(living.store, "It ships today.")[2]
        sources = select(ConsentChange.source).join(Identity, Identity.id == ConsentChange.identity_id)
        living.eventually(
            lambda: (
                (ConsentSource.PROVIDER,)
                in rows(living.store, sources.where(Identity.value == OPTED_OUT_AT_PROVIDER))
            )
        )
        assert isinstance(living.reply(ticket_id, "Hello?"), Refusal)

    @pytest.mark.parametrize("phone", [OPTED_OUT, NEVER_SUBSCRIBED, BLOCKED])
    def test_who_may_not_be_answered_is_not(self, living: Living, phone: str) -> None:
        assert isinstance(living.reply(ticket_with(living.store, phone), "Hello?"), Refusal)

    def test_what_failed_fails_again(self, living: Living) -> None:
        words = "Hi! Yes, it has not left yet. I changed it to M for you: the parcel goes out today."
        delivery_id, state, _ = delivery(living.store, words)
        assert state == DeliveryState.FAILED
        retry = RetryDelivery(actor=SYSTEM, delivery_id=delivery_id)
        outcome = living.engine.write(lambda session: perform(session, retry)).result()
        assert isinstance(outcome, Outcome)
        living.eventually(lambda: delivery(living.store, words)[1] == DeliveryState.FAILED)
        assert "Twilio 30003" in delivery(living.store, words)[2]
        (story,) = [story for story in text_stories() if story.phone == UNREACHABLE]
        assert len(messages(living.store, UNREACHABLE)) == len(story.steps), "it is no campaign's"

    def test_the_auto_responders_text_leaves_and_nobody_answers_it(self, living: Living) -> None:
        living.eventually(lambda: messages(living.store, NEVER_SUBSCRIBED)[-1][2] == DeliveryState.DELIVERED)
        assert len(messages(living.store, NEVER_SUBSCRIBED)) == 2


class TestLife:
    def test_a_later_text_reopens_the_closed_conversation(self, lively: Living) -> None:
        query = select(Ticket.status, Ticket.unread).where(Ticket.customer_address == CLOSED)
        assert rows(lively.store, query) == [(TicketStatus.OPEN, True)]

    def test_a_yes_gives_consent(self, lively: Living) -> None:
        assert isinstance(lively.reply(ticket_with(lively.store, NEVER_SUBSCRIBED), "There is!"), Outcome)

    def test_somebody_new_is_answered_by_the_auto_responder_and_helped(self, lively: Living) -> None:
        lively.eventually(lambda: len(messages(lively.store, NEW)) == 4)
        assert [(direction, kind) for direction, kind, _ in messages(lively.store, NEW)] == [
            (Direction.INBOUND, MessageKind.MESSAGE),
            (Direction.OUTBOUND, MessageKind.AUTO_REPLY),
            (Direction.INBOUND, MessageKind.KEYWORD),
            (Direction.OUTBOUND, MessageKind.AUTO_REPLY),
        ]

    def test_an_answer_to_a_campaign_is_attributed(self, lively: Living) -> None:
        with lively.store.read() as connection:
            found = attribution(connection, ticket_with(lively.store, WITH_EMOJI))
        assert found is not None
        assert "for kids" in found.label

    def test_a_stop_ends_the_subscription(self, lively: Living) -> None:
        result = lively.reply(ticket_with(lively.store, TALKED), "Sorry!")
        assert isinstance(result, Refusal)
        assert "opted out" in result.reason

    def test_a_picture_comes_from_somebody_who_has_just_subscribed(self, lively: Living) -> None:
        ticket_id = ticket_with(lively.store, NEW_WITH_PICTURE)
        query = select(Attachment.size).join(Message, Message.id == Attachment.message_id)
        assert rows(lively.store, query.where(Message.ticket_id == ticket_id)) == [
            (len(paper("shoulder.png").content),)
        ]
        (live,) = [live for live in live_texts() if live.phone == NEW_WITH_PICTURE and live.answers]
        assert isinstance(lively.reply(ticket_id, "That is normal."), Outcome)
        lively.eventually(lambda: texts(lively.store, ticket_id)[-1] == (Direction.INBOUND, live.answers[0]))

    def test_notifications_go_out_and_open_no_ticket(self, lively: Living) -> None:
        notices = (
            select(func.count())
            .select_from(Message)
            .join(Delivery, Delivery.message_id == Message.id)
            .where(Message.kind == MessageKind.NOTIFICATION, Delivery.state == DeliveryState.SENT)
        )
        lively.eventually(lambda: rows(lively.store, notices)[0][0] > 3)
        of_texts = select(func.count()).select_from(Ticket).where(Ticket.channel_kind == ChannelKind.SMS)
        assert rows(lively.store, of_texts) == [(len(text_stories()) + 2,)]
        by_owner = select(Message.id).where(Message.author_address == "julia@harbor.example")
        assert rows(lively.store, by_owner) == []

    def test_all_is_well_and_the_provider_was_asked_as_it_wants(self, lively: Living) -> None:
        assert check(lively.store).ok
        assert provider(lively).violations == []
        assert {text.sender for text in provider(lively).sent} == {NUMBER}
