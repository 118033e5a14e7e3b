"""Profiles as they are shown: phones with consents and their history, attribution, likely doubles."""

import pytest

from inbox_desktop.models.actions import agent
from inbox_desktop.models.actions.consent import ChangeConsent
from inbox_desktop.models.actions.profiles import KeepApart, MergeCustomers
from inbox_desktop.models.kinds import ConsentKind, ConsentSource, ConsentState
from inbox_desktop.models.queries.overview import overview
from inbox_desktop.models.queries.profiles import merge_suggestions
from inbox_desktop.models.queries.rows import MergeSuggestion, Overview
from inbox_desktop.models.sms_settings import AutoResponder
from inbox_desktop.models.store import Store
from tests.models.samples import Mailroom, done
from tests.models.texting import ANA, BO, Phones, ticket, well


@pytest.fixture
def phones(store: Store, julia: str) -> Phones:
    return Phones(store, julia, auto_responder=AutoResponder.OFF)


def overview_of(store: Store, ticket_id: str | None) -> Overview:
    with store.read() as connection:
        found = overview(connection, ticket_id or "")
    assert found is not None
    return found


def suggestions(store: Store, ticket_id: str | None) -> tuple[MergeSuggestion, ...]:
    customer_id = ticket(store, ticket_id).customer_id
    with store.read() as connection:
        return merge_suggestions(connection, customer_id)


def test_phones_are_shown_as_people_at_home_write_them(store: Store, phones: Phones) -> None:
    assert overview_of(store, phones.text().ticket_id).phones == ("(415) 555-0132",)
    assert overview_of(store, phones.text(sender=BO).ticket_id).phones == ("+49 30 12345678",)


def test_consents_with_their_history(store: Store, julia: str, phones: Phones) -> None:
    phones.text("YES")
    opened = phones.text()
    note = ChangeConsent(
        actor=agent(julia),
        at=phones.at,
        phone=ANA,
        kinds=(ConsentKind.TRANSACTIONAL,),
        state=ConsentState.GRANTED,
        source=ConsentSource.AGENT,
        detail="On the phone.",
    )
    done(store, note)
    (phone,) = overview_of(store, opened.ticket_id).phone_rows
    assert (phone.number, phone.may_text) == (ANA, True)
    assert dict(phone.consents) == dict.fromkeys(ConsentKind, ConsentState.GRANTED)
    told = [(row.source, row.detail, row.agent_name) for row in phone.history]
    assert told == [
        (ConsentSource.AGENT, "On the phone.", "Julia"),
        (ConsentSource.KEYWORD, "YES", None),
    ]


def test_a_ticket_shows_the_newest_campaign_that_it_answers(store: Store, phones: Phones) -> None:
    phones.campaign()
    opened = phones.text()
    shown = overview_of(store, opened.ticket_id).attribution
    assert shown is not None
    assert shown.label == "Autumn sale"
    assert shown.sent_at < shown.answered_at
    phones.campaign(label="", text="Ten percent\noff!")
    phones.text("How?")
    newest = overview_of(store, opened.ticket_id).attribution
    assert newest is not None
    assert newest.label == "Ten percent off!"


def test_mails_and_texts_without_a_campaign_have_no_attribution(
    store: Store, receive: Mailroom, phones: Phones
) -> None:
    assert overview_of(store, receive().ticket_id).attribution is None
    assert overview_of(store, phones.text().ticket_id).attribution is None


@pytest.mark.parametrize(
    "written",
    [
        "Call me: (415) 555-0132.",
        "my number is +1 415 555 0132",
        "415.555.0132, thanks",
        "4155550132",
        "Tel.: +14155550132",
        "001 415-555-0132",
    ],
)
def test_a_mail_that_names_the_phone_suggests_a_merge(
    store: Store, receive: Mailroom, phones: Phones, written: str
) -> None:
    mail, text = receive(text=written), phones.text()
    (by_phone,) = suggestions(store, text.ticket_id)
    assert (by_phone.name, by_phone.address) == ("Ana Souza", "ana@example.com")
    assert by_phone.reason == "A mail of theirs names (415) 555-0132."
    (by_mail,) = suggestions(store, mail.ticket_id)
    assert (by_mail.customer_id, by_mail.address) == (
        ticket(store, text.ticket_id).customer_id,
        "(415) 555-0132",
    )


@pytest.mark.parametrize(
    "written",
    ["Order 94155550132.", "415 555 0133", "Invoice 1-415-555-0132-99", "Where is it?"],
)
def test_other_numbers_suggest_nothing(store: Store, receive: Mailroom, phones: Phones, written: str) -> None:
    mail, text = receive(text=written), phones.text()
    assert suggestions(store, text.ticket_id) == suggestions(store, mail.ticket_id) == ()


def test_who_was_said_to_be_another_person_is_no_longer_suggested(
    store: Store, julia: str, receive: Mailroom, phones: Phones
) -> None:
    mail, text = receive(text="(415) 555-0132"), phones.text()
    (found,) = suggestions(store, text.ticket_id)
    own = ticket(store, text.ticket_id).customer_id
    said = done(store, KeepApart(actor=agent(julia), one_id=own, other_id=found.customer_id))
    assert suggestions(store, text.ticket_id) == suggestions(store, mail.ticket_id) == ()
    assert said.undo is not None
    done(store, said.undo)
    assert suggestions(store, text.ticket_id) == (found,)
    well(store)


def test_merged_profiles_are_no_longer_suggested(
    store: Store, julia: str, receive: Mailroom, phones: Phones
) -> None:
    mail, text = receive(text="(415) 555-0132"), phones.text()
    (found,) = suggestions(store, text.ticket_id)
    own = ticket(store, text.ticket_id).customer_id
    done(store, MergeCustomers(actor=agent(julia), from_id=own, into_id=found.customer_id))
    assert suggestions(store, text.ticket_id) == suggestions(store, mail.ticket_id) == ()
    shown = overview_of(store, mail.ticket_id)
    assert (shown.addresses, shown.phones) == (("ana@example.com",), ("(415) 555-0132",))
