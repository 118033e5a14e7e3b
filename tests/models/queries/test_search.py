"""Search: finds what was written, the newest first, and fails at nothing that can be typed."""

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from inbox_desktop.models.actions import agent
from inbox_desktop.models.actions.deliveries import CancelDelivery
from inbox_desktop.models.actions.messages import AddNote, Reply
from inbox_desktop.models.ids import new_id
from inbox_desktop.models.kinds import IdentityKind
from inbox_desktop.models.queries import search as search_module
from inbox_desktop.models.queries.rows import TicketRow
from inbox_desktop.models.queries.search import excerpt, search
from inbox_desktop.models.store import Store
from inbox_desktop.models.tables import Identity
from tests.models.samples import START, Mailroom, done
from tests.models.texting import Phones


def found(store: Store, query: str, limit: int = 50) -> list[TicketRow]:
    with store.read() as connection:
        return list(search(connection, query, limit))


def numbers(store: Store, query: str, limit: int = 50) -> list[int]:
    return [row.number for row in found(store, query, limit)]


@pytest.fixture(params=["among the recent", "among all"])
def _either_way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both ways of looking must give the same."""
    if request.param == "among all":
        monkeypatch.setattr(search_module, "RECENT_TICKETS", 2)


def test_every_word_must_be_there_and_the_last_may_be_a_beginning(store: Store, receive: Mailroom) -> None:
    receive(text="The parcel is late")
    receive(text="The parcel is broken, the invoice too")
    assert numbers(store, "parcel") == [2, 1]
    assert numbers(store, "parcel inv") == [2]
    assert numbers(store, "par late") == []
    assert numbers(store, "PARCEL LATE") == [1]
    assert numbers(store, "nothing") == []


@pytest.mark.usefixtures("_either_way")
def test_words_may_stand_in_different_messages_of_a_ticket(
    store: Store, julia: str, receive: Mailroom
) -> None:
    first = receive(subject="Blue jacket", text="The parcel is late")
    receive(text="A parcel to Oakland")
    receive(text="Another jacket")
    answer = Reply(
        actor=agent(julia), ticket_id=first.ticket_id or "", text="It is in Oakland", seen_message_id=None
    )
    done(store, answer)
    assert numbers(store, "parcel oakland") == [2, 1]  # all in one message comes before what is newer
    assert numbers(store, "jacket late oakl") == [1]
    assert numbers(store, '"in oakland" souza') == [1]
    assert numbers(store, "parcel oakland", limit=1) == [2]
    assert numbers(store, "parcel oakland zebra") == []
    (row,) = found(store, "late oakland")
    assert row.snippet == "It is in Oakland"
    done(store, CancelDelivery(actor=agent(julia), ticket_id=answer.ticket_id, message_id=answer.message_id))
    assert numbers(store, "parcel oakland") == [2]


def test_words_that_are_all_common_are_looked_for_in_the_newest_tickets(
    store: Store, receive: Mailroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_module, "COMMON", 1)
    first = receive(text="apple")
    receive.answer(first, text="pear")
    receive(text="apple")
    assert numbers(store, "apple pear") == [1]


def test_a_phrase_stands_together(store: Store, receive: Mailroom) -> None:
    receive(text="late parcel")
    receive(text="parcel late")
    assert numbers(store, '"parcel late"') == [2]
    assert numbers(store, "late parcel") == [2, 1]
    assert numbers(store, '"parcel lat"') == []


def test_subjects_names_and_addresses(store: Store, receive: Mailroom) -> None:
    receive(subject="Blue jacket")
    receive(author_address="bo.li@shop42.example", author_name="Bo Lindqvist")
    assert numbers(store, "jacket") == [1]
    assert numbers(store, "lindq") == [2]
    assert numbers(store, "bo.li@shop42.example") == [2]
    assert numbers(store, "bo.li@sh") == [2]
    assert numbers(store, "shop42") == [2]


def test_accents_do_not_matter(store: Store, receive: Mailroom) -> None:
    receive(text="Où est la clé de São Paulo?")
    assert numbers(store, "cle sao") == [1]
    assert numbers(store, "CLÉ") == [1]


def test_languages_without_spaces(store: Store, receive: Mailroom) -> None:
    receive(text="サイズ交換についてお願いします。ありがとうございます", subject="交換")
    receive(text="我想退货，谢谢", subject="订单")
    assert numbers(store, "交換") == [1]
    assert numbers(store, "ありがとう") == [1]
    assert numbers(store, "退货") == [2]
    assert numbers(store, "货退") == []


def test_all_that_was_written_is_found_but_not_what_was_taken_back(
    store: Store, julia: str, receive: Mailroom
) -> None:
    ticket_id = receive().ticket_id or ""
    done(store, AddNote(actor=agent(julia), ticket_id=ticket_id, text="stuck in Oakland"))
    answer = Reply(actor=agent(julia), ticket_id=ticket_id, text="sending a zebra", seen_message_id=None)
    done(store, answer)
    assert numbers(store, "oakland") == numbers(store, "zebra") == [1]
    done(store, CancelDelivery(actor=agent(julia), ticket_id=ticket_id, message_id=answer.message_id))
    assert numbers(store, "zebra") == []


@pytest.mark.parametrize("query", ["2", "#2", " # 2"])
def test_a_number_brings_its_ticket_first(store: Store, receive: Mailroom, query: str) -> None:
    receive()
    receive()
    receive(text="2 jackets")
    assert numbers(store, query)[0] == 2
    assert sorted(numbers(store, query)) == [2, 3]
    assert numbers(store, query, limit=1) == [2]


def test_an_address_that_no_message_bears(store: Store, receive: Mailroom) -> None:
    ticket_id = receive().ticket_id
    receive(author_address="bo@example.com")
    with store.read() as connection:
        (row,) = search(connection, "ana@example.com", 5)
    assert row.id == ticket_id
    with store.write() as session:
        phone = Identity(
            id=new_id(), customer_id=row.customer_id, kind=IdentityKind.PHONE, value="+14155550188"
        )
        session.add(phone)
    assert numbers(store, "+1415") == [1]
    assert numbers(store, "+1") == []


@pytest.mark.usefixtures("_either_way")
def test_newest_first_and_no_more_than_asked_for(store: Store, receive: Mailroom) -> None:
    first = receive(text="apple")
    for _ in range(4):
        receive(text="apple")
    receive.answer(first, text="no fruit")
    receive(text="pear")
    assert numbers(store, "apple") == [1, 5, 4, 3, 2]
    assert numbers(store, "apple", limit=3) == [1, 5, 4]
    assert numbers(store, "apple", limit=0) == []


def test_the_snippet_is_the_place(store: Store, receive: Mailroom) -> None:
    receive(text="Dear team, " + "something long and dull. " * 40 + "The zebra has arrived, thank you.")
    receive(text="zebra at once")
    receive(subject="About a zebra", text="Look at the subject.")
    assert [row.snippet for row in found(store, "zebra")] == [
        "Look at the subject.",
        "zebra at once",
        "… The zebra has arrived, thank you.",
    ]


def test_an_excerpt_is_one_short_line() -> None:
    assert excerpt("hay " * 100 + "needle in it", ["needle"]) == "… hay hay needle in it"
    assert excerpt("hay" * 100 + " needle", ["needle"]) == "… needle"
    assert excerpt("草" * 100 + "針", ["針"]) == "… " + "草" * 10 + "針"
    assert excerpt("hay", ["needle"]) is None
    assert len(excerpt("a\nb " * 1000 + "needle " * 1000, ["needle"]) or "") <= 200


HOSTILE = [
    '"',
    '""',
    "a OR",
    "NEAR(a b)",
    "*",
    "-",
    "a*b",
    "subject:x",
    "(",
    "^a",
    "a\0b",
    "'; DROP",
    "_",
    "²",
    "%",
    "#",
    "ª",
]


@given(
    st.one_of(
        st.sampled_from(HOSTILE), st.text(max_size=40), st.text(alphabet='ab"*()-^:+_ \0#1', max_size=20)
    )
)
@example('_ "_" _')
@example("\ud800")
@example("#" + "9" * 40)
@example("٣")
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nothing_that_is_typed_fails(store: Store, receive: Mailroom, query: str) -> None:
    if receive.arrived == 0:
        receive(text="a b ab subject x 1")
    with store.read() as connection:
        search(connection, query, 5)


@given(st.text(alphabet="abc äöé退货交 _-.,'\n", min_size=1, max_size=30))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_was_written_is_found_by_itself(store: Store, receive: Mailroom, content: str) -> None:
    received = receive(text=content, sent_at=START)
    if not any(character.isalnum() for character in content):
        return
    with store.read() as connection:
        assert received.ticket_id in {row.id for row in search(connection, content, 1000)}


@pytest.mark.parametrize(
    "query", ["(415) 555-0132", "+1 415 555 0132", "415.555.0132", "0132", "+14155550132", "415 555"]
)
def test_a_phone_is_found_however_its_digits_are_grouped(store: Store, julia: str, query: str) -> None:
    phones = Phones(store, julia)
    phones.text("Nothing of a number in it", "+14155550132")
    phones.text("Nor here", "+493012345678")
    assert numbers(store, query) == [1]
