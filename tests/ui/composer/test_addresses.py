"""Recipients: read from fields, and offered for "reply all"."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox_desktop.models.kinds import Direction, MessageKind
from inbox_desktop.ui.composer.addresses import called, others, parse, some_of, summary
from tests.ui.thread.rows import message, thread


def test_reads_addresses_with_and_without_names() -> None:
    good, bad = parse("Ana <ana@x.example>, bo@x.example; ANA@x.example,, foo, @x, a b@x.example")
    assert good == ("ana@x.example", "bo@x.example")
    assert bad == ("foo", "@x", "a b@x.example")


@given(st.text(max_size=200))
def test_whatever_is_read_can_stand_in_a_header(text: str) -> None:
    for address in parse(text)[0]:
        assert "@" in address
        assert not any(char.isspace() or char in "<>,;\r\n" for char in address)


def test_reply_all_offers_others_and_never_our_own() -> None:
    mail = message(
        "m1",
        to=("support@shop.example", "lisa@x.example"),
        cc=("HELP@shop.example", "tom@x.example", "ana@mail.example"),
    )
    answer = message("m2", direction=Direction.OUTBOUND, kind=MessageKind.REPLY, cc=("nobody@x.example",))
    assert others(thread(mail, answer), {"help@shop.example"}) == ("lisa@x.example", "tom@x.example")
    assert others(thread(answer), ()) == ()


def test_the_recipients_in_a_few_words() -> None:
    assert summary(("ana@x.example",), "Ana", "s@shop.example", 0) == "to Ana from s@shop.example"
    assert (
        summary(("a@x", "b@x"), "", "s@shop.example", 2) == "to a@x and 1 more, 2 in copy from s@shop.example"
    )
    assert summary((), "", "s@shop.example", 0) == "to nobody yet from s@shop.example"


@pytest.mark.parametrize(
    ("label", "shown"),
    [
        ("Ana Souza", "Ana"),
        ("ليلى بن علي", "ليلى"),
        ("Dr. Ana Souza", "Dr. Ana Souza"),
        ("Souza, Ana", "Souza, Ana"),
        ("\U0001f984 Unicorn", "\U0001f984 Unicorn"),
        ("ana@x.example", "ana@x.example"),
    ],
)
def test_people_are_called_by_a_name(label: str, shown: str) -> None:
    assert called(label) == shown


def test_many_addresses_are_counted() -> None:
    many = [f"p{number}@x.example" for number in range(500)]
    assert some_of(many[:3]) == "p0@x.example, p1@x.example, p2@x.example"
    assert some_of(many) == "p0@x.example, p1@x.example and 498 more"
