"""Which automatic answers a visitor's message gets."""

from datetime import UTC, datetime, timedelta

import pytest

from inbox_desktop.models.chat_settings import ChatSite
from inbox_desktop.models.rules.business_hours import BusinessHours
from inbox_desktop.models.rules.chat import AutomaticKind, automatic_answers, opening_words

SITE = ChatSite(
    "Acme",
    ("https://acme.example",),
    welcome={"en": "Hi {{ first_name|default('there') }}!", "pt": "Olá {{ first_name }}!"},
    in_hours_reply={"en": "Soon."},
    away_reply={"en": "Back {{ opens_at|default('some day') }}."},
    hours=BusinessHours("America/Sao_Paulo"),
)
OPEN = datetime(2026, 7, 1, 15, tzinfo=UTC)  # a Wednesday at noon in São Paulo
CLOSED = datetime(2026, 7, 1, 22, tzinfo=UTC)
WELCOME, IN_HOURS, AWAY = AutomaticKind.WELCOME, AutomaticKind.IN_HOURS, AutomaticKind.AWAY


@pytest.mark.parametrize(
    ("is_first", "already", "at", "wanted"),
    [
        (True, (), OPEN, (WELCOME, IN_HOURS)),
        (True, (), CLOSED, (WELCOME, AWAY)),
        (False, (WELCOME, IN_HOURS), OPEN, ()),
        (False, (WELCOME, IN_HOURS), CLOSED, (AWAY,)),
        (False, (WELCOME, AWAY), OPEN, (IN_HOURS,)),
        (False, (WELCOME, IN_HOURS, AWAY), CLOSED, ()),
        (False, (), OPEN, (IN_HOURS,)),  # the welcome belongs to the first message
        (True, (WELCOME,), OPEN, (IN_HOURS,)),
        (True, ("faq",), OPEN, (WELCOME, IN_HOURS)),
    ],
)
def test_each_kind_once(
    is_first: bool, already: tuple[str, ...], at: datetime, wanted: tuple[AutomaticKind, ...]
) -> None:
    answers = automatic_answers(SITE, is_first=is_first, already=frozenset(already), at=at)
    assert tuple(answer.kind for answer in answers) == wanted


@pytest.mark.parametrize(
    ("ago", "wanted"),
    [(timedelta(minutes=1), ()), (timedelta(minutes=15), ()), (timedelta(minutes=16), (AWAY,))],
)
def test_nobody_is_told_that_we_are_away_while_an_agent_answers(
    ago: timedelta, wanted: tuple[AutomaticKind, ...]
) -> None:
    answers = automatic_answers(
        SITE, is_first=False, already=frozenset(), at=CLOSED, agent_wrote_at=CLOSED - ago
    )
    assert tuple(answer.kind for answer in answers) == wanted


@pytest.mark.parametrize(
    ("locale", "first_name", "wanted"),
    [
        ("en-GB", "", ("Hi there!", "Soon.")),
        ("en", "Ana", ("Hi Ana!", "Soon.")),
        ("pt-BR", "Ana", ("Olá Ana!", "Soon.")),  # a text that is missing is said in English
        ("fr", "Ana", ("Hi Ana!", "Soon.")),
        ("", "{{ 7 * 7 }}", ("Hi {{ 7 * 7 }}!", "Soon.")),
    ],
)
def test_in_the_visitors_language(locale: str, first_name: str, wanted: tuple[str, ...]) -> None:
    answers = automatic_answers(
        SITE, is_first=True, already=frozenset(), at=OPEN, locale=locale, first_name=first_name
    )
    assert tuple(answer.text for answer in answers) == wanted


def test_the_away_message_says_when_we_are_back() -> None:
    (away,) = automatic_answers(SITE, is_first=False, already=frozenset(), at=CLOSED)
    assert away.text == "Back tomorrow at 09:00."


def test_a_text_that_is_empty_is_not_sent() -> None:
    silent = ChatSite("Acme", SITE.origins, welcome={}, in_hours_reply={"en": " "}, away_reply={})
    assert automatic_answers(silent, is_first=True, already=frozenset(), at=OPEN) == ()


def test_a_fixed_language_is_everybodys() -> None:
    fixed = ChatSite("Acme", SITE.origins, locale="pt", welcome={"en": "Hi", "pt": "Olá"}, in_hours_reply={})
    (welcome,) = automatic_answers(fixed, is_first=True, already=frozenset(), at=OPEN, locale="en")
    assert welcome.text == "Olá"


@pytest.mark.parametrize(
    ("opens", "locale", "wanted"),
    [
        ("2026-07-01T23:30", "en", "today at 20:30"),
        ("2026-07-02T12:00", "en", "tomorrow at 09:00"),
        ("2026-07-02T12:00", "pt", "amanhã às 09:00"),
        ("2026-07-06T12:00", "en", "on Monday at 09:00"),
        ("2026-07-06T12:00", "pt", "na segunda às 09:00"),
        ("2026-07-06T12:00", "es", "el lunes a las 09:00"),
        ("2026-07-06T04:30", "es", "el lunes a la 01:30"),
        ("2026-07-06T04:30", "pt", "na segunda à 01:30"),
        ("2026-07-08T12:00", "en", "on 8 July at 09:00"),
        ("2026-07-08T12:00", "pt", "em 8 de julho às 09:00"),
        ("2026-07-08T12:00", "es", "el 8 de julio a las 09:00"),
    ],
)
def test_when_in_words(opens: str, locale: str, wanted: str) -> None:
    moment = datetime.fromisoformat(opens).replace(tzinfo=UTC)
    assert opening_words(SITE.hours, moment, CLOSED, locale) == wanted


def test_nothing_to_say_about_never() -> None:
    assert opening_words(SITE.hours, None, CLOSED, "en") == ""
