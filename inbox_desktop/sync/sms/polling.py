"""The runner of a channel of texts: polls the provider's list, takes texts in, and tells how it fares."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial

from inbox_desktop.models.clock import now
from inbox_desktop.models.errors import StorageError
from inbox_desktop.models.health import Health, Progress
from inbox_desktop.models.kinds import ChannelKind, ChannelState, Direction
from inbox_desktop.sync.errors import OutsideError
from inbox_desktop.sync.report import ChannelReport, Counts
from inbox_desktop.sync.services import Services
from inbox_desktop.sync.sms.channel import TextChannel, make_provider
from inbox_desktop.sync.sms.cursor import cursor, move_cursor, oldest_without_report
from inbox_desktop.sync.sms.intake import Intake
from inbox_desktop.sync.sms.own_texts import OwnTexts
from inbox_desktop.sync.sms.provider import Provider, ProviderError, ProviderText, Trouble
from inbox_desktop.sync.sms.reception import Reception
from inbox_desktop.sync.standing import Standing

log = logging.getLogger(__name__)

REPORTS_SECONDS = 60.0
HISTORY = timedelta(days=30)
"""How far back the texts are brought in of a number that was just connected."""

CLOCKS_APART = timedelta(hours=6)
"""How far apart the clocks may be before a first answer says how far the provider's is ahead."""

WORTH_NOTING = timedelta(hours=1)
"""How far the cursor of a number that nobody texts runs behind at most, before it is written again."""

_DIRECTIONS = (Direction.OUTBOUND, Direction.INBOUND)  # what an answer is attributed to comes first
_ATTEMPTS_AT_ONCE = 3
_LONGEST_REST_AT_ONCE = 30.0
_TROUBLE = (OutsideError, StorageError)


class TextPolling:
    """Runs one channel of texts. Everything here is called on the event loop's thread."""

    def __init__(self, services: Services, channel: TextChannel, tell: Callable[[Health], None]) -> None:
        self._services = services
        self._channel = channel
        self._standing = Standing(channel.id, ChannelKind.SMS, channel.name, tell)
        self._reception = Reception(services, channel, self._standing.wake)
        self._counts = Counts()
        self._reports_at: datetime | None = None

    async def run(self) -> None:
        """Poll until cancelled. The world's faults are told and waited out; our own are raised."""
        self._standing.tell(ChannelState.STARTING)
        while True:
            try:
                await self._follow()
            except _TROUBLE as trouble:
                await self._standing.wait_out(trouble)

    async def sync_once(self) -> ChannelReport:
        """Bring in everything that the provider lists, and end. Errors are in the report."""
        errors: tuple[str, ...] = ()
        for _ in range(_ATTEMPTS_AT_ONCE):
            try:
                provider = await self._sign_in()
                try:
                    await self._poll(provider, Intake(self._services, self._channel, provider))
                finally:
                    await provider.close()
                errors = ()
                break
            except _TROUBLE as trouble:
                errors = (str(trouble),)
                self._standing.tell_trouble(trouble)
                if not (isinstance(trouble, ProviderError) and trouble.trouble is Trouble.BUSY):
                    break
                await asyncio.sleep(min(trouble.rest or 1.0, _LONGEST_REST_AT_ONCE))
        return ChannelReport(self._channel.id, self._channel.name, self._counts, errors)

    def wake(self) -> None:
        """End the present wait: look for new texts at once."""
        self._standing.wake()

    def reconnect(self) -> None:
        """The computer has slept: ask at once. A request has no connection that could be trusted or not."""
        self._standing.wake()

    async def _follow(self) -> None:
        provider = await self._sign_in()
        try:
            intake = Intake(self._services, self._channel, provider)
            self._reception.open(intake, provider.abilities.interval)
            while True:
                await self._reception.register()
                self._reception.polled(await self._poll(provider, intake))
                self._standing.worked()
                self._standing.tell_connected(self._reception.words)
                await self._standing.sleep(self._reception.pause)
        finally:
            self._reception.close()
            await provider.close()

    async def _sign_in(self) -> Provider:
        settings = self._channel.settings
        secret = await self._services.files.call(self._services.secrets.password, self._channel.id, settings)
        return make_provider(settings, secret, OwnTexts(self._services, self._channel.id).knows)

    async def _poll(self, provider: Provider, intake: Intake) -> int:
        """Ask for what is new; returns how many texts were received that the inbox did not have."""
        received = 0
        for direction in _DIRECTIONS:
            at = now() + provider.clock_offset
            stand = await self._services.read(
                partial(cursor, channel_id=self._channel.id, direction=direction)
            )
            history_until = at if stand is None else None
            since = (stand or at - min(HISTORY, provider.abilities.reaches_back)) - provider.abilities.overlap
            if direction is Direction.OUTBOUND:
                since = await self._since_reports(since, provider)
            windows = list(_windows(since, max(at, stand or at) + CLOCKS_APART, provider.abilities.window))
            for place, (start, end) in enumerate(windows):
                if len(windows) > 2:
                    self._standing.tell(ChannelState.SYNCING, progress=Progress(place, len(windows)))
                texts = [text async for text in provider.texts(direction, start, end)]
                texts.sort(key=_by_time)
                counts = await intake.take(direction, texts, history_until)
                self._counts.add(counts)
                if direction is Direction.INBOUND:
                    received += counts.stored + counts.set_aside
                # By the provider's clock, which its answer has told: ours may be wrong by any time.
                quiet = min(end, now() + provider.clock_offset - 2 * CLOCKS_APART)
                stand = await self._reach(direction, stand, quiet, texts)
        return received

    async def _reach(
        self, direction: Direction, stand: datetime | None, quiet: datetime, texts: Sequence[ProviderText]
    ) -> datetime:
        """Note that everything is here up to `quiet`, and to the newest of these texts; returns the cursor.

        A cursor that would hardly move stays: each note waits for the disk.
        """
        reached = max([quiet, *(text.at for text in texts)])
        is_newer = stand is None or any(text.at > stand for text in texts)
        if stand is not None and not is_newer and quiet - stand < WORTH_NOTING:
            return stand
        move = partial(move_cursor, channel_id=self._channel.id, direction=direction, at=reached)
        await self._services.write(move)
        return reached

    async def _since_reports(self, since: datetime, provider: Provider) -> datetime:
        """From when outbound texts are listed: now and then from the oldest that waits for a report."""
        at = now()
        if self._reports_at is not None and at - self._reports_at < timedelta(seconds=REPORTS_SECONDS):
            return since
        self._reports_at = at
        oldest = await self._services.read(partial(oldest_without_report, channel_id=self._channel.id, at=at))
        if oldest is None:
            return since
        return min(since, oldest + provider.clock_offset - provider.abilities.overlap)


def _windows(since: datetime, until: datetime, longest: timedelta) -> Iterator[tuple[datetime, datetime]]:
    """[since, until) in pieces, the oldest first."""
    while since < until:
        yield since, min(since + longest, until)
        since += longest


def _by_time(text: ProviderText) -> tuple[datetime, str]:
    return text.at, text.external_id
