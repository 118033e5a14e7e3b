"""Address fields, and when a sender's identity is beyond doubt."""

import pytest

from inbox_desktop.sync.email.addresses import clean_name, parse_addresses, read_addresses, read_from
from inbox_desktop.sync.email.headers import read_headers


def _from(value: str) -> tuple[str, str, bool]:
    sender, verified = read_from(read_headers(b"From: " + value.encode("utf-8", "surrogateescape")))
    return (sender.name, sender.address, verified) if sender else ("", "", verified)


@pytest.mark.parametrize(
    ("value", "name", "address"),
    [
        ("Ana Souza <ana@Example.COM>", "Ana Souza", "ana@example.com"),
        ('"Souza, Ana" <ana@example.com>', "Souza, Ana", "ana@example.com"),
        ("=?utf-8?q?Souza=2C_Ana?= <ana@example.com>", "Souza, Ana", "ana@example.com"),
        ("ana@example.com", "", "ana@example.com"),
        ("<Ana.Souza@example.com>", "", "Ana.Souza@example.com"),
        ("ana@example.com (Ana Souza)", "Ana Souza", "ana@example.com"),
        ("Ana\r\n\t<ana@example.com>", "Ana", "ana@example.com"),
        ('"ana@example.com" <ana@example.com>', "ana@example.com", "ana@example.com"),
        ("Jürgen Müller <j@müller.example>", "Jürgen Müller", "j@müller.example"),
        ("Ana (Sales) Souza <ana@example.com>", "Ana Souza", "ana@example.com"),
    ],
)
def test_one_well_formed_sender_is_verified(value: str, name: str, address: str) -> None:
    assert _from(value) == (name, address, True)


@pytest.mark.parametrize(
    "value",
    [
        "a@good.example <evil@bad.example>",
        '"a@good.example" <evil@bad.example>',
        '"Ana (ana@good.example)" <evil@bad.example>',
        "=?utf-8?q?a=40good.example?= <evil@bad.example>",
        "=?utf-8?q?a=40good.example=3E_=3C?= <evil@bad.example>",
        "a@good.example, b@bad.example",
        "<a@good.example><evil@bad.example>",
        "a@good.example\r\nFrom: evil@bad.example",
        "evil@bad.example\x00@good.example",
        "a@good.example@bad.example",
        "<@good.example:evil@bad.example>",
        "Ana <ana@good.example> evil",
        "Ana <ana@good.example",
        "Team: ana@good.example;",
        "Müller, Jürgen <j@good.example>",
        "Ana \x07 <ana@good.example>",
        "\u202eana <ana@good.example>",
        "ana@localhost",
        "ana",
        "<>",
        "",
    ],
)
def test_whatever_could_be_read_in_two_ways_is_not_verified(value: str) -> None:
    assert _from(value)[2] is False


def test_no_from_line_is_not_verified() -> None:
    assert read_from(read_headers(b"Subject: x")) == (None, False)


def test_a_malformed_header_block_verifies_nobody() -> None:
    assert read_from(read_headers(b"From: ana@example.com\nnonsense"))[1] is False


def test_a_list_of_addresses_with_groups_and_junk() -> None:
    value = (
        'A <a@x.example>, "B, C" <b@x.example>; d@x.example, Team: e@x.example, F <f@x.example>;, , nobody'
    )
    addresses, clean, more = parse_addresses(value)
    assert [(found.name, found.address) for found in addresses] == [
        ("A", "a@x.example"),
        ("B, C", "b@x.example"),
        ("", "d@x.example"),
        ("", "e@x.example"),
        ("F", "f@x.example"),
    ]
    assert not clean
    assert not more


def test_more_addresses_than_the_cap_are_left_out_and_said() -> None:
    headers = read_headers(b"To: " + b", ".join(b"a%d@b.example" % number for number in range(1_200)))
    addresses, more = read_addresses(headers, "to")
    assert len(addresses) == 1_000
    assert more


def test_names_are_one_plain_line_without_hidden_characters() -> None:
    assert clean_name(" 'Ana\u202e\u200b\n Souza' ") == "Ana Souza"
    assert clean_name("<b>Ana</b>") == "<b>Ana</b>"  # plain text: whoever shows it must not render it
    assert len(clean_name("a" * 5_000)) == 200
