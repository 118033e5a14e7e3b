"""Recipients: read from fields, and offered for "reply all"."""

from hypothesis import given
from hypothesis import strategies as st

from inbox_desktop.models.kinds import Direction, MessageKind
from inbox_desktop.ui.composer.addresses import others, parse, summary
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
