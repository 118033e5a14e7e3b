"""The demo's stories: who writes what, and what the team does about it, read from resources/demo/*.toml.

A `[[ticket]]` has `from`, `subject`, and `steps` in order of time; further `language` (of the customer's
mail program), `look` ("plain" or "html"), `client` ("outlook" quotes as that one does), `signature`,
`assignee` (a short name of the team, "" for nobody; the file may set one for all), `tags`, `answers` (what
the customer says to the next replies) and `draft` (a reply that Julia has begun).

A step has `ago` ("2d 1h 5m" before now) and one of: `write` (the customer), `reply` or `note` (`by`
somebody of the team, else the assignee), `auto` (an out-of-office mail), `bounce`, `do` ("close", "block",
"read", "snooze 3d": so long after the step). `files` are attached; `images` and `tracker` are remote
content; `close` sends and closes; `later` lets a reply wait in the outbox for so long from now.
"""

import re
import tomllib
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parseaddr
from enum import StrEnum
from typing import Any

from inbox_desktop.demo.papers import TEXTS

PAST = ("mine", "unassigned", "colleagues", "snoozed", "closed")
"""The files whose stories have happened when the demo begins."""

_SPAN = re.compile(r"(\d+)([dhm])")
_UNITS = {"d": "days", "h": "hours", "m": "minutes"}


class Deed(StrEnum):
    """What a step is."""

    WRITE = "write"
    REPLY = "reply"
    NOTE = "note"
    AUTO = "auto"
    BOUNCE = "bounce"
    DO = "do"


@dataclass(frozen=True, slots=True)
class Person:
    """A customer."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened. `by` is empty for the assignee's and the customer's own deeds."""

    ago: timedelta
    deed: Deed
    text: str
    by: str = ""
    files: tuple[str, ...] = ()
    images: int = 0
    tracker: bool = False
    close: bool = False
    later: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Story:
    """One ticket's story."""

    customer: Person
    subject: str
    steps: tuple[Step, ...]
    language: str = "en"
    look: str = "plain"
    client: str = ""
    signature: str = ""
    assignee: str = ""
    tags: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    draft: str = ""


@dataclass(frozen=True, slots=True)
class SmallTalk:
    """What customers of one language answer when their own script has nothing to say."""

    first: tuple[str, ...]
    later: tuple[str, ...]


def past_stories() -> tuple[Story, ...]:
    """The stories that have happened when the demo begins."""
    return tuple(story for name in PAST for story in _stories(name))


def newcomers() -> tuple[Story, ...]:
    """The stories of the customers who write while the demo runs, in their order."""
    return _stories("newcomers")


def small_talk() -> dict[str, SmallTalk]:
    """Polite answers by language; "en" is always there."""
    talk = _read("answers").items()
    return {language: SmallTalk(tuple(said["first"]), tuple(said["later"])) for language, said in talk}


def span(text: str) -> timedelta:
    """The length of time that "2d 1h 5m" says.

    Raises:
        ValueError: it says none.
    """
    parts = _SPAN.findall(text)
    if not parts or _SPAN.sub("", text).strip():
        raise ValueError(f"{text!r} is no length of time")
    return timedelta(**{_UNITS[unit]: int(number) for number, unit in parts})


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((TEXTS / f"{name}.toml").read_text(encoding="utf-8"))


def _stories(name: str) -> tuple[Story, ...]:
    content = _read(name)
    return tuple(_story(ticket, content.get("assignee", "")) for ticket in content["ticket"])


def _story(ticket: dict[str, Any], assignee: str) -> Story:
    values = {"assignee": assignee, **ticket}
    customer = Person(*parseaddr(values.pop("from")))
    steps = tuple(_step(step) for step in values.pop("steps"))
    tags, answers = tuple(values.pop("tags", ())), tuple(values.pop("answers", ()))
    return Story(customer=customer, steps=steps, tags=tags, answers=answers, **values)


def _step(step: dict[str, Any]) -> Step:
    values = dict(step)
    (deed,) = [deed for deed in Deed if deed.value in values]
    said = values.pop(deed.value)
    return Step(
        ago=span(values.pop("ago")),
        deed=deed,
        text=said.strip() if isinstance(said, str) else "",
        files=tuple(values.pop("files", ())),
        later=span(values.pop("later")) if "later" in values else None,
        **values,
    )
