"""What a person does with the relay: connect to it and leave it, make chats and change them."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from inbox_desktop.models.actions import SYSTEM, perform
from inbox_desktop.models.actions.channels import SaveSetting
from inbox_desktop.models.chat_relay import ChatAtRelay, ChatChangedError, RelayInfo
from inbox_desktop.models.chat_settings import ChatSettings, ChatSite
from inbox_desktop.models.errors import InboxError
from inbox_desktop.models.health import TestStep
from inbox_desktop.models.queries.directory import channel_settings
from inbox_desktop.models.store import WriteSession
from inbox_desktop.sync.chat.intake import add_chat_channel, keep_site
from inbox_desktop.sync.errors import ChannelError, Fault
from inbox_desktop.sync.relay.access import RELAY, RelaySettings
from inbox_desktop.sync.relay.client import Me, RelayClient, RelayError, relay_url
from inbox_desktop.sync.relay.connection_test import try_relay
from inbox_desktop.sync.relay.texts import name_number
from inbox_desktop.sync.services import Services

if TYPE_CHECKING:  # it loads the numbering plans
    from inbox_desktop.models.sms_settings import SmsSettings

_CODE: Final = re.compile(r"[A-Za-z2-7]{1,13}(?:[- ]?[A-Za-z2-7]{1,13}){0,9}")
_LONGEST_CODE: Final = 30
"""A desktop's token is longer than any invitation."""


class RelayDesk:
    """Belongs to the event loop. Whatever fails is an InboxError in words."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def connect(
        self, url: str, code_or_token: str, secret_env: str | None = None, *, name: str = ""
    ) -> RelayInfo:
        """Join a relay with an invitation code, or come back with a desktop's token.

        The token goes into the keyring; with `secret_env` it is what that variable holds. `name` is what the
        relay calls this desktop. The chats that are there get their channels.

        Raises:
            RelayError: the relay cannot be asked, or said no. ChannelError: the token cannot be kept.
        """
        url = relay_url(url)
        if secret_env is not None:
            token = await self._services.relay.token(RelaySettings(url, secret_env))
            me = await self._ask(url, token)
        elif is_code(code_or_token):
            token = await self._join(url, code_or_token, name or socket.gethostname())
            me = await self._ask(url, token)
        else:
            token = code_or_token.strip()
            me = await self._ask(url, token)
            await self._services.files.call(self._services.secrets.store, RELAY, token)
        settings = RelaySettings(url, secret_env)
        await self._services.relay.close()
        await self._services.write(lambda session: _save(session, settings))
        await self._bring_chats(url, token, secret_env)
        self._services.relay_link.begin_anew()  # perhaps nothing but the token is another
        return RelayInfo(url, me.public_url, me.version)

    async def disconnect(self) -> None:
        """Leave the relay. Tickets and channels stay; what visitors write waits there.

        Raises:
            StorageError: that could not be stored.
        """
        settings = await self._services.relay.settings()
        await self._services.write(lambda session: _save(session, None))
        await self._services.relay.close()
        if settings is not None and settings.secret_env is None:
            with suppress(ChannelError):  # a keyring that is locked keeps a token that nobody asks for
                await self._services.files.call(self._services.secrets.forget, RELAY)

    async def test(self, url: str, code_or_token: str | None, step: Callable[[TestStep], None]) -> bool:
        """Try every step; with None, with the token of the relay that is connected.

        Raises:
            ChannelError: there is no such token.
        """
        token: str | None = code_or_token
        if code_or_token is None:
            settings = await self._services.relay.settings()
            token = await self._services.relay.token(settings) if settings is not None else None
        elif is_code(code_or_token):
            token = None
        is_typed = code_or_token is not None
        return await try_relay(url, token.strip() if token else None, step, is_typed=is_typed)

    async def url(self) -> str | None:
        """Where the relay is that this inbox is connected to, None without one.

        Raises:
            StorageError: the database could not be read.
        """
        settings = await self._services.relay.settings()
        return settings.url if settings is not None else None

    async def webhook_url(self, channel_id: str, settings: SmsSettings) -> str:
        """Let the relay take a number's webhooks; returns where its provider shall call.

        Raises:
            OutsideError: the relay cannot be asked, or nobody has entered what they are signed with.
        """
        return await name_number(self._services, channel_id, settings)

    async def create_chat(self, site: ChatSite) -> str:
        """Make a chat at the relay and add its channel; returns the channel's id.

        Raises:
            ChatSettingsError: the site cannot be used. RelayError, ChannelError: the relay cannot be asked.
        """
        client = await self._services.relay.client()
        made = await client.post("chats", {"site": site.checked().to_json()})
        settings = await self._services.relay.settings()
        secret_env = settings.secret_env if settings is not None else None
        return await self._add(str(made["id"]), ChatSite.from_json(made["site"]), client.url, secret_env)

    async def load_chat(self, channel_id: str) -> ChatAtRelay:
        """How a chat stands at the relay now.

        Raises:
            InboxError: there is no such channel. RelayError, ChannelError: the relay cannot be asked.
        """
        client = await self._services.relay.client()
        chat_id = await self._chat_id(channel_id)
        return await self._loaded(client, channel_id, await client.get(f"chats/{chat_id}"))

    async def save_chat(self, channel_id: str, site: ChatSite, version: int) -> ChatAtRelay:
        """Change a chat of which `version` had been seen.

        Raises:
            ChatChangedError: somebody else has changed it since. ChatSettingsError: the site cannot be used.
            InboxError: there is no such channel. RelayError, ChannelError: the relay cannot be asked.
        """
        client = await self._services.relay.client()
        chat_id = await self._chat_id(channel_id)
        body = {"site": site.checked().to_json(), "version": version}
        try:
            saved = await client.put(f"chats/{chat_id}", body)
        except RelayError as error:
            if error.status != 409:
                raise
            current = await self.load_chat(channel_id)
            raise ChatChangedError(
                "Somebody else changed this chat meanwhile. Nothing of yours was saved; look at how it "
                "stands now, and change it again.",
                current,
            ) from error
        return await self._loaded(client, channel_id, saved)

    async def renew_identity_secret(self, channel_id: str) -> ChatAtRelay:
        """Let the relay make another secret; identities that were signed with the former one no longer hold.

        Raises:
            As `load_chat`.
        """
        client = await self._services.relay.client()
        chat_id = await self._chat_id(channel_id)
        await client.post(f"chats/{chat_id}/identity-secret")
        return await self.load_chat(channel_id)

    async def _join(self, url: str, code: str, name: str) -> str:
        """Use an invitation, once it is certain that the token can be kept."""
        secrets, files = self._services.secrets, self._services.files
        former: str | None = None
        with suppress(ChannelError):
            former = await files.call(secrets.kept, RELAY, None, "the relay")
        await files.call(secrets.store, RELAY, former or code.strip())
        client = RelayClient(url)
        try:
            joined = await client.post("join", {"code": code.strip(), "name": name[:100]})
            token = str(joined["token"])
            await files.call(secrets.store, RELAY, token)
        except InboxError:
            if former is None:
                with suppress(ChannelError):
                    await files.call(secrets.forget, RELAY)
            raise
        finally:
            await client.close()
        return token

    async def _ask(self, url: str, token: str) -> Me:
        client = RelayClient(url, token)
        try:
            return await client.me()
        finally:
            await client.close()

    async def _bring_chats(self, url: str, token: str, secret_env: str | None) -> None:
        """Every chat at the relay gets a channel here, unless it was removed here."""
        client = RelayClient(url, token)
        try:
            found = (await client.get("chats"))["chats"]
        finally:
            await client.close()
        for chat in found:
            await self._add(str(chat["id"]), ChatSite.from_json(chat["site"]), url, secret_env)

    async def _add(self, chat_id: str, site: ChatSite, url: str, secret_env: str | None) -> str:
        def add(session: WriteSession) -> str:
            channel_id = add_chat_channel(session, chat_id, site, url, secret_env)
            keep_site(session, channel_id, site)
            return channel_id

        return await self._services.write(add)

    async def _chat_id(self, channel_id: str) -> str:
        values = await self._services.read(lambda connection: channel_settings(connection, channel_id))
        try:
            return ChatSettings.from_json(values or {}).chat_id
        except (KeyError, TypeError) as error:
            raise ChannelError(Fault.SETTINGS, "There is no such chat here. Nothing was changed.") from error

    async def _loaded(self, client: RelayClient, channel_id: str, chat: Mapping[str, Any]) -> ChatAtRelay:
        site = ChatSite.from_json(chat["site"])
        await self._services.write(lambda session: keep_site(session, channel_id, site))
        secret = (await client.get(f"chats/{chat['id']}/identity-secret"))["identity_secret"]
        tag = script_tag((await client.me()).public_url, str(chat["id"]))
        return ChatAtRelay(site, int(chat["version"]), tag, str(secret))


def script_tag(public_url: str, chat_id: str) -> str:
    """What the shop puts on its pages."""
    return f'<script src="{public_url}/widget.js" data-chat="{chat_id}" async></script>'


def is_code(text: str) -> bool:
    """Whether somebody entered an invitation code and not a desktop's token."""
    code = text.strip()
    return len(code.replace("-", "").replace(" ", "")) <= _LONGEST_CODE and bool(_CODE.fullmatch(code))


def _save(session: WriteSession, settings: RelaySettings | None) -> None:
    value = settings.to_json() if settings is not None else None
    perform(session, SaveSetting(actor=SYSTEM, key=RELAY, value=value))
