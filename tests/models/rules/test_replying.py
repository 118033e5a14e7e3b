"""How an answer is addressed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox_desktop.models.rules.replying import (
    MOST_REFERENCES,
    MOST_REPLY_TO,
    answer_addresses,
    references,
    reply_from,
    reply_subject,
)


@pytest.mark.parametrize(
    ("subject", "expected"),
    [("Order", "Re: Order"), ("RE: Order", "RE: Order"), ("re:x", "re:x"), ("", "Re:")],
)
def test_one_re_is_enough(subject: str, expected: str) -> None:
    assert reply_subject(subject) == expected


def test_reply_to_goes_before_the_author() -> None:
    assert answer_addresses(["a@x.example", "b@x.example"], "c@x.example", "d@x.example", ()) == (
        "a@x.example",
        "b@x.example",
    )
    assert answer_addresses([], "c@x.example", "d@x.example", ()) == ("c@x.example",)
    assert answer_addresses([], "", "d@x.example", ()) == ("d@x.example",)


def test_an_answer_never_goes_to_ourselves() -> None:
    ours = ("support@shop.example", "Help@shop.example")
    assert answer_addresses(["SUPPORT@shop.example"], "c@x.example", "d@x.example", ours) == ("c@x.example",)
    both = ["help@shop.example", "a@x.example"]
    assert answer_addresses(both, "c@x.example", "d@x.example", ours) == ("a@x.example",)
    assert answer_addresses([], "help@shop.example", "d@x.example", ours) == ("d@x.example",)


def test_a_crowd_in_reply_to_is_not_answered() -> None:
    crowd = [f"p{n}@x.example" for n in range(MOST_REPLY_TO + 1)]
    assert answer_addresses(crowd, "c@x.example", "d@x.example", ()) == ("c@x.example",)
    assert answer_addresses(crowd[1:], "c@x.example", "d@x.example", ()) == tuple(crowd[1:])
    assert answer_addresses(crowd, "c@x.example", "d@x.example", crowd[:1]) == tuple(crowd[1:])


def test_an_answer_leaves_from_the_address_that_the_mail_came_to() -> None:
    ours = "support@shop.example", ("Help@shop.example",)
    assert reply_from(*ours, "help@SHOP.example") == "Help@shop.example"
    assert reply_from(*ours, "boss@shop.example") == "support@shop.example"
    assert reply_from(*ours, "") == "support@shop.example"


def test_references_continue_the_chain() -> None:
    assert references(["<1>", "<2>"], "<2>", "<3>") == ["<1>", "<2>", "<3>"]
    assert references([], "<1>", "<2>") == ["<1>", "<2>"]
    assert references([], None, "<2>") == ["<2>"]
    assert references(["<1>"], None, None) == []


@given(st.lists(st.uuids().map(lambda number: f"<{number}>"), max_size=60))
def test_references_stay_short_and_keep_root_and_parent(chain: list[str]) -> None:
    found = references(chain, None, "<parent>")
    assert len(found) <= MOST_REFERENCES
    assert found[0] == (chain[0] if chain else "<parent>")
    assert found[-1] == "<parent>"
