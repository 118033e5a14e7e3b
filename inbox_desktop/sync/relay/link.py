"""The link to the relay: keeps the feed followed and what is to be told told, and says how it fares."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from inbox_desktop.models.errors import StorageError
from inbox_desktop.models.health import Health
from inbox_desktop.models.kinds import ChannelKind, ChannelState
from inbox_desktop.models.queries.chats import tickets_of_conversations
from inbox_desktop.models.queries.directory import me
from inbox_desktop.sync.backoff import Backoff
from inbox_desktop.sync.errors import ChannelError, OutsideError
from inbox_desktop.sync.relay.access import RELAY, RelaySettings
from inbox_desktop.sync.relay.live import LiveBoard
from inbox_desktop.sync.relay.telling import telling_texts
from inbox_desktop.sync.report import Counts
from inbox_desktop.sync.standing import Standing
from inbox_desktop.sync.tasks import end

if TYPE_CHECKING:
    from inbox_desktop.sync.chat.pushing import Pushing
    from inbox_desktop.sync.relay.feed import FeedFollower
    from inbox_desktop.sync.relay.socket import RelaySocket
    from inbox_desktop.sync.services import Services

log = logging.getLogger(__name__)

WITH_SOCKET_SECONDS: Final = 60.0
"""How often the feed is looked at although the socket says when there is news."""
WITHOUT_SOCKET_SECONDS: Final = 5.0
GATHER_SECONDS: Final = 0.2
"""So long is waited for more of what was read and closed before the relay is told of it."""
TYPING_EVERY_SECONDS: Final = 3.0
LONGEST_WAIT: Final = 30.0
"""Visitors wait at the relay: it is looked for again after so many seconds at the latest."""

_TROUBLE = (OutsideError, StorageError)


class RelayLink:
    """Runs once, beside the channels. Belongs to the event loop; `live` and `health` to any thread."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._listeners: list[Callable[[Health], None]] = [telling_texts(services)]
        self._standing = Standing(RELAY, ChannelKind.CHAT, "Relay", self._tell, LONGEST_WAIT)
        self._changed = asyncio.Event()
        self._is_new = False
        self._socket: RelaySocket | None = None
        self._pushing: Pushing | None = None
        self._follower: FeedFollower | None = None
        self._once: asyncio.Task[dict[str, Counts]] | None = None
        self._typed: dict[str, float] = {}
        self._has_news = False
        self.live = LiveBoard()
        self.health: Health | None = None

    async def run(self) -> None:
        """Go on until cancelled. The world's faults are told and waited out; our own are raised."""
        while True:
            self._changed.clear()
            self._is_new = False
            settings = await self._services.relay.settings()
            if settings is None:
                self._say_unconnected()
                await self._changed.wait()
                continue
            # Channels are not told: one that failed and is connected next sends at once what waits.
            self.health = replace(self._standing.told, state=ChannelState.STARTING, reason="", retry_at=None)
            serving = asyncio.create_task(self._serve(), name="relay")
            changing = asyncio.create_task(self._changed_from(settings), name="relay's settings")
            try:
                await asyncio.wait((serving, changing), return_when=asyncio.FIRST_COMPLETED)
                if serving.done():
                    serving.result()  # it only ends by a bug, which is the crew's to tell
            finally:
                await end((serving, changing))

    async def _changed_from(self, settings: RelaySettings) -> None:
        """Return once it is another relay, another token, or none; other settings end nothing."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            is_new, self._is_new = self._is_new, False
            if is_new or await self._services.relay.settings() != settings:
                return

    async def sync_once(self) -> dict[str, Counts]:
        """Take in everything that is there and tell what is to be told; all channels share one such round.

        Raises:
            OutsideError, StorageError: it did not work.
        """
        if self._once is None:
            self._once = asyncio.create_task(self._round(), name="relay once")
        return await asyncio.shield(self._once)

    def follow(self, listener: Callable[[Health], None]) -> Callable[[], None]:
        """Call `listener`, now and from now on, with how the link is. Returns how to stop that."""
        self._listeners.append(listener)
        listener(self.health or self._standing.told)
        return lambda: self._listeners.remove(listener)

    def settings_changed(self) -> None:
        """Perhaps it is another relay, or none."""
        self._changed.set()

    def begin_anew(self) -> None:
        """It was connected just now, perhaps with nothing new but the token."""
        self._is_new = True
        self._changed.set()

    def wake(self) -> None:
        """Do not wait any longer: there is news."""
        self._has_news = True
        self._standing.wake()

    def look_for_work(self) -> None:
        """Perhaps the relay is to be told something: a chat was read or closed, a visitor blocked."""
        self._standing.wake()

    def reconnect(self) -> None:
        """Do not trust connections that are open: the computer has slept."""
        if self._socket is not None:
            self._socket.drop()
        self.wake()

    async def type(self, ticket_id: str) -> None:
        """The agent who sits here types in a ticket; the visitor is told so now and then."""
        conversation_id = self.live.conversation_of(ticket_id)
        at = asyncio.get_running_loop().time()
        if conversation_id is None or self._socket is None:
            return
        if at - self._typed.get(conversation_id, -TYPING_EVERY_SECONDS) < TYPING_EVERY_SECONDS:
            return
        self._typed[conversation_id] = at
        author = await self._services.read(me)
        await self._socket.type(conversation_id, author.name if author is not None else "")

    async def _serve(self) -> None:
        """Follow one relay until cancelled."""
        from inbox_desktop.sync.relay.socket import RelaySocket  # noqa: PLC0415 - only with a relay

        self._socket = RelaySocket(self.live, self.wake)
        listening = asyncio.create_task(self._keep_listening(self._socket), name="relay's socket")
        try:
            while True:
                try:
                    await self._round()
                    self._standing.worked()
                    self._standing.tell_connected()
                    await self._wait_for_news(self._socket)
                except _TROUBLE as trouble:
                    await self._standing.wait_out(trouble)
        finally:
            self._socket = None
            await end([listening])

    async def _wait_for_news(self, socket: RelaySocket) -> None:
        """Wait until the feed is to be looked at; tell meanwhile what is read and closed here."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        while not self._knows_of_news():
            seconds = WITH_SOCKET_SECONDS if socket.is_open else WITHOUT_SOCKET_SECONDS
            rest = began + seconds - loop.time()
            if rest <= 0:
                return
            await self._standing.sleep(rest)
            if not self._knows_of_news() and loop.time() < began + seconds:
                await asyncio.sleep(GATHER_SECONDS)
                client = await self._services.relay.client()
                await self._the_pushing().push(client)

    def _knows_of_news(self) -> bool:
        return self._has_news

    async def _keep_listening(self, socket: RelaySocket) -> None:
        backoff = Backoff(most=60.0)
        loop = asyncio.get_running_loop()
        while True:
            began = loop.time()
            with suppress(ChannelError, OutsideError, StorageError):
                await socket.run(await self._services.relay.client())
            self.wake()  # it ended: what it would have told is asked for
            if loop.time() - began > 20.0:
                backoff.reset()
            await asyncio.sleep(backoff.next_wait())

    async def _round(self) -> dict[str, Counts]:
        """Take in what is new, then tell what is to be told."""
        self._has_news = False
        self._standing.forget_wake()
        client = await self._services.relay.client()
        counts = await self._the_follower().pull(client)
        self.live.know(await self._services.read(tickets_of_conversations))
        await self._the_pushing().push(client)
        return counts

    def _the_follower(self) -> FeedFollower:
        if self._follower is None:
            from inbox_desktop.sync.chat.intake import ChatIntake  # noqa: PLC0415 - only with a relay
            from inbox_desktop.sync.chat.mail_jobs import ChatMails  # noqa: PLC0415
            from inbox_desktop.sync.relay.feed import FeedFollower  # noqa: PLC0415
            from inbox_desktop.sync.relay.texts import TextWebhooks  # noqa: PLC0415

            intake, mails = ChatIntake(self._services, self.live), ChatMails(self._services)
            texts = TextWebhooks(self._services)
            self._follower = FeedFollower(self._services, (intake, mails, texts))
        return self._follower

    def _the_pushing(self) -> Pushing:
        if self._pushing is None:
            from inbox_desktop.sync.chat.pushing import Pushing  # noqa: PLC0415 - only with a relay

            self._pushing = Pushing(self._services)
        return self._pushing

    def _say_unconnected(self) -> None:
        self.health = None
        self._tell_all(
            replace(
                self._standing.told,
                state=ChannelState.FAILED,
                reason="This inbox is connected to no relay. What was received before is kept. Connect to "
                "the relay in the settings of web chat.",
                retry_at=None,
                needs_person=True,
            )
        )

    def _tell(self, health: Health) -> None:
        self.health = health
        self._tell_all(health)

    def _tell_all(self, health: Health) -> None:
        for listener in tuple(self._listeners):
            listener(health)
