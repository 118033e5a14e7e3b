"""What a visitor would read in the widget with these settings, open or away. No widgets."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from inbox_desktop.models.chat_settings import CHAT_VARIABLES, ChatSite
from inbox_desktop.models.rules.business_hours import BusinessHours, is_open, next_change, opens_at
from inbox_desktop.models.rules.chat import AutomaticKind, automatic_answers, opening_words
from inbox_desktop.models.variables import check

SAMPLE_NAME: Final = "Ana"
"""Whom the preview speaks to."""

LANGUAGES: Final = {"en": "English", "pt": "Português", "es": "Español"}
"""The widget's languages by their own names."""

_ASKED: Final = {
    "en": "Hi, where is my order HB-20417?",
    "pt": "Oi, onde está o meu pedido HB-20417?",
    "es": "Hola, ¿dónde está mi pedido HB-20417?",
}
_WRITE: Final = {"en": "Write a message", "pt": "Escreva uma mensagem", "es": "Escribe un mensaje"}
_ONLINE: Final = {"en": "Online now", "pt": "Online agora", "es": "En línea ahora"}
_BACK: Final = {"en": "Back", "pt": "De volta", "es": "De vuelta"}
_AWAY: Final = {"en": "Away right now", "pt": "Ausente no momento", "es": "Ausente en este momento"}
_MOST_QUESTIONS: Final = 3


class Line(NamedTuple):
    """One bubble: whether the visitor wrote it, and its text."""

    is_visitor: bool
    text: str


class Preview(NamedTuple):
    """The widget's words from top to bottom."""

    name: str
    state: str
    is_away: bool
    questions: tuple[str, ...]
    lines: tuple[Line, ...]
    write: str


def preview_of(site: ChatSite, locale: str, at: datetime, *, away: bool) -> Preview:
    """What a visitor called Ana reads who writes during business hours, or `away` from them.

    Args:
        site: the chat's settings, not necessarily complete.
        locale: in which of the widget's languages.
        at: when it is shown (aware).
        away: whether it is shown as it is outside of business hours.

    Raises:
        InboxError: a text or the hours cannot be used.
    """
    for texts in (site.welcome, site.in_hours_reply, site.away_reply):
        check(texts.get(locale, ""), CHAT_VARIABLES)
    hours = site.hours.checked()
    moment, hours = _moment_when(hours, at, away=away)
    answers = automatic_answers(
        replace(site, hours=hours, locale=locale),
        is_first=True,
        already=frozenset(),
        at=moment,
        locale=locale,
        first_name=SAMPLE_NAME,
    )
    welcome = [Line(False, one.text) for one in answers if one.kind is AutomaticKind.WELCOME]
    others = [Line(False, one.text) for one in answers if one.kind is not AutomaticKind.WELCOME]
    state = _ONLINE[locale]
    if away:
        back = opening_words(hours, opens_at(hours, moment), moment, locale)
        state = f"{_BACK[locale]} {back}" if back else _AWAY[locale]
    return Preview(
        name=" ".join(site.name.split()),
        state=state,
        is_away=away,
        questions=tuple(faq.question for faq in site.faq if faq.question.strip())[:_MOST_QUESTIONS],
        lines=(*welcome, Line(True, _ASKED[locale]), *others),
        write=_WRITE[locale],
    )


def _moment_when(hours: BusinessHours, at: datetime, *, away: bool) -> tuple[datetime, BusinessHours]:
    """The next moment at which the shop is open, or away; or the hours made so where it never is."""
    if is_open(hours, at) is not away:
        return at, hours
    change = next_change(hours, at) if away else opens_at(hours, at)
    if change is None:
        return at, replace(hours, always=not away, week={}, exceptions=(), holidays="")
    return change + timedelta(minutes=1), hours
