"""Taking in what a provider lists: texts of people, texts sent elsewhere, and reports on ours."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial

from inbox_desktop.models.actions import Action, Outcome, Refusal, channel, perform
from inbox_desktop.models.actions.deliveries import RecogniseSent
from inbox_desktop.models.actions.inbound import InboundMessage
from inbox_desktop.models.actions.receiving import DUPLICATE, SET_ASIDE
from inbox_desktop.models.actions.texts import (
    QuarantineText,
    RecordCampaign,
    ReportDelivery,
    is_news,
    receive_texts,
)
from inbox_desktop.models.clock import now
from inbox_desktop.models.errors import InboxError
from inbox_desktop.models.kinds import DeliveryState, Direction, IdentityKind, MessageKind
from inbox_desktop.models.store import WriteSession
from inbox_desktop.sync.email.charsets import clean_text, single_line
from inbox_desktop.sync.report import Counts
from inbox_desktop.sync.services import Services
from inbox_desktop.sync.sms.channel import TextChannel
from inbox_desktop.sync.sms.own_texts import OwnText, OwnTexts
from inbox_desktop.sync.sms.pictures import Fetched, Pictures
from inbox_desktop.sync.sms.provider import Provider, ProviderText

log = logging.getLogger(__name__)

MOST_IN_TRANSACTION = 100
"""Texts that are written at once: an agent's click waits behind one such transaction at most."""

LONGEST_TEXT = 20_000
"""Characters of one text that are kept: a phone writes a tenth of that."""

_LONGEST_REASON = 500

_Change = Callable[[WriteSession], Counts]


class Intake:
    """Takes in what is listed for one channel. Belongs to the event loop."""

    def __init__(self, services: Services, text_channel: TextChannel, provider: Provider) -> None:
        self._services = services
        self._channel = text_channel
        self._provider = provider
        self._actor = channel(text_channel.id)
        self._quarantined: set[str] = set()
        self._own = OwnTexts(services, text_channel.id)
        self._pictures = Pictures(services, provider)

    async def take(
        self,
        direction: Direction,
        texts: Sequence[ProviderText],
        history_until: datetime | None,
    ) -> Counts:
        """Take in the texts of one window, in this order.

        `history_until` is set when the number was just connected: what came before is history, and read.

        Raises:
            ProviderError: a picture cannot be had at present. What was taken in is kept.
            StorageError: it could not be stored; it is found again.
        """
        counts = Counts(fetched=len(texts))
        take = self._take_sent if direction is Direction.OUTBOUND else self._take_received
        for portion in _portions(texts):
            counts.add(await take(portion, history_until))
        return counts

    async def _take_received(self, texts: Sequence[ProviderText], history_until: datetime | None) -> Counts:
        known = await self._own.known([text.external_id for text in texts])
        messages = [
            self._message(text, await self._pictures.fetch(text), history_until)
            for text in texts
            if text.external_id not in known and text.external_id not in self._quarantined
        ]
        counts = Counts(duplicate=len(texts) - len(messages))
        if messages:
            alone = {one.external_id: partial(self._receive, messages=[one]) for one in messages}
            counts.add(await self._write(partial(self._receive, messages=messages), texts, alone))
        return counts

    async def _take_sent(self, texts: Sequence[ProviderText], history_until: datetime | None) -> Counts:
        ids = [text.external_id for text in texts]
        known, states = await self._own.known(ids), await self._own.states(ids)
        fresh = [text for text in texts if text.external_id not in known]
        ours = await self._own.like(fresh)
        fetched = await self._campaign_pictures([text for text in fresh if text.external_id not in ours])
        changes: dict[str, _Change] = {}
        for text in texts:
            own = ours.get(text.external_id)
            if text.external_id in known:
                if text.state is not None and is_news(states.get(text.external_id), text.state):
                    changes[text.external_id] = partial(self._report, text=text)
            elif text.external_id in self._quarantined:
                continue
            elif own is None:
                files = fetched.get(text.external_id, Fetched())
                record = partial(self._record, text=text, fetched=files, history_until=history_until)
                changes[text.external_id] = record
            elif own.state is not DeliveryState.ATTEMPTING:  # that is the outbox's
                changes[text.external_id] = partial(self._settle, text=text, own=own)
        counts = Counts(duplicate=len(known))
        if changes:
            counts.add(await self._write(partial(_all_of, list(changes.values())), texts, changes))
        return counts

    async def _campaign_pictures(self, texts: Sequence[ProviderText]) -> dict[str, Fetched]:
        """The pictures of what others sent to people who have a ticket, by the text's id.

        A campaign goes to thousands who never wrote: theirs would be fetched for nobody to see.
        """
        seen_by = await self._own.with_ticket({text.recipient for text in texts if text.pictures})
        return {
            text.external_id: await self._pictures.fetch(text)
            for text in texts
            if text.pictures and text.recipient in seen_by
        }

    async def _write(
        self, together: _Change, texts: Sequence[ProviderText], alone: Mapping[str, _Change]
    ) -> Counts:
        """One transaction; when a fault of ours breaks it each text has its own, by its id, so that one
        stops no other.
        """
        try:
            return await self._services.write(together)
        except InboxError:
            raise
        except Exception:
            log.exception("a batch of %d texts could not be written; each is tried alone", len(alone))
        counts = Counts()
        for text in texts:
            if text.external_id not in alone:
                continue
            try:
                counts.add(await self._services.write(alone[text.external_id]))
            except InboxError:
                raise
            except Exception as error:
                log.exception("a text could not be written")
                await self._quarantine(text, error)
                counts.quarantined += 1
        return counts

    async def _quarantine(self, text: ProviderText, error: Exception) -> None:
        """Put it on record, and leave it alone until the next start, which may be another program's."""
        self._quarantined.add(text.external_id)
        action = QuarantineText(
            actor=self._actor,
            channel_id=self._channel.id,
            external_id=text.external_id,
            phone=text.sender if text.direction is Direction.INBOUND else text.recipient,
            sent_at=text.at,
            text=text.text,
            reason=f"{type(error).__name__}: {error}"[:_LONGEST_REASON],
        )
        await self._services.write(lambda session: perform(session, action))

    # Changes, each within a transaction of the writer

    def _receive(self, session: WriteSession, messages: Sequence[InboundMessage]) -> Counts:
        ahead = self._provider.clock_offset
        outcomes = receive_texts(
            session, self._channel.id, self._channel.settings, messages, clock_offset=ahead
        )
        counts = Counts()
        for outcome in outcomes:
            counts.add(_counted(outcome))
        return counts

    def _record(
        self,
        session: WriteSession,
        text: ProviderText,
        fetched: Fetched,
        history_until: datetime | None,
    ) -> Counts:
        is_history = history_until is not None and text.at < history_until
        action = RecordCampaign(
            actor=self._actor,
            channel_id=self._channel.id,
            external_id=text.external_id,
            recipient=text.recipient,
            sender=single_line(text.sender),
            text=clean_text(text.text)[:LONGEST_TEXT],
            label=single_line(text.label),
            sent_at=text.at,
            history=is_history,
            is_answer=text.is_answer,
            files=tuple(fetched.files),
            warnings=tuple(fetched.warnings),
        )
        return _counted(perform(session, action))

    def _settle(self, session: WriteSession, text: ProviderText, own: OwnText) -> Counts:
        """The provider lists what perhaps was sent, perhaps not."""
        action = RecogniseSent(
            actor=self._actor,
            delivery_id=own.delivery_id,
            external_id=text.external_id,
            detail="The provider lists it as sent.",
        )
        if isinstance(perform(session, action), Outcome) and text.state is not None:
            self._report(session, text)
        return Counts()

    def _report(self, session: WriteSession, text: ProviderText) -> Counts:
        assert text.state is not None
        action: Action = ReportDelivery(
            actor=self._actor,
            channel_id=self._channel.id,
            external_id=text.external_id,
            state=text.state,
            detail=text.error,
            opted_out=text.opted_out,
        )
        perform(session, action)  # what has ended already refuses: a report that came again
        return Counts()

    def _message(
        self, text: ProviderText, fetched: Fetched, history_until: datetime | None
    ) -> InboundMessage:
        is_history = history_until is not None and text.at < history_until
        own = self._channel.settings.number
        words, warnings = clean_text(text.text), list(fetched.warnings)
        if len(words) > LONGEST_TEXT:
            warnings.append(f"The text has {len(words):,} characters; only the first ones are shown.")
            words = words[:LONGEST_TEXT]
        return InboundMessage(
            channel_id=self._channel.id,
            external_id=text.external_id,
            kind=MessageKind.MESSAGE,
            author_kind=IdentityKind.PHONE,
            author_address=single_line(text.sender),
            author_name="",
            sent_at=text.at,
            text=words,
            visible_text=words,
            to=(own,),
            channel_address=own,
            files=tuple(fetched.files),
            warnings=tuple(warnings),
            history=is_history,
            seen=is_history,
            own_addresses=frozenset({own}),
            received_at=now(),
            references=_parts(text),
        )


def _parts(text: ProviderText) -> tuple[str, ...]:
    """The ids of what a text was put together from: when it is listed, it is no text of its own."""
    parts = text.external_id.split("+")
    return tuple(parts) if len(parts) > 1 else ()


def _all_of(changes: Sequence[_Change], session: WriteSession) -> Counts:
    counts = Counts()
    for change in changes:
        counts.add(change(session))
    return counts


def _portions(texts: Sequence[ProviderText]) -> Iterator[Sequence[ProviderText]]:
    for start in range(0, len(texts), MOST_IN_TRANSACTION):
        yield texts[start : start + MOST_IN_TRANSACTION]


def _counted(result: Outcome | Refusal) -> Counts:
    if isinstance(result, Refusal):
        log.info("a text was refused: %s", result.reason)
        return Counts(quarantined=1)
    return Counts(
        stored=int(result.detail not in {DUPLICATE, SET_ASIDE}),
        duplicate=int(result.detail == DUPLICATE),
        set_aside=int(result.detail == SET_ASIDE),
    )
