"""The settings of an SMS channel: kept, checked, and refused in words."""

import json
import re
from dataclasses import replace
from typing import Any

import pytest

from inbox_desktop.models.rules.segments import Encoding, segments
from inbox_desktop.models.sms_settings import (
    AutoResponder,
    KeywordMatch,
    Provider,
    SmsSettings,
    SmsSettingsError,
)

SETTINGS = SmsSettings(Provider.TWILIO, "AC0123", "+14155550132")
FULL = SmsSettings(
    provider=Provider.TELNYX,
    account="profile-1",
    number="+447700900123",
    base_url="http://127.0.0.1:8080/api",
    secret_env="SMS_SECRET",
    keyword_match=KeywordMatch.EXACT,
    auto_responder=AutoResponder.ALL,
    auto_responder_text="Hi {{ first_name|default('there') }}",
    brand="Acme",
    contact_email="help@acme.example",
    notify=False,
    notify_address="team@acme.example",
    attribution_hours=48,
    shorten_links=False,
)


@pytest.mark.parametrize("settings", [SETTINGS, FULL])
def test_they_survive_the_channels_row(settings: SmsSettings) -> None:
    read = SmsSettings.from_json(json.loads(json.dumps(settings.to_json())))
    assert read == settings
    assert isinstance(read.provider, Provider)
    assert isinstance(read.keyword_match, KeywordMatch)
    assert isinstance(read.auto_responder, AutoResponder)


def test_rows_of_older_and_newer_programs_can_be_read() -> None:
    old = {"provider": "twilio", "account": "AC0123", "number": "+14155550132"}
    assert SmsSettings.from_json(old) == SETTINGS
    assert SmsSettings.from_json({**old, "sent_by": "pigeon"}) == SETTINGS


@pytest.mark.parametrize(
    "row", [{}, {"provider": "pigeon"}, {"provider": "twilio", "account": "AC0123"}, {"imap": {"host": "x"}}]
)
def test_a_row_of_something_else_is_refused(row: dict[str, Any]) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        SmsSettings.from_json(row)


@pytest.mark.parametrize("settings", [SETTINGS, FULL])
def test_what_is_right_passes_as_it_is(settings: SmsSettings) -> None:
    assert settings.checked() == settings


def test_what_people_type_is_put_right() -> None:
    typed = replace(
        FULL,
        account=" AC0123\n",
        number=" +1 (415) 555-0132 ",
        base_url="https://api.example.com/ ",
        brand=" Acme\n Outdoor ",
        contact_email=" help@acme.example",
        notify_address="team@acme.example ",
    )
    checked = typed.checked()
    assert checked.account == "AC0123"
    assert checked.number == "+14155550132"
    assert checked.base_url == "https://api.example.com"
    assert checked.brand == "Acme Outdoor"
    assert checked.contact_email == "help@acme.example"
    assert checked.notify_address == "team@acme.example"
    assert replace(typed, base_url=" ").checked().base_url is None


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"number": "ACME"}, "alphanumeric sender ID"),
        ({"number": "Acme 24"}, "alphanumeric sender ID"),
        ({"number": "+1 800 FLOWERS"}, "alphanumeric sender ID"),
        ({"number": ""}, "Enter a phone number"),
        ({"number": "12345"}, "country code"),
        ({"number": "(415) 555-0132"}, "country code"),
        ({"number": "+1 415"}, "too short"),
        ({"account": ""}, "account"),
        ({"account": "  "}, "account"),
        ({"account": "a b"}, "account"),
        ({"account": "a\x00b"}, "account"),
        ({"account": "x" * 201}, "account"),
        ({"base_url": "http://api.twilio.example"}, "plain text"),
        ({"base_url": "http://127.0.0.1.evil.example"}, "plain text"),
        ({"base_url": "ftp://127.0.0.1"}, "web address"),
        ({"base_url": "api.twilio.example"}, "web address"),
        ({"base_url": "https://"}, "web address"),
        ({"base_url": "https://user@api.example"}, "web address"),
        ({"base_url": "https://api.example?x=1"}, "web address"),
        ({"base_url": "https://api.example:99999"}, "web address"),
        ({"base_url": "https://[::1"}, "web address"),
        ({"attribution_hours": 0}, "1 to 720 hours"),
        ({"attribution_hours": 721}, "1 to 720 hours"),
        ({"attribution_hours": -24}, "1 to 720 hours"),
        ({"contact_email": "help"}, "address for help"),
        ({"contact_email": "help@acme.example, x@y.example"}, "address for help"),
        ({"notify_address": "team@acme"}, "address for notifications"),
        ({"notify_address": "a@b.example\r\nBcc: x@y.example"}, "address for notifications"),
        ({"auto_responder_text": " "}, "no text"),
        ({"auto_responder_text": "{{ adress }}"}, "no variable “adress”"),
        ({"auto_responder_text": "{{ email"}, "auto-responder's text"),
        ({"auto_responder_text": "{% x %}"}, "auto-responder's text"),
    ],
)
def test_what_is_wrong_is_said(changes: dict[str, Any], word: str) -> None:
    with pytest.raises(SmsSettingsError, match=re.escape(word)) as caught:
        replace(SETTINGS, **changes).checked()
    assert str(caught.value).endswith((".", "0132"))


@pytest.mark.parametrize(
    "changes",
    [
        {"attribution_hours": 1},
        {"attribution_hours": 720},
        {"base_url": "http://localhost:9000"},
        {"base_url": "http://[::1]:9000"},
        {"auto_responder": AutoResponder.OFF, "auto_responder_text": ""},
    ],
)
def test_the_limits_themselves_are_allowed(changes: dict[str, Any]) -> None:
    settings = replace(SETTINGS, **changes)
    assert settings.checked() == settings


def test_the_auto_responder_says_the_products_default_text() -> None:
    settings = replace(SETTINGS, brand="Acme", contact_email="help@acme.example")
    said = settings.responder_text()
    assert said == (
        "Acme: We can't reply because you have not consented to SMS. "
        "For help contact us at help@acme.example."
    )
    assert segments(said).encoding is Encoding.GSM7
    assert segments(said).segments == 1


def test_without_brand_and_address_the_text_is_still_a_sentence() -> None:
    assert SETTINGS.responder_text() == (
        "(415) 555-0132: We can't reply because you have not consented to SMS. "
        "For help contact us at our website."
    )


@pytest.mark.parametrize(
    ("name", "said"), [("Ana", "Hi Ana"), ("", "Hi there"), ("{{ email }}", "Hi {{ email }}")]
)
def test_a_text_of_ones_own_knows_the_first_name(name: str, said: str) -> None:
    assert FULL.responder_text(name) == said
