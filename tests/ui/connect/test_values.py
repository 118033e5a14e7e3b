"""The form of a mailbox as values."""

from dataclasses import replace

import pytest

from inbox_desktop.models.kinds import Security
from inbox_desktop.models.mail_settings import MailSettings, Server
from inbox_desktop.ui.connect.values import Field, MailValues, address_problem, problem

GOOD = MailValues(
    address="support@shop.example", imap_host="imap.shop.example", smtp_host="smtp.shop.example"
)


def test_values_become_settings() -> None:
    values = replace(GOOD, folders="INBOX, Orders", aliases="help@shop.example")
    assert values.settings() == MailSettings(
        imap=Server("imap.shop.example", 993, Security.TLS),
        smtp=Server("smtp.shop.example", 465, Security.TLS),
        user="support@shop.example",
        folders=("INBOX", "Orders"),
        aliases=("help@shop.example",),
    )
    assert problem(values, has_password=True) is None


@pytest.mark.parametrize(
    "address", ["", "support", "a@b.example, c@d.example", "Ana <a@b.example>", "@b.example"]
)
def test_one_whole_address_is_wanted(address: str) -> None:
    found = address_problem(address)
    assert found is not None
    assert found.field is Field.ADDRESS


@pytest.mark.parametrize(
    ("values", "password", "field"),
    [
        (GOOD, "", Field.PASSWORD),
        (replace(GOOD, imap_host=""), "x", Field.IMAP),
        (replace(GOOD, smtp_host="a b"), "x", Field.SMTP),
        (replace(GOOD, imap_security=Security.NONE), "x", Field.IMAP),
        (replace(GOOD, smtp_security=Security.NONE), "x", Field.SMTP),
        (replace(GOOD, aliases="help@shop.example, nonsense"), "x", Field.ALIASES),
    ],
)
def test_what_is_missing_or_wrong_is_named(values: MailValues, password: str, field: Field) -> None:
    found = problem(values, has_password=bool(password))
    assert found is not None
    assert found.field is field
    assert found.words.endswith(".")


def test_plain_text_is_fine_on_this_computer() -> None:
    local = replace(GOOD, imap_host="127.0.0.1", imap_security=Security.NONE, smtp_host="localhost")
    assert problem(replace(local, smtp_security=Security.NONE), has_password=True) is None


def test_unknown_servers_are_guessed_but_never_overwritten() -> None:
    guessed = MailValues(address="a@Shop.example", imap_host="mine.example").guessed()
    assert (guessed.imap_host, guessed.smtp_host) == ("mine.example", "smtp.shop.example")
    assert guessed.user == "a@Shop.example"
