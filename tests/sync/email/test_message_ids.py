"""Only Message-IDs that were made with the key name a ticket."""

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox_desktop.sync.email.message_ids import ascii_domain, make_message_id, signed_ticket_id

KEY = bytes(range(32))
uuids = st.uuids().map(str)
keys = st.binary(min_size=32, max_size=32)


@given(uuids, uuids, keys)
def test_an_id_made_with_the_key_names_its_ticket(ticket: str, message: str, key: bytes) -> None:
    made = make_message_id(ticket, message, key, "shop.example")
    assert signed_ticket_id(["<other@x>", made], key) == ticket
    assert made.isascii()
    assert len(made) < 120
    assert made.endswith("@shop.example>")


@given(uuids, uuids, keys, keys)
def test_another_key_names_nothing(ticket: str, message: str, key: bytes, other: bytes) -> None:
    found = signed_ticket_id([make_message_id(ticket, message, key, "shop.example")], other)
    assert found == (ticket if key == other else None)


@given(uuids, uuids, st.data())
def test_a_changed_id_names_nothing(ticket: str, message: str, data: st.DataObject) -> None:
    made = make_message_id(ticket, message, KEY, "shop.example")
    place = data.draw(st.integers(0, len(made) - 1))
    character = data.draw(st.characters(min_codepoint=33, max_codepoint=0x2FF))
    changed = made[:place] + character + made[place + 1 :]
    assert signed_ticket_id([changed], KEY) == (ticket if changed == made else None)


@given(uuids, uuids)
def test_an_id_can_not_be_moved_to_another_ticket(ticket: str, other: str) -> None:
    mine, theirs = (make_message_id(t, t, KEY, "shop.example")[1:-1] for t in (ticket, other))
    forged = f"<{mine.split('.')[0]}.{theirs.split('.', 1)[1]}>"
    assert signed_ticket_id([forged], KEY) == (ticket if ticket == other else None)


@given(st.text(max_size=300))
def test_whatever_a_mail_claims_is_no_id(text: str) -> None:
    assert signed_ticket_id([text, f"<{text}>"], KEY) is None


@pytest.mark.parametrize(
    ("domain", "expected"),
    [
        ("Shop.Example", "shop.example"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("[127.0.0.1]", "[127.0.0.1]"),
        ("", "localhost"),
        ("a b>\r\nBcc: x", "localhost"),
        ("ü" * 300 + ".example", "localhost"),
    ],
)
def test_domains_are_made_fit_for_headers(domain: str, expected: str) -> None:
    assert ascii_domain(domain) == expected
    one = str(uuid.uuid4())
    assert signed_ticket_id([make_message_id(one, one, KEY, domain)], KEY) == one
