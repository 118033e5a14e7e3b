"""The demo's customers while it runs: they answer what the team writes, and new ones write now and then."""

from __future__ import annotations

import asyncio
import logging
import random
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import aiosmtplib

from inbox_desktop.demo.letters import Letter, Sealed, write
from inbox_desktop.demo.post import Post, send
from inbox_desktop.demo.received import Received
from inbox_desktop.demo.story import Story, newcomers, small_talk
from inbox_desktop.models.clock import now

_TRIES = 6
_SEED = 20  # any number: the customers' pace and words are the same in every demo

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Pace:
    """How long things take, in seconds: an answer, the first newcomer, each one after; pairs are from, to.

    Then the same about texts: an answer to one, the first text of somebody's own accord, each one after; and
    about visitors of the shop's page.
    """

    answer: tuple[float, float] = (5.0, 40.0)
    first_newcomer: float = 20.0
    newcomer: tuple[float, float] = (60.0, 120.0)
    retry: float = 2.0
    text_answer: tuple[float, float] = (4.0, 15.0)
    first_text: float = 12.0
    text: tuple[float, float] = (30.0, 60.0)
    chat_answer: tuple[float, float] = (4.0, 12.0)
    first_visitor: float = 8.0
    visitor: tuple[float, float] = (40.0, 80.0)


class Customers:
    """Lives on the post's loop. `support` is the address they write to, `port` where the listener is."""

    def __init__(self, post: Post, stories: Iterable[Story], support: str, port: int, pace: Pace) -> None:
        self._post = post
        self._support = support
        self._port = port
        self._pace = pace
        self._random = random.Random(_SEED)  # noqa: S311 - nothing secret, only alike in every demo
        self._talk = small_talk()
        self._stories: dict[str, list[Story]] = defaultdict(list)
        for story in stories:
            self._stories[story.customer.address].append(story)
        self._said: dict[Story, int] = defaultdict(int)
        self._to_answer: dict[Story, Received] = {}

    async def begin(self) -> None:
        """From now on newcomers write."""
        self._post.keep(self._newcomers())

    def arrived(self, mail: Received) -> None:
        """A mail of the team's has come; each customer among its recipients may answer, after a while."""
        if mail.automatic:
            return
        for address in mail.recipients:
            story = self._story(address, mail.subject)
            if story is None:
                continue
            waits = story in self._to_answer
            self._to_answer[story] = mail
            if not waits:
                self._post.keep(self._answer(story))

    def _story(self, address: str, subject: str) -> Story | None:
        """Which of the customer's stories the mail belongs to."""
        stories = self._stories.get(address)
        if not stories:
            return None
        return next((story for story in stories if subject.endswith(story.subject)), stories[0])

    async def _answer(self, story: Story) -> None:
        """Think for a while, then answer the newest mail, if there is something left to say."""
        text = self._next_words(story)
        await asyncio.sleep(self._random.uniform(*self._pace.answer))
        mail = self._to_answer.pop(story)
        if text:
            await self._send(write(Letter(story, text, now(), answers=mail), self._support))

    def _next_words(self, story: Story) -> str:
        """The story's own answers first, then what one says; "" when everything is said."""
        said = self._said[story]
        self._said[story] += 1
        if said < len(story.answers):
            return story.answers[said]
        talk = self._talk.get(story.language, self._talk["en"])
        said -= len(story.answers)
        if said == 0:
            return self._random.choice(talk.first)
        return talk.later[said - 1] if said <= len(talk.later) else ""

    async def _newcomers(self) -> None:
        pause = self._pace.first_newcomer
        for story in newcomers():
            await asyncio.sleep(pause)
            step = story.steps[0]
            self._stories[story.customer.address].append(story)
            await self._send(write(Letter(story, step.text, now(), files=step.files), self._support))
            pause = self._random.uniform(*self._pace.newcomer)

    async def _send(self, mail: Sealed) -> None:
        """Hand the mail to the listener; it may not be listening yet, or have no room for a moment."""
        for _ in range(_TRIES):
            try:
                await send(mail, self._support, self._port)
            except (aiosmtplib.SMTPException, OSError) as error:
                log.info("a customer of the demo could not write: %s", error)
                await asyncio.sleep(self._pace.retry)
            else:
                return
