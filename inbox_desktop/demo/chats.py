"""The demo's web chats: who asks what on the shop's page, from resources/demo/chats.toml.

A `[[chat]]` has happened when the demo begins: `name` and `email` of the visitor (both may be missing), the
`page` they were on, `steps` in order of time; further `locale`, `assignee` and `tags` as a story has, and
`answers` (what the visitor says to the next replies).

A step has `ago` ("2d 1h 5m" before now) and one of: `write` (the visitor), `reply` (`by` somebody of the
team), `do` (as in a story).

A `[[visitor]]` comes while the demo runs, and `says` something. `[talk.LANGUAGE]` is what visitors answer
when they have nothing of their own to say.
"""

import tomllib
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import cache
from typing import Any

from inbox_desktop.demo.papers import TEXTS
from inbox_desktop.demo.story import SmallTalk, span

_FILE = "chats.toml"


class ChatDeed(StrEnum):
    """What a step is."""

    WRITE = "write"
    REPLY = "reply"
    DO = "do"


@dataclass(frozen=True, slots=True)
class ChatStep:
    """One thing that happened. `words` is what was said or done."""

    ago: timedelta
    deed: ChatDeed
    words: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class ChatStory:
    """One visitor's conversation. `says` is what they begin with while the demo runs."""

    name: str
    page: str
    email: str = ""
    locale: str = "en"
    steps: tuple[ChatStep, ...] = ()
    says: tuple[str, ...] = ()
    assignee: str = ""
    tags: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()


def past_chats() -> tuple[ChatStory, ...]:
    """The conversations that have happened when the demo begins."""
    return tuple(map(_story, _read()["chat"]))


def coming_visitors() -> tuple[ChatStory, ...]:
    """Who comes while the demo runs, in this order."""
    return tuple(map(_story, _read()["visitor"]))


def chat_talk() -> dict[str, SmallTalk]:
    """Answers by language; "en" is always there."""
    talk = _read()["talk"].items()
    return {language: SmallTalk(tuple(said["first"]), tuple(said["later"])) for language, said in talk}


@cache
def _read() -> dict[str, Any]:
    return tomllib.loads((TEXTS / _FILE).read_text(encoding="utf-8"))


def _story(values: dict[str, Any]) -> ChatStory:
    lists = {name: tuple(values.get(name, ())) for name in ("says", "tags", "answers")}
    steps = tuple(map(_step, values.get("steps", ())))
    return ChatStory(**{**values, **lists, "steps": steps})


def _step(step: dict[str, Any]) -> ChatStep:
    values = dict(step)
    (deed,) = [deed for deed in ChatDeed if deed.value in values]
    return ChatStep(ago=span(values.pop("ago")), deed=deed, words=values.pop(deed.value), **values)
