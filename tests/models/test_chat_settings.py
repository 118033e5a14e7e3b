"""The settings of a web chat: kept, checked, and refused in words."""

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from inbox_desktop.models.channel_settings import read_settings
from inbox_desktop.models.chat_settings import (
    AskContact,
    ChatSettings,
    ChatSettingsError,
    ChatSite,
    Faq,
    Position,
    is_chat_id,
    origin_checked,
    text_for,
)
from inbox_desktop.models.kinds import ChannelKind
from inbox_desktop.models.rules.business_hours import BusinessHours, DayException, Interval

CHAT_ID = "Ab3_efghijklmnopqrs-uv"
SITE = ChatSite("Acme", ("https://acme.example",))
FULL = ChatSite(
    name="Acme help",
    origins=("https://acme.example", "http://127.0.0.1:8000"),
    colour="#00aa77",
    position=Position.LEFT,
    locale="pt",
    ask_contact=AskContact.REQUIRED,
    welcome={"pt": "Olá {{ first_name }}"},
    in_hours_reply={},
    away_reply={"pt": "Até {{ opens_at }}"},
    hours=BusinessHours(
        "America/Sao_Paulo",
        {5: (Interval("10:00", "14:00"),)},
        (DayException(date(2026, 12, 25), (), "Natal"),),
        "BR-SP",
    ),
    follow_up=False,
    follow_up_minutes=10,
    support_address="help@acme.example",
    faq=(Faq("Where is my order?", "See the mail that we sent you."),),
    max_file_mb=5,
    retention_days=0,
    identity_required=True,
)


@pytest.mark.parametrize("site", [SITE, FULL])
def test_they_survive_json(site: ChatSite) -> None:
    read = ChatSite.from_json(json.loads(json.dumps(site.to_json())))
    assert read == site
    assert isinstance(read.position, Position)
    assert isinstance(read.ask_contact, AskContact)
    assert read.checked() == site.checked()


def test_what_older_and_newer_programs_wrote_can_be_read() -> None:
    old: dict[str, Any] = {"name": "Acme", "origins": ["https://acme.example"]}
    assert ChatSite.from_json(old) == SITE
    assert ChatSite.from_json({**SITE.to_json(), "something_new": 1}) == SITE


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"name": "Acme"},
        {"name": "Acme", "origins": None},
        {"name": "Acme", "origins": [], "position": "top"},
        {"name": "Acme", "origins": [], "follow_up": "no"},
        {"name": "Acme", "origins": [], "identity_required": 0},
        {"name": "Acme", "origins": [], "welcome": "Hi"},
        {"name": "Acme", "origins": [], "hours": {"week": {}}},
        {"name": "Acme", "origins": [], "hours": {"time_zone": "UTC", "week": {"x": []}}},
        {"name": "Acme", "origins": [], "faq": [{"question": "?"}]},
        {"name": "Acme", "origins": [], "max_file_mb": "many"},
    ],
)
def test_what_is_no_site_is_refused(values: dict[str, Any]) -> None:
    with pytest.raises((KeyError, TypeError, ValueError, AttributeError)):
        ChatSite.from_json(values)


def test_the_channels_row_is_read_back() -> None:
    settings = ChatSettings(CHAT_ID, "https://relay.example", "RELAY_TOKEN")
    assert read_settings(ChannelKind.CHAT, json.loads(json.dumps(settings.to_json()))) == settings
    assert settings.account == ""
    assert settings.reads_the_same(ChatSettings(CHAT_ID, "https://elsewhere.example").to_json())
    assert not settings.reads_the_same(ChatSettings("x" * 22, "https://relay.example").to_json())


@pytest.mark.parametrize(
    ("text", "wanted"), [(CHAT_ID, True), (CHAT_ID[1:], False), (CHAT_ID[1:] + "/", False)]
)
def test_a_chats_id(text: str, wanted: bool) -> None:
    assert is_chat_id(text) is wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("https://Shop.Example/", "https://shop.example"),
        (" https://shop.example:443 ", "https://shop.example"),
        ("https://shop.example:8443", "https://shop.example:8443"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
        ("http://localhost:8000", "http://localhost:8000"),
        ("http://127.0.0.1:80", "http://127.0.0.1"),
        ("http://[::1]:8000", "http://[::1]:8000"),
    ],
)
def test_origins_as_browsers_write_them(text: str, wanted: str) -> None:
    assert origin_checked(text) == wanted


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no page's origin"),
        ("*", "no page's origin"),
        ("https://*.shop.example", "no page's origin"),
        ("null", "no page's origin"),
        ("shop.example", "no page's origin"),
        ("https://shop.example/page", "without a path"),
        ("https://shop.example?x", "no page's origin"),
        ("https://user@shop.example", "no page's origin"),
        ("https://shop.example:99999", "no page's origin"),
        ("ftp://shop.example", "no page's origin"),
        ("javascript:alert(1)", "no page's origin"),
        ("http://shop.example", "Write https://"),
    ],
)
def test_what_is_no_origin_is_refused_in_words(text: str, words: str) -> None:
    with pytest.raises(ChatSettingsError, match=words):
        origin_checked(text)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": "  "}, "Give the chat a name"),
        ({"name": "x" * 81}, "up to 80"),
        ({"origins": ()}, "Enter the page"),
        ({"origins": ("http://shop.example",)}, "Write https://"),
        ({"colour": "red"}, "six digits"),
        ({"locale": "fr"}, "The language is auto, en, pt or es"),
        ({"welcome": {"fr": "Salut"}}, "not in “fr”"),
        ({"welcome": {"en": "{{ firstname }}"}}, r"welcome message \(en\).*Did you mean"),
        ({"away_reply": {"en": "{% for x in y %}"}}, "away message"),
        ({"in_hours_reply": {"en": "x" * 2_001}}, "longer than 2,000"),
        ({"hours": BusinessHours("Mars")}, "business hours can't be used. There is no time zone"),
        ({"follow_up_minutes": 0}, "1 to 1,440 minutes"),
        ({"max_file_mb": 26}, "1 to 25 MB"),
        ({"retention_days": -1}, "0 to 3,650 days"),
        ({"support_address": "help"}, "support address is no e-mail address"),
        ({"support_address": "a@b@c.example"}, "support address is no e-mail address"),
        ({"support_address": "a@b.example, c@d.example"}, "support address is no e-mail address"),
        ({"faq": (Faq("Why?", " "),)}, "needs an answer"),
        ({"faq": (Faq("x" * 201, "y"),)}, "at most 200"),
        ({"faq": (Faq("Why?", "So."),) * 21}, "There can be 20"),
    ],
)
def test_what_cannot_be_used_is_refused_in_words(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ChatSettingsError, match=words):
        replace(SITE, **changes).checked()


def test_checked_tidies() -> None:
    untidy = replace(
        SITE,
        name="  Acme   help ",
        origins=("https://Acme.example/", "https://acme.example"),
        colour=" #00AA77 ",
        welcome={"en": " Hi ", "pt": " "},
        support_address=" help@acme.example ",
        faq=(Faq(" Why  so? ", " So. "),),
    )
    assert untidy.checked() == replace(
        SITE,
        name="Acme help",
        origins=("https://acme.example",),
        colour="#00aa77",
        welcome={"en": "Hi"},
        support_address="help@acme.example",
        faq=(Faq("Why so?", "So."),),
    )


@pytest.mark.parametrize(
    ("site", "visitors", "wanted"),
    [
        (SITE, "pt-BR", "pt"),
        (SITE, "ES_mx", "es"),
        (SITE, "fr", "en"),
        (SITE, "", "en"),
        (FULL, "en", "pt"),
    ],
)
def test_the_language_of_a_visitor(site: ChatSite, visitors: str, wanted: str) -> None:
    assert site.locale_for(visitors) == wanted


@pytest.mark.parametrize(
    ("texts", "locale", "wanted"),
    [
        ({"en": "Hi", "es": "Hola"}, "es", "Hola"),
        ({"en": "Hi"}, "es", "Hi"),
        ({"pt": "Olá"}, "es", "Olá"),
        ({"es": " ", "pt": "Olá"}, "es", "Olá"),
        ({}, "en", ""),
    ],
)
def test_a_text_that_is_missing_is_said_in_another_language(
    texts: dict[str, str], locale: str, wanted: str
) -> None:
    assert text_for(texts, locale) == wanted
