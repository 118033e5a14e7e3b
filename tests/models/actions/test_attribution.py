"""Which text is credited to which campaign message."""

from datetime import timedelta

import pytest

from inbox_desktop.models.actions import agent
from inbox_desktop.models.actions.messages import Reply
from inbox_desktop.models.actions.profiles import AddIdentity
from inbox_desktop.models.kinds import IdentityKind
from inbox_desktop.models.sms_settings import AutoResponder
from inbox_desktop.models.store import Store
from tests.models.samples import START, done
from tests.models.texting import BO, Phones, attributions, messages, owner_of, well


@pytest.fixture
def phones(store: Store, julia: str) -> Phones:
    return Phones(store, julia, auto_responder=AutoResponder.OFF)


def test_the_first_text_after_a_campaign_is_credited_to_it(store: Store, phones: Phones) -> None:
    phones.text("Before")
    phones.campaign(text="A")
    phones.text("First")
    phones.text("Second")
    assert attributions(store) == {"A": "First"}
    phones.campaign(text="B")
    phones.campaign(text="C")
    phones.text("Third")
    assert attributions(store) == {"A": "First", "C": "Third"}
    well(store)


def test_what_the_provider_answers_by_itself_is_no_campaign(store: Store, phones: Phones) -> None:
    phones.set(answer_keywords=False)
    phones.campaign(text="A")
    phones.text("HELP")  # the first text since
    phones.campaign(text="Reply STOP to unsubscribe", is_answer=True)
    phones.text("What does it cost?")
    assert attributions(store) == {"A": "HELP"}
    kinds = [message.kind for message in messages(store)]
    assert kinds == ["campaign", "keyword", "auto_reply", "message"]
    well(store)


def test_the_provider_s_own_answer_hides_no_campaign_that_is_answered(store: Store, phones: Phones) -> None:
    phones.text("Hello")
    phones.campaign(text="A")
    phones.campaign(text="Thank you, we will be back on Monday.", is_answer=True)
    phones.text("Nice")
    assert attributions(store) == {"A": "Nice"}
    well(store)


def test_the_window_ends(store: Store, phones: Phones) -> None:
    phones.campaign(text="A")
    phones.at += timedelta(hours=24) - timedelta(minutes=1)
    phones.text("Just in time")
    phones.campaign(text="B")
    phones.at += timedelta(hours=24)
    phones.text("Too late")
    phones.text("Still too late")
    assert attributions(store) == {"A": "Just in time"}


def test_a_campaign_to_another_phone_of_the_same_person_counts(
    store: Store, julia: str, phones: Phones
) -> None:
    phones.campaign(BO, text="A")
    opened = phones.text("One")
    assert attributions(store) == {}
    who = owner_of(store, opened.ticket_id)
    done(store, AddIdentity(actor=agent(julia), customer_id=who, kind=IdentityKind.PHONE, value=BO))
    phones.text("Two", BO)
    assert attributions(store) == {"A": "One"}
    well(store)


def test_a_shorter_window_takes_nothing_back(store: Store, phones: Phones) -> None:
    phones.campaign(text="A")
    phones.at += timedelta(hours=5)
    phones.text("First")
    phones.set(attribution_hours=1)
    phones.text("Second")
    assert attributions(store) == {"A": "First"}


def test_a_keyword_is_a_text_since_the_campaign(store: Store, phones: Phones) -> None:
    phones.campaign(text="A")
    phones.text("STOP")
    phones.text("Why do you text me?")
    assert attributions(store) == {"A": "STOP"}
    well(store)


def test_replies_and_automatic_answers_never_attract_attribution(
    store: Store, julia: str, phones: Phones
) -> None:
    phones.set(auto_responder=AutoResponder.ALL)
    phones.text("START")
    ticket_id = phones.text().ticket_id or ""
    done(store, Reply(actor=agent(julia), ticket_id=ticket_id, text="Hi", seen_message_id=None))
    phones.text("Thanks")
    assert attributions(store) == {}


def test_other_peoples_campaigns_and_texts_do_not_count(store: Store, phones: Phones) -> None:
    phones.campaign(BO, text="A")
    phones.text("Hi")
    phones.text("Hallo", BO)
    assert attributions(store) == {"A": "Hallo"}


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0), (1, 3, 0, 2), (2, 0, 3, 1)])
def test_attribution_does_not_depend_on_the_order_of_the_listings(
    store: Store, phones: Phones, order: tuple[int, ...]
) -> None:
    texts = {1: phones.message("One", sent_at=START + timedelta(hours=2))}
    texts[3] = phones.message("Three", sent_at=START + timedelta(hours=4))
    for step in order:
        if step in texts:
            phones.receive(texts[step])
        else:
            at = START + timedelta(hours=step + 1)
            phones.campaign(text="A" if step == 0 else "B", sent_at=at)
    assert attributions(store) == {"A": "One", "B": "Three"}
    well(store)
