"""Finding customers by name, address or phone."""

from typing import Any

import pytest

from inbox_desktop.models.actions import agent
from inbox_desktop.models.actions.profiles import MergeCustomers
from inbox_desktop.models.queries.find_profiles import ProfileRow, find_profiles
from inbox_desktop.models.queries.tickets import ticket_row
from inbox_desktop.models.store import Store
from tests.models.samples import Mailroom, done
from tests.models.texting import Phones


@pytest.fixture
def people(store: Store, julia: str, email_channel: str) -> dict[str, str]:
    """Three people; their profiles' ids by name."""
    mail, phones = Mailroom(store, email_channel), Phones(store, julia)
    outcomes = {
        "Ana": mail(author_address="ana@example.com", author_name="Ana Souza"),
        "Bo": mail(author_address="bo_1@example.com", author_name="Bo Lindqvist"),
        "phone": phones.text("Hello", "+14155550132"),
    }
    found = {}
    with store.read() as reader:
        for name, outcome in outcomes.items():
            row = ticket_row(reader, outcome.ticket_id or "")
            assert row is not None
            found[name] = row.customer_id
    return found


def find(store: Store, query: str, **values: Any) -> list[str]:
    with store.read() as reader:
        return [row.id for row in find_profiles(reader, query, **values)]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("souza", ["Ana"]),
        ("ANA sou", ["Ana"]),
        ("ana bo", []),
        ("@example.com", ["Ana", "Bo"]),
        ("bo_1", ["Bo"]),
        ("bo%", []),
        ("(415) 555-0132", ["phone"]),
        ("415 555 01", ["phone"]),
        ("0132", ["phone"]),
        ("99", []),
        ("", []),
    ],
)
def test_every_word_must_be_known_of_somebody(
    store: Store, people: dict[str, str], query: str, names: list[str]
) -> None:
    assert find(store, query) == [people[name] for name in names]


def test_a_profile_says_how_it_is_reached_and_what_it_has(store: Store, people: dict[str, str]) -> None:
    with store.read() as reader:
        (row,) = find_profiles(reader, "0132")
    assert row == ProfileRow(people["phone"], "", ("(415) 555-0132",), 1)


def test_oneself_and_what_was_merged_are_left_out(store: Store, julia: str, people: dict[str, str]) -> None:
    assert find(store, "example", without=(people["Ana"],)) == [people["Bo"]]
    done(store, MergeCustomers(actor=agent(julia), from_id=people["phone"], into_id=people["Ana"]))
    assert find(store, "415 555") == [people["Ana"]]
