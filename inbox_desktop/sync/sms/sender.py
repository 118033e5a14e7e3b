"""A channel's way out for texts: one request to its provider, never made twice by itself."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

from inbox_desktop.models.actions import SYSTEM, perform
from inbox_desktop.models.actions.consent import ChangeConsent
from inbox_desktop.models.kinds import ConsentKind, ConsentSource, ConsentState, DeliveryState
from inbox_desktop.models.rules.links import web_links, with_links
from inbox_desktop.sync.errors import ChannelError
from inbox_desktop.sync.sending import (
    HandOver,
    LookUp,
    NoCopyError,
    OutgoingFile,
    OutgoingMail,
    SendResult,
    same_for_all,
)
from inbox_desktop.sync.services import Services
from inbox_desktop.sync.sms.channel import TextChannel, make_provider
from inbox_desktop.sync.sms.own_texts import OwnTexts
from inbox_desktop.sync.sms.provider import Provider, ProviderError, ProviderText, Trouble
from inbox_desktop.sync.sms.publishing import PublishingError

_A_LITTLE = timedelta(seconds=2)  # providers tell whole seconds


class TextSender:
    """Sends from one number. See `sending.Sender`."""

    def __init__(self, services: Services, channel: TextChannel) -> None:
        self._services = services
        self._channel = channel

    async def send(self, mail: OutgoingMail, hand_over: HandOver) -> SendResult:
        """Try once. Its links and pictures are published before the text leaves."""
        try:
            text = await self._text(mail)
            pictures = [await self._picture(file) for file in mail.files]
        except PublishingError as error:
            state = DeliveryState.FAILED if error.is_final else DeliveryState.QUEUED
            return same_for_all(mail, state, str(error))
        try:
            async with self._provider() as provider:
                await hand_over(mail.recipients)
                sent = await provider.send(mail.recipients[0], text, mail.message_id, pictures)
        except ChannelError as error:
            words = f"Not sent yet. {error}"
            return same_for_all(mail, DeliveryState.QUEUED, words, server_trouble=True, needs_person=True)
        except ProviderError as error:
            if error.trouble is Trouble.OPTED_OUT:
                await self._note_opt_out(mail, str(error))
            return _failed(mail, error)
        return _taken(mail, sent)

    async def look_up(self, mail: OutgoingMail) -> LookUp | None:
        """Whether the provider lists the text; None when it cannot be asked now."""
        try:
            text = await self._text(mail)
            async with self._provider() as provider:
                since = (mail.begun_at or mail.queued_at) - _A_LITTLE
                sent = await provider.find_sent(mail.to[0], text, mail.message_id, since)
        except (ChannelError, ProviderError, PublishingError):
            return None
        if sent is None:
            return LookUp(found=False)
        # Another message of ours may have said the same.
        is_another = await OwnTexts(self._services, self._channel.id).knows(sent.external_id)
        return LookUp(found=False) if is_another else LookUp(found=True, external_id=sent.external_id)

    async def file_copy(self, mail: OutgoingMail) -> None:
        """A provider keeps its own list of what was sent."""
        raise NoCopyError("Texts have no folder of sent messages.")

    @asynccontextmanager
    async def _provider(self) -> AsyncIterator[Provider]:
        settings = self._channel.settings
        secret = await self._services.files.call(self._services.secrets.password, self._channel.id, settings)
        # A provider refuses a text for whose reports it is given an address that it cannot reach.
        report_to = self._services.hooks.webhook_url(settings)
        provider = make_provider(settings, secret, report_to=report_to if self._is_reached(report_to) else "")
        try:
            yield provider
        finally:
            await provider.close()

    async def _text(self, mail: OutgoingMail) -> str:
        """The text with short links, the same ones every time."""
        urls = web_links(mail.text) if self._channel.settings.shorten_links else ()
        links = await self._services.public.shorten(mail.message_id, urls)
        return with_links(mail.text, {url: link for url, link in links.items() if self._is_reached(link)})

    async def _picture(self, file: OutgoingFile) -> str:
        """The address from which the provider fetches a picture."""
        url = await self._services.public.publish(file)
        if not self._is_reached(url):
            raise PublishingError(
                f"The picture {file.filename} was not sent: the relay has no address on the internet from "
                "which a provider could fetch it. Send the text without it, or start the relay with "
                "--public-url.",
                is_final=True,
            )
        return url

    def _is_reached(self, url: str) -> bool:
        """Whether an address of the relay's leads anywhere for people and providers elsewhere.

        A relay that is tried out is on this computer; so is a simulated provider.
        """
        return url.startswith("https://") or self._channel.settings.base_url is not None

    async def _note_opt_out(self, mail: OutgoingMail, words: str) -> None:
        """The person has said stop to the provider, who has not told us."""
        action = ChangeConsent(
            actor=SYSTEM,
            phone=mail.recipients[0],
            kinds=tuple(ConsentKind),
            state=ConsentState.REVOKED,
            source=ConsentSource.PROVIDER,
            detail=words,
        )
        await self._services.write(lambda session: perform(session, action))


def _taken(mail: OutgoingMail, sent: ProviderText) -> SendResult:
    state = DeliveryState.FAILED if sent.state is DeliveryState.FAILED else DeliveryState.SENT
    return replace(same_for_all(mail, state, sent.error), external_id=sent.external_id)


def _failed(mail: OutgoingMail, error: ProviderError) -> SendResult:
    """What a failed request means for the text, in words of the provider's."""
    match error.trouble:
        case Trouble.REFUSED | Trouble.OPTED_OUT:
            return same_for_all(mail, DeliveryState.FAILED, f"Not sent. {error}")
        case Trouble.AMBIGUOUS:
            return same_for_all(mail, DeliveryState.UNKNOWN, f"Perhaps sent, perhaps not. {error}")
        case Trouble.SIGN_IN | Trouble.BUSY:
            result = same_for_all(
                mail,
                DeliveryState.QUEUED,
                f"Not sent yet. {error}",
                server_trouble=True,
                needs_person=error.trouble is Trouble.SIGN_IN,
            )
            return replace(result, retry_after=error.retry_after)
