"""Following the relay's feed: each page and the place in it are one transaction."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol

from sqlalchemy import select, update

from inbox_desktop.models.errors import InboxError
from inbox_desktop.models.store import Reader, WriteSession
from inbox_desktop.models.tables import ChatConversation, RelayState
from inbox_desktop.sync.relay.client import RelayClient, RelayError
from inbox_desktop.sync.report import Counts
from inbox_desktop.sync.services import Services

log = logging.getLogger(__name__)

PAGE: Final = 100
"""Entries that are taken in at once: an agent's click waits behind one such transaction at most."""

_THE_ONE: Final = 1
_TRIES: Final = 3


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One entry: its kind ("message", "webhook" ...) and the row as it is at the relay now."""

    seq: int
    kind: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class FeedPage:
    """A page of the feed, which ends with a whole transaction of the relay's.

    `next` is the place behind it. `history_until`: what lies up to there was at the relay before this desktop
    was connected.
    """

    entries: tuple[FeedEntry, ...]
    next: int
    more: bool
    history_until: int

    def of(self, *kinds: str) -> tuple[FeedEntry, ...]:
        """The entries of these kinds, in order."""
        return tuple(entry for entry in self.entries if entry.kind in kinds)


Change = Callable[[WriteSession], Mapping[str, Counts]]
"""Takes a page in, in the page's transaction. Returns what became of it, by channel."""


class FeedHandler(Protocol):
    """Takes in the entries of some kinds; all others it leaves alone. See `FeedFollower`."""

    async def prepare(self, page: FeedPage, client: RelayClient) -> Change | None:
        """Fetch what the entries refer to; returns what takes them in, None when there is nothing to do.

        What is listed again must change nothing: a page may be prepared, and taken in, more than once.

        Raises:
            OutsideError, StorageError: it cannot be done at present; the page is asked for again.
        """

    async def taken(self, client: RelayClient) -> None:
        """A page was taken in, or there was nothing new: do what follows outside of any transaction.

        Raises:
            OutsideError, StorageError: it cannot be done at present; it is tried again.
        """


class FeedFollower:
    """Takes the feed in, from where it stands. Belongs to the event loop."""

    def __init__(self, services: Services, handlers: Sequence[FeedHandler]) -> None:
        self._services = services
        self._handlers = tuple(handlers)

    async def pull(self, client: RelayClient) -> dict[str, Counts]:
        """Take in everything that is new. Returns what became of it, by channel.

        Raises:
            RelayError: the relay cannot be asked. StorageError: it could not be stored, and is found again.
        """
        counts: dict[str, Counts] = defaultdict(Counts)
        more = True
        while more:
            page = await self._page(client)
            for channel_id, some in (await self._take(page, client)).items():
                counts[channel_id].add(some)
            more = page.more
        for handler in self._handlers:
            await handler.taken(client)
        return counts

    async def _page(self, client: RelayClient) -> FeedPage:
        """The page behind the place where we stand; from the start where the relay is another one."""
        for _ in range(_TRIES):
            state = await self._services.read(_state)
            if state is None:
                state = await self._begin(client)
            params = {"after": state.cursor, "epoch": state.epoch, "limit": PAGE}
            try:
                found = await client.get("feed", params)
            except RelayError as error:
                if error.status != 409:
                    raise
                await self._begin(client)
                continue
            return _read_page(found, state.history_until)
        raise RelayError("The relay changes again and again what it is. Nothing was lost.", rest=60.0)

    async def _begin(self, client: RelayClient) -> RelayStateRow:
        """Stand at the start of the relay as it is now. Nothing that was taken in is taken in twice."""
        me = await client.me()
        state = RelayStateRow(me.epoch, 0, me.head)

        def begin(session: WriteSession) -> None:
            session.merge(
                RelayState(
                    id=_THE_ONE, epoch=state.epoch, cursor=state.cursor, history_until=state.history_until
                )
            )
            # What it was told is perhaps lost with what it forgot.
            told = update(ChatConversation).values(agent_seen_pushed_id=None, closed_pushed_at=None)
            session.connection().execute(told)

        await self._services.write(begin)
        log.info("the relay's feed is read from its start")
        return state

    async def _take(self, page: FeedPage, client: RelayClient) -> Mapping[str, Counts]:
        try:
            return await self._take_together(page, client)
        except InboxError:
            raise
        except Exception:
            log.exception("a page of the relay's feed could not be taken in; each entry is tried alone")
        counts: dict[str, Counts] = defaultdict(Counts)
        told = page.of("conversation")  # what the others refer to
        for entry in page.entries:
            alone = replace(page, entries=(entry,) if entry in told else (*told, entry))
            try:
                for channel_id, some in (await self._take_together(alone, client, move=False)).items():
                    counts[channel_id].add(some)
            except InboxError:
                raise
            except Exception:
                log.exception("an entry of the relay's feed (%s) could not be taken in", entry.kind)
        await self._services.write(lambda session: _move(session, page.next))
        return counts

    async def _take_together(
        self, page: FeedPage, client: RelayClient, *, move: bool = True
    ) -> Mapping[str, Counts]:
        prepared = [await handler.prepare(page, client) for handler in self._handlers]
        changes = [change for change in prepared if change is not None]

        def take(session: WriteSession) -> Mapping[str, Counts]:
            counts: dict[str, Counts] = defaultdict(Counts)
            for change in changes:
                for channel_id, some in change(session).items():
                    counts[channel_id].add(some)
            if move:
                _move(session, page.next)
            return counts

        if not changes and not page.entries:
            return {}
        return await self._services.write(take)


@dataclass(frozen=True, slots=True)
class RelayStateRow:
    """Where we stand in the feed. See `RelayState`."""

    epoch: str
    cursor: int
    history_until: int


def _state(connection: Reader) -> RelayStateRow | None:
    row = connection.execute(
        select(RelayState.epoch, RelayState.cursor, RelayState.history_until)
    ).one_or_none()
    return None if row is None else RelayStateRow(*row)


def _move(session: WriteSession, cursor: int) -> None:
    session.flush()
    session.connection().execute(update(RelayState).values(cursor=cursor))


def _read_page(found: Any, history_until: int) -> FeedPage:
    """The page as the relay told it.

    Raises:
        RelayError: it cannot be read.
    """
    try:
        entries = tuple(
            FeedEntry(int(entry["seq"]), str(entry["kind"]), dict(entry["data"]))
            for entry in found["entries"]
        )
        return FeedPage(entries, int(found["next"]), bool(found["more"]), history_until)
    except (KeyError, TypeError, ValueError) as error:
        raise RelayError(
            "The relay's answer cannot be read. Nothing was lost; it is asked again by itself. Perhaps this "
            "program or the relay is too old: update both.",
            rest=60.0,
        ) from error
