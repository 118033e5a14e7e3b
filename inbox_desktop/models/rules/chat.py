"""Which automatic answers a visitor's message gets (the product's section 2)."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from inbox_desktop.models.chat_settings import ChatSite, text_for
from inbox_desktop.models.rules.business_hours import BusinessHours, is_open, opens_at
from inbox_desktop.models.variables import render

AGENT_IS_THERE: Final = timedelta(minutes=15)
"""For so long after an agent's message nobody is told that we answer soon, or that we are away."""


class AutomaticKind(StrEnum):
    """What is answered by itself."""

    WELCOME = "welcome"
    IN_HOURS = "in_hours"
    AWAY = "away"
    FAQ = "faq"


class Automatic(NamedTuple):
    """One automatic answer: its kind, and the text with its variables filled in."""

    kind: AutomaticKind
    text: str


def automatic_answers(
    site: ChatSite,
    *,
    is_first: bool,
    already: frozenset[str],
    at: datetime,
    locale: str = "",
    first_name: str = "",
    agent_wrote_at: datetime | None = None,
) -> tuple[Automatic, ...]:
    """What a visitor's message is answered with by itself, each kind once a conversation.

    Args:
        site: the chat.
        is_first: whether it is the first message of its conversation: then it is welcomed.
        already: the kinds (AutomaticKind) that the conversation has had.
        at: when the message came (aware).
        locale: what the visitor's browser says, as "pt-BR".
        first_name: the visitor's, "" if unknown.
        agent_wrote_at: when an agent last wrote in the conversation, None for never.

    Raises:
        TemplateError: a text cannot be read; `ChatSite.checked` refuses such a text.
    """
    spoken = site.locale_for(locale)
    opens = opens_at(site.hours, at)
    values = {"first_name": first_name, "opens_at": opening_words(site.hours, opens, at, spoken)}
    wanted = [(AutomaticKind.WELCOME, site.welcome)] if is_first else []
    if agent_wrote_at is None or at - agent_wrote_at > AGENT_IS_THERE:
        if is_open(site.hours, at):
            wanted.append((AutomaticKind.IN_HOURS, site.in_hours_reply))
        else:
            wanted.append((AutomaticKind.AWAY, site.away_reply))
    answers = (
        Automatic(kind, render(text_for(texts, spoken), values).strip())
        for kind, texts in wanted
        if kind not in already
    )
    return tuple(answer for answer in answers if answer.text)


_TODAY: Final = {"en": "today", "pt": "hoje", "es": "hoy"}
_TOMORROW: Final = {"en": "tomorrow", "pt": "amanhã", "es": "mañana"}
_DAYS: Final = {
    "en": "on Monday|on Tuesday|on Wednesday|on Thursday|on Friday|on Saturday|on Sunday",
    "pt": "na segunda|na terça|na quarta|na quinta|na sexta|no sábado|no domingo",
    "es": "el lunes|el martes|el miércoles|el jueves|el viernes|el sábado|el domingo",
}
_MONTHS: Final = {
    "en": "January|February|March|April|May|June|July|August|September|October|November|December",
    "pt": "janeiro|fevereiro|março|abril|maio|junho|julho|agosto|setembro|outubro|novembro|dezembro",
    "es": "enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre",
}
_DATES: Final = {"en": "on {day} {month}", "pt": "em {day} de {month}", "es": "el {day} de {month}"}


def opening_words(hours: BusinessHours, opens: datetime | None, at: datetime, locale: str) -> str:
    """When the shop opens, said at a moment in a language: "on Monday at 09:00" by the shop's clock.

    "" when there is nothing to say (`opens` is None).
    """
    if opens is None:
        return ""
    zone = ZoneInfo(hours.time_zone)
    local = opens.astimezone(zone)
    days = (local.date() - at.astimezone(zone).date()).days
    if days <= 1:
        day = (_TOMORROW if days else _TODAY)[locale]
    elif days < 7:
        day = _DAYS[locale].split("|")[local.weekday()]
    else:
        day = _DATES[locale].format(day=local.day, month=_MONTHS[locale].split("|")[local.month - 1])
    at_words = {
        "en": "at",
        "pt": "à" if local.hour == 1 else "às",
        "es": "a la" if local.hour == 1 else "a las",
    }
    return f"{day} {at_words[locale]} {local:%H:%M}"
