"""The demo's conversations by text: who texts what, and what the team does, from resources/demo/texts.toml.

A `[[ticket]]` has a `phone` (E.164) and `steps` in order of time; further `profile` (the e-mail address of
the person, if the team knows that they write mails too), `language`, `assignee` and `tags` as a story has,
`answers` (what the person says to the next replies), `unreachable` (the provider's code of why texts do not
arrive there) and `opted_out` (at the provider, of which the inbox has not heard).

A step has `ago` ("2d 1h 5m" before now) and one of: `text` (the person, with `pictures`), `campaign` (sent
from the number by another program), `reply` (`close` sends and closes), `note` (`by` somebody of the team,
else the assignee), `do` (as in a story), `consent` (a kind of it that was imported after the person's
first text; `said` is where they gave it).

A `[[live]]` is what happens while the demo runs: `text` or `campaign`, as in a step, and the person's
`answers` from then on. `[talk.LANGUAGE]` is what people answer when they have nothing of their own to say;
`link` and `picture` are added when there was one in what they answer.
"""

import tomllib
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import cache
from typing import Any

from inbox_desktop.demo.papers import TEXTS
from inbox_desktop.demo.story import span

_FILE = "texts.toml"


class TextDeed(StrEnum):
    """What a step is."""

    TEXT = "text"
    CAMPAIGN = "campaign"
    REPLY = "reply"
    NOTE = "note"
    CONSENT = "consent"
    DO = "do"


@dataclass(frozen=True, slots=True)
class TextStep:
    """One thing that happened. `words` is what was said, done or agreed to; `by` "" is the assignee."""

    ago: timedelta
    deed: TextDeed
    words: str
    by: str = ""
    pictures: tuple[str, ...] = ()
    close: bool = False
    said: str = ""


@dataclass(frozen=True, slots=True)
class TextStory:
    """One person's conversation with the shop's number."""

    phone: str
    steps: tuple[TextStep, ...]
    profile: str = ""
    language: str = "en"
    assignee: str = ""
    tags: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    unreachable: str = ""
    opted_out: bool = False


@dataclass(frozen=True, slots=True)
class LiveText:
    """What happens while the demo runs: a text of the person's, or a campaign message to them."""

    phone: str
    words: str
    is_campaign: bool
    language: str = "en"
    pictures: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TextTalk:
    """What people of one language answer; `link` has {link} in it."""

    first: tuple[str, ...]
    later: tuple[str, ...]
    link: str
    picture: str


def text_stories() -> tuple[TextStory, ...]:
    """The conversations that have happened when the demo begins."""
    return tuple(_story(ticket) for ticket in _read()["ticket"])


def live_texts() -> tuple[LiveText, ...]:
    """What happens while the demo runs, in its order."""
    return tuple(_live(values) for values in _read()["live"])


def text_talk() -> dict[str, TextTalk]:
    """Answers by language; "en" is always there."""
    return {
        language: TextTalk(tuple(said.pop("first")), tuple(said.pop("later")), **said)
        for language, said in ((language, dict(said)) for language, said in _read()["talk"].items())
    }


@cache
def _read() -> dict[str, Any]:
    return tomllib.loads((TEXTS / _FILE).read_text(encoding="utf-8"))


def _story(ticket: dict[str, Any]) -> TextStory:
    values = dict(ticket)
    steps = tuple(_step(step) for step in values.pop("steps"))
    tags, answers = tuple(values.pop("tags", ())), tuple(values.pop("answers", ()))
    return TextStory(steps=steps, tags=tags, answers=answers, **values)


def _step(step: dict[str, Any]) -> TextStep:
    values = dict(step)
    (deed,) = [deed for deed in TextDeed if deed.value in values]
    return TextStep(
        ago=span(values.pop("ago")),
        deed=deed,
        words=values.pop(deed.value),
        pictures=tuple(values.pop("pictures", ())),
        **values,
    )


def _live(live: dict[str, Any]) -> LiveText:
    values = dict(live)
    is_campaign = "campaign" in values
    words = values.pop("campaign" if is_campaign else "text")
    pictures, answers = tuple(values.pop("pictures", ())), tuple(values.pop("answers", ()))
    return LiveText(words=words, is_campaign=is_campaign, pictures=pictures, answers=answers, **values)
