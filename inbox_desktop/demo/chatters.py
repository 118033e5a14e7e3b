"""The visitors of the demo's shop page while it runs: they chat as the widget does, and answer the team."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any, Final

import httpx

from inbox_desktop.demo.chats import ChatStory, chat_talk, coming_visitors
from inbox_desktop.demo.customers import Pace
from inbox_desktop.demo.post import Post
from inbox_desktop.models.ids import new_id

_SEED: Final = 11  # any number: the pace and the words are the same in every demo
_POLL_SECONDS: Final = 20
_TYPING_SECONDS: Final = 2.0
_NO: Final = frozenset({400, 401, 403, 404})

log = logging.getLogger(__name__)


class Chatters:
    """Lives on the post's loop. `relay_url` is where the relay is, `origin` the shop page's."""

    def __init__(self, post: Post, relay_url: str, chat_id: str, origin: str, pace: Pace) -> None:
        self._post = post
        self._url = f"{relay_url}/chat/{chat_id}/"
        self._origin = origin
        self._pace = pace
        self._random = random.Random(_SEED)  # noqa: S311 - nothing secret, only alike in every demo
        self._talk = chat_talk()

    async def begin(self, present: Mapping[ChatStory, str]) -> None:
        """From now on visitors come; `present` are those who are there already, with their tokens."""
        for story, token in present.items():
            self._post.keep(self._stay(story, token))
        self._post.keep(self._come())

    async def _come(self) -> None:
        pause = self._pace.first_visitor
        for story in coming_visitors():
            await asyncio.sleep(pause)
            self._post.keep(self._stay(story, None))
            pause = self._random.uniform(*self._pace.visitor)

    async def _stay(self, story: ChatStory, token: str | None) -> None:
        """Say what there is to say, and answer, until everything is said; then leave."""
        headers = {"Origin": self._origin}
        patience = _POLL_SECONDS + 10
        async with httpx.AsyncClient(base_url=self._url, headers=headers, timeout=patience) as client:
            try:
                await self._chat(_Visit(client, story, self._origin), story, token)
            except httpx.HTTPStatusError as error:
                log.info("a visitor of the demo was sent away: %s", error)

    async def _chat(self, visit: _Visit, story: ChatStory, token: str | None) -> None:
        await self._again_and_again(visit.enter, token)
        for words in story.says:
            await self._say(visit, words)
        for words in self._words(story):
            await self._again_and_again(visit.wait_for_answer)
            await asyncio.sleep(self._random.uniform(*self._pace.chat_answer))
            await self._say(visit, words)
        await self._again_and_again(visit.wait_for_answer)
        await self._again_and_again(visit.leave)

    async def _say(self, visit: _Visit, words: str) -> None:
        client_id = new_id()  # the same when it is sent again, so that it is stored once
        await self._again_and_again(visit.type)
        await asyncio.sleep(min(_TYPING_SECONDS, self._pace.chat_answer[0]))
        await self._again_and_again(visit.say, client_id, words)

    def _words(self, story: ChatStory) -> Iterator[str]:
        """The visitor's own answers first, then what one says."""
        talk = self._talk.get(story.locale, self._talk["en"])
        return chain(story.answers, [self._random.choice(talk.first)], talk.later)

    async def _again_and_again(self, act: Any, *arguments: Any) -> None:
        """The relay may not serve yet, or be busy for a moment.

        Raises:
            httpx.HTTPStatusError: it said no.
        """
        while True:
            try:
                await act(*arguments)
            except httpx.HTTPError as error:
                if isinstance(error, httpx.HTTPStatusError) and error.response.status_code in _NO:
                    raise
                log.info("a visitor of the demo could not reach the relay: %s", error)
                await asyncio.sleep(self._pace.retry)
            else:
                return


class _Visit:
    """One visitor's conversation over HTTP."""

    def __init__(self, client: httpx.AsyncClient, story: ChatStory, origin: str) -> None:
        self._client = client
        self._story = story
        self._page_url = f"{origin}{story.page}"
        self._position = 0

    async def enter(self, token: str | None) -> None:
        """Come to the page; whoever has a token was here before, and has seen what they answered."""
        if token is None:
            who = {"name": self._story.name, "locale": self._story.locale}
            if self._story.email:
                who["email"] = self._story.email
            token = (await self._ask("POST", "visitor", who))["token"]
            self._client.headers["Authorization"] = f"Bearer {token}"
            return
        self._client.headers["Authorization"] = f"Bearer {token}"
        shown = await self._ask("GET", "conversation?after=0")
        own = [message["position"] for message in shown["messages"] if message["author"] == "visitor"]
        self._position = max(own, default=0)

    async def type(self) -> None:
        """Begin to write."""
        await self._ask("POST", "typing", {})

    async def say(self, client_id: str, words: str) -> None:
        """Send a message."""
        page = {"page_url": self._page_url, "locale": self._story.locale}
        said = {"client_id": client_id, "text": words, "file_ids": [], **page}
        await self._ask("POST", "messages", said)

    async def wait_for_answer(self) -> None:
        """Return when an agent has written, and say that it was seen."""
        while True:
            shown = await self._ask("GET", f"conversation?after={self._position}&wait={_POLL_SECONDS}")
            self._position = shown["head"]
            answers = [message for message in shown["messages"] if message["author"] == "agent"]
            if answers:
                await self._ask("POST", "seen", {"message_id": answers[-1]["id"]})
                return

    async def leave(self) -> None:
        """Close the page."""
        token = self._client.headers["Authorization"].removeprefix("Bearer ")
        await self._ask("POST", "leave", {"token": token})

    async def _ask(self, method: str, path: str, content: Mapping[str, Any] | None = None) -> Any:
        answer = await self._client.request(method, path, json=content)
        answer.raise_for_status()
        return answer.json() if answer.content else None
