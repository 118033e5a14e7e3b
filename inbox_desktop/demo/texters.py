"""The people who text the demo's number while it runs: they answer the team, and text of their own accord."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from inbox_desktop.demo.customers import Pace
from inbox_desktop.demo.papers import paper
from inbox_desktop.demo.post import Post
from inbox_desktop.demo.providers.simulator import Simulator
from inbox_desktop.demo.providers.texts import SimText
from inbox_desktop.demo.texts import LiveText, TextStory, live_texts, text_talk
from inbox_desktop.models.rules.links import web_links

_SEED = 7  # any number: the pace and the words are the same in every demo


@dataclass(slots=True)
class _Person:
    """Somebody with a phone: what they will say, how much of it they said, and the text they will answer."""

    phone: str
    language: str = "en"
    answers: tuple[str, ...] = ()
    said: int = 0
    to_answer: SimText | None = None


class Texters:
    """Lives on the post's loop; only `sent` may be called from any thread.

    `automatic` are the texts that the inbox sends by itself; nobody answers them.
    """

    def __init__(
        self,
        post: Post,
        provider: Simulator,
        stories: Iterable[TextStory],
        automatic: Collection[str],
        pace: Pace,
    ) -> None:
        self._post = post
        self._provider = provider
        self._automatic = frozenset(automatic)
        self._pace = pace
        self._random = random.Random(_SEED)  # noqa: S311 - nothing secret, only alike in every demo
        self._talk = text_talk()
        self._people = {story.phone: _Person(story.phone, story.language, story.answers) for story in stories}

    async def begin(self) -> None:
        """From now on people text of their own accord."""
        self._post.keep(self._live())

    def sent(self, text: SimText) -> None:
        """The provider has taken a text to one of them."""
        if text.failure or text.text in self._automatic:
            return
        self._post.call(self._arrived(text))

    async def _arrived(self, text: SimText) -> None:
        person = self._person(text.recipient)
        waits = person.to_answer is not None
        person.to_answer = text
        if not waits:
            await self._answer(person)

    async def _answer(self, person: _Person) -> None:
        """Think for a while, then answer the newest text, if there is something left to say."""
        words = self._next_words(person)
        await asyncio.sleep(self._random.uniform(*self._pace.text_answer))
        text, person.to_answer = person.to_answer, None
        if words and text is not None:
            self._provider.text_from(person.phone, " ".join([words, *self._remarks(person, text)]))

    def _next_words(self, person: _Person) -> str:
        """The person's own answers first, then what one says; "" when everything is said."""
        said = person.said
        person.said += 1
        if said < len(person.answers):
            return person.answers[said]
        talk = self._talk.get(person.language, self._talk["en"])
        said -= len(person.answers)
        if said == 0:
            return self._random.choice(talk.first)
        return talk.later[said - 1] if said <= len(talk.later) else ""

    def _remarks(self, person: _Person, text: SimText) -> list[str]:
        """What is said about the link and the picture in the answered text."""
        talk = self._talk.get(person.language, self._talk["en"])
        remarks = [talk.link.format(link=link) for link in web_links(text.text)[:1]]
        return [*remarks, *([talk.picture] if text.pictures else [])]

    async def _live(self) -> None:
        pause = self._pace.first_text
        for live in live_texts():
            await asyncio.sleep(pause)
            self._happen(live)
            pause = self._random.uniform(*self._pace.text)

    def _happen(self, live: LiveText) -> None:
        if live.is_campaign:
            self._provider.campaign(live.phone, live.words)
            return
        person = self._person(live.phone)
        if live.answers:
            person.language, person.answers = live.language, live.answers
        files = [paper(name) for name in live.pictures]
        pictures = [(file.content, file.content_type) for file in files]
        self._provider.text_from(live.phone, live.words, pictures)

    def _person(self, phone: str) -> _Person:
        return self._people.setdefault(phone, _Person(phone))
