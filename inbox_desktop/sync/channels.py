"""The table of channel kinds: what runs a channel of each kind, and what sends for it."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol

from sqlalchemy import select

from inbox_desktop.models.channel_settings import read_settings
from inbox_desktop.models.chat_settings import ChatSettings
from inbox_desktop.models.health import Health, TestStep
from inbox_desktop.models.kinds import ChannelKind, ChannelState
from inbox_desktop.models.queries.directory import setting
from inbox_desktop.models.store import Reader
from inbox_desktop.models.tables import Channel
from inbox_desktop.sync.chat.channel import ChatRunner
from inbox_desktop.sync.email.channel import MailChannel
from inbox_desktop.sync.email.connection_test import try_connection
from inbox_desktop.sync.email.forwarding import ForwardedMail
from inbox_desktop.sync.email.mailbox_sync import MailboxSync
from inbox_desktop.sync.email.sender import EmailSender
from inbox_desktop.sync.errors import ChannelError, Fault
from inbox_desktop.sync.report import ChannelReport
from inbox_desktop.sync.sending import Sender
from inbox_desktop.sync.services import Services
from inbox_desktop.sync.sms.channel import TextChannel
from inbox_desktop.sync.sms.connection_test import try_provider
from inbox_desktop.sync.sms.polling import TextPolling
from inbox_desktop.sync.sms.sender import TextSender

Tell = Callable[[Health], None]
TellStep = Callable[[TestStep], None]


class Runner(Protocol):
    """Brings one channel's messages in. All methods belong to the engine's event loop."""

    async def run(self) -> None:
        """Go on until cancelled. The world's faults are told as Health; what is raised is our own bug."""

    async def sync_once(self) -> ChannelReport:
        """Bring everything in that is there, and return."""

    def wake(self) -> None:
        """Do not wait any longer."""

    def reconnect(self) -> None:
        """Do not trust connections that are open: the computer has slept."""


@dataclass(frozen=True, slots=True)
class ChannelSetup:
    """A channel as it stands in the database."""

    id: str
    kind: ChannelKind
    name: str
    address: str
    settings: dict[str, Any] = field(hash=False)


@dataclass(frozen=True, slots=True)
class ChannelType:
    """How channels of one kind work.

    `runners` makes what brings messages in, given for each its way to tell its health; they raise
    ChannelError when the settings make no sense. `sender` makes the way out. `test` tries a connection with
    settings of this kind and a secret, and tells every step; it returns whether all held.
    """

    runners: Callable[[Services, ChannelSetup, Callable[[int], Tell]], tuple[Runner, ...]]
    sender: Callable[[Services, ChannelSetup], Sender]
    test: Callable[[Any, str, TellStep], Coroutine[Any, Any, bool]]


def present_channels(connection: Reader) -> tuple[ChannelSetup, ...]:
    """The channels that are not removed and of a kind that this program runs, oldest first."""
    rows = connection.execute(
        select(Channel.id, Channel.kind, Channel.name, Channel.address, Channel.settings)
        .where(Channel.removed_at.is_(None))
        .order_by(Channel.created_at, Channel.id)
    )
    setups = (
        ChannelSetup(row.id, ChannelKind(row.kind), row.name, row.address, row.settings) for row in rows
    )
    return tuple(setup for setup in setups if setup.kind in CHANNEL_TYPES)


def _settings(setup: ChannelSetup) -> Any:
    """The settings of the channel's kind.

    Raises:
        ChannelError: they cannot be read.
    """
    try:
        return read_settings(setup.kind, setup.settings)
    except (KeyError, TypeError, ValueError) as error:
        raise ChannelError(
            Fault.SETTINGS,
            "The channel's settings cannot be read. What was received before is kept. Remove the channel "
            "and connect it again.",
        ) from error


def _mail_channel(setup: ChannelSetup) -> MailChannel:
    return MailChannel(setup.id, setup.name, setup.address, _settings(setup))


def _email_runners(
    services: Services, setup: ChannelSetup, voice: Callable[[int], Tell]
) -> tuple[Runner, ...]:
    channel = _mail_channel(setup)
    runners: list[Runner] = []
    if channel.settings.imap is not None:
        runners.append(MailboxSync(services, channel, channel.settings.imap, voice(0)))
    if channel.settings.listen is not None:
        runners.append(ForwardedMail(services, channel, voice(1)))
    if not runners:
        voice(0)(
            Health(
                setup.id,
                setup.kind,
                setup.name,
                ChannelState.STOPPED,
                "It holds imported mail: nothing is fetched or sent.",
            )
        )
    return tuple(runners)


def _email_sender(services: Services, setup: ChannelSetup) -> Sender:
    channel = _mail_channel(setup)
    with services.store.read() as connection:
        quotes = bool(setting(connection, "quote_last_message", default=True))
    return EmailSender(
        channel.settings,
        partial(services.secrets.password, channel.id, channel.settings),
        services.store.attachments,
        quote_last_message=quotes,
    )


def _text_runners(
    services: Services, setup: ChannelSetup, voice: Callable[[int], Tell]
) -> tuple[Runner, ...]:
    return (TextPolling(services, _text_channel(setup), voice(0)),)


def _text_sender(services: Services, setup: ChannelSetup) -> Sender:
    return TextSender(services, _text_channel(setup))


def _text_channel(setup: ChannelSetup) -> TextChannel:
    return TextChannel(setup.id, setup.name, _settings(setup))


def _chat_runners(
    services: Services, setup: ChannelSetup, voice: Callable[[int], Tell]
) -> tuple[Runner, ...]:
    return (ChatRunner(services.relay_link, setup.id, setup.name, voice(0)),)


def _chat_sender(services: Services, _setup: ChannelSetup) -> Sender:
    from inbox_desktop.sync.chat.sender import ChatSender  # noqa: PLC0415 - loads the HTTP library

    return ChatSender(services)


async def _try_chat(settings: ChatSettings, secret: str, tell: TellStep) -> bool:
    from inbox_desktop.sync.relay.connection_test import try_relay  # noqa: PLC0415 - as above

    return await try_relay(settings.relay_url, secret or None, tell)


CHANNEL_TYPES: Mapping[ChannelKind, ChannelType] = {
    ChannelKind.EMAIL: ChannelType(_email_runners, _email_sender, try_connection),
    ChannelKind.SMS: ChannelType(_text_runners, _text_sender, try_provider),
    ChannelKind.CHAT: ChannelType(_chat_runners, _chat_sender, _try_chat),
}
