"""Taking in what the relay's feed says of chats: messages, conversations, and the chats themselves."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from sqlalchemy import select

from inbox_desktop.models.actions import SYSTEM, Outcome, channel, perform
from inbox_desktop.models.actions.channels import AddChannel, ChangeChannel, SaveSetting
from inbox_desktop.models.actions.chats import (
    ChatMessage,
    ConfirmTaken,
    Conversation,
    note_conversation,
    receive_chat,
)
from inbox_desktop.models.actions.inbound import InboundFile
from inbox_desktop.models.actions.receiving import DUPLICATE, SET_ASIDE
from inbox_desktop.models.chat_settings import ChatSettings, ChatSite
from inbox_desktop.models.clock import now
from inbox_desktop.models.ids import new_id
from inbox_desktop.models.kinds import ChannelKind, Direction, MessageKind
from inbox_desktop.models.queries.chat_sites import known_site, site_setting_key
from inbox_desktop.models.store import Reader, WriteSession
from inbox_desktop.models.tables import Channel, Message
from inbox_desktop.sync.relay.client import RelayClient, RelayError
from inbox_desktop.sync.relay.feed import Change, FeedEntry, FeedPage
from inbox_desktop.sync.relay.live import LiveBoard
from inbox_desktop.sync.report import Counts
from inbox_desktop.sync.services import Services

log = logging.getLogger(__name__)

_KINDS: Final = {
    "visitor": MessageKind.MESSAGE,
    "agent": MessageKind.REPLY,
    "automatic": MessageKind.AUTO_REPLY,
}
_GONE: Final = frozenset({403, 404, 410})


@dataclass(frozen=True, slots=True)
class _Known:
    """What is here already: messages by the relay's id, and those of ours by their own."""

    external: frozenset[str]
    own: frozenset[str]


@dataclass(slots=True)
class _Portion:
    """What a page holds of one chat."""

    messages: list[ChatMessage] = field(default_factory=list)
    taken: list[tuple[str, str]] = field(default_factory=list)
    conversations: list[tuple[Conversation, bool]] = field(default_factory=list)
    duplicates: int = 0


class ChatIntake:
    """Takes in chats. See `feed.FeedHandler`; belongs to the event loop."""

    def __init__(self, services: Services, live: LiveBoard) -> None:
        self._services = services
        self._live = live
        self._wrote: set[str] = set()

    async def prepare(self, page: FeedPage, client: RelayClient) -> Change | None:
        """Fetch files, and chats that are new here; returns what takes the page in.

        Raises:
            RelayError: the relay does not hand something out at present.
            StorageError: a file could not be kept.
        """
        entries = page.of("conversation", "message", "chat")
        if not entries:
            return None
        told = {entry.data["id"]: entry.data for entry in page.of("conversation")}
        wanted = {data["chat_id"] for data in told.values()} | {entry.data["id"] for entry in page.of("chat")}
        sites = {entry.data["id"]: ChatSite.from_json(entry.data["site"]) for entry in page.of("chat")}
        channels = await self._channels(wanted, sites, client)
        messages = self._in_order(page.of("message"))
        known = await self._services.read(partial(_known, messages=messages))
        portions: dict[str, _Portion] = defaultdict(_Portion)
        for entry in messages:
            conversation = told[entry.data["conversation_id"]]  # stands on the same page, before it
            if (channel_id := channels.get(conversation["chat_id"])) is not None:
                await self._sort(portions[channel_id], entry, conversation, known, page, client)
        for data in told.values():
            if (channel_id := channels.get(data["chat_id"])) is not None:
                is_early = int(data["seq"]) > page.next  # it was closed after what later pages hold
                portions[channel_id].conversations.append((_conversation(data), is_early))
        here = {channels[chat_id]: site for chat_id, site in sites.items() if chat_id in channels}
        return partial(_take, portions=dict(portions), sites=here)

    async def taken(self, client: RelayClient) -> None:
        """Whoever wrote types no longer."""
        wrote, self._wrote = self._wrote, set()
        for conversation_id in wrote:
            self._live.wrote(conversation_id)

    def _in_order(self, entries: Iterable[FeedEntry]) -> list[FeedEntry]:
        """As they were written; what is answered by itself in the same moment stands behind the question."""
        return sorted(
            entries,
            key=lambda entry: (entry.seq, entry.data["author"] != "visitor", int(entry.data["position"])),
        )

    async def _sort(
        self,
        portion: _Portion,
        entry: FeedEntry,
        conversation: Mapping[str, Any],
        known: _Known,
        page: FeedPage,
        client: RelayClient,
    ) -> None:
        data = entry.data
        if data.get("client_id") in known.own:
            portion.taken.append((data["client_id"], data["id"]))
        elif data["id"] in known.external:
            portion.duplicates += 1
        else:
            files, warnings = await self._files(data, client)
            portion.messages.append(
                ChatMessage(
                    id=data["id"],
                    conversation=_conversation(conversation),
                    kind=_KINDS[data["author"]],
                    text=data["text"],
                    sent_at=_moment(data),
                    author_name=data.get("agent_name") or "",
                    files=files,
                    warnings=warnings,
                    history=entry.seq <= page.history_until,
                    seen=entry.seq <= page.history_until and conversation["closed_at"] is not None,
                )
            )
            if data["author"] == "visitor":
                self._wrote.add(data["conversation_id"])

    async def _files(
        self, data: Mapping[str, Any], client: RelayClient
    ) -> tuple[tuple[InboundFile, ...], tuple[str, ...]]:
        """The files of a message, kept, and a sentence for each that is gone."""
        files, warnings = [], []
        for file in data.get("files", ()):
            try:
                content = await client.download(f"files/{file['id']}")
            except RelayError as error:
                if error.status not in _GONE:
                    raise
                warnings.append(f"The file {file['name']} could not be fetched: the relay has it no longer.")
                continue
            sha256 = await self._services.files.call(self._services.store.attachments.put, content)
            files.append(InboundFile(file["name"], file["content_type"], len(content), sha256))
        return tuple(files), tuple(warnings)

    async def _channels(
        self, wanted: set[str], sites: dict[str, ChatSite], client: RelayClient
    ) -> dict[str, str]:
        """The channel of each chat, made for one that is new here. One that was removed here has none."""
        found = await self._services.read(_chat_channels)
        for chat_id in sorted(wanted - found.keys()):
            try:
                site = sites.get(chat_id) or ChatSite.from_json(
                    (await client.get(f"chats/{chat_id}"))["site"]
                )
            except RelayError as error:
                if error.status != 404:
                    raise
                continue
            sites[chat_id] = site
            found[chat_id] = await self._services.write(
                partial(_add_channel, chat_id=chat_id, site=site, url=client.url)
            )
        return {chat_id: channel_id for chat_id in wanted if (channel_id := found.get(chat_id)) is not None}


def add_chat_channel(
    session: WriteSession, chat_id: str, site: ChatSite, url: str, secret_env: str | None = None
) -> str:
    """The channel of a chat, added if there is none; returns its id."""
    found = _chat_channels(session.connection()).get(chat_id)
    return found or _add_channel(session, chat_id, site, url, secret_env)


def keep_site(session: WriteSession, channel_id: str, site: ChatSite) -> None:
    """Remember how a chat is set at the relay, and what it is called."""
    if known_site(session.connection(), channel_id) != site:
        save = SaveSetting(actor=SYSTEM, key=site_setting_key(channel_id), value=site.to_json())
        perform(session, save)
    chat = session.get(Channel, channel_id)
    if chat is not None and chat.removed_at is None and chat.name != site.name:
        change = ChangeChannel(
            actor=SYSTEM, channel_id=channel_id, settings=chat.settings, channel_name=site.name
        )
        perform(session, change)


def _take(
    session: WriteSession, portions: Mapping[str, _Portion], sites: Mapping[str, ChatSite]
) -> dict[str, Counts]:
    """Take a page in. Each chat's own messages first, then what is known of its conversations now."""
    at = now()
    counts: dict[str, Counts] = {}
    for channel_id, portion in portions.items():
        chat = session.get_one(Channel, channel_id)
        results = receive_chat(session, chat, portion.messages, at) if portion.messages else []
        counts[channel_id] = _counted(result for result in results if isinstance(result, Outcome))
        counts[channel_id].add(Counts(fetched=portion.duplicates, duplicate=portion.duplicates))
        for message_id, external_id in portion.taken:
            confirm = ConfirmTaken(
                actor=channel(channel_id), at=at, message_id=message_id, external_id=external_id
            )
            perform(session, confirm)  # refused when that is known already
        for conversation, is_early in portion.conversations:
            note_conversation(session, chat, conversation, at, is_message=is_early)
    for channel_id, site in sites.items():
        keep_site(session, channel_id, site)
    return counts


def _counted(outcomes: Iterable[Outcome]) -> Counts:
    counts = Counts()
    for outcome in outcomes:
        counts.fetched += 1
        counts.duplicate += outcome.detail == DUPLICATE
        counts.set_aside += outcome.detail == SET_ASIDE
        counts.stored += outcome.detail not in {DUPLICATE, SET_ASIDE}
    return counts


def _conversation(data: Mapping[str, Any]) -> Conversation:
    visitor, closed_at = data["visitor"], data["closed_at"]
    return Conversation(
        id=data["id"],
        visitor_id=visitor["id"],
        started_at=datetime.fromisoformat(data["started_at"]),
        name=visitor.get("name") or "",
        email=visitor.get("email") or "",
        verified=bool(visitor.get("verified")),
        page_url=data.get("page_url") or "",
        locale=data.get("locale") or "",
        closed_at=datetime.fromisoformat(closed_at) if closed_at else None,
        visitor_seen_id=data.get("visitor_seen_id"),
    )


def _known(connection: Reader, messages: Sequence[FeedEntry]) -> _Known:
    external = [entry.data["id"] for entry in messages]
    clients = [entry.data["client_id"] for entry in messages if entry.data.get("client_id")]
    found = select(Message.external_id).where(Message.external_id.in_(external))
    own = select(Message.id).where(Message.id.in_(clients), Message.direction == Direction.OUTBOUND)
    return _Known(
        frozenset(one for one in connection.scalars(found) if one), frozenset(connection.scalars(own))
    )


def _chat_channels(connection: Reader) -> dict[str, str | None]:
    """The channel of each chat that was ever here; None when it was removed."""
    query = select(Channel.id, Channel.settings, Channel.removed_at).where(Channel.kind == ChannelKind.CHAT)
    found: dict[str, str | None] = {}
    for row in connection.execute(query.order_by(Channel.removed_at.is_(None))):  # one that is there wins
        if chat_id := row.settings.get("chat_id"):
            found[chat_id] = row.id if row.removed_at is None else None
    return found


def _add_channel(
    session: WriteSession, chat_id: str, site: ChatSite, url: str, secret_env: str | None = None
) -> str:
    action = AddChannel(
        actor=SYSTEM,
        channel_id=new_id(),
        kind=ChannelKind.CHAT,
        channel_name=site.name,
        address=chat_id.lower(),
        settings=ChatSettings(chat_id, url, secret_env).to_json(),
    )
    perform(session, action)
    session.flush()
    return action.channel_id


def _moment(data: Mapping[str, Any]) -> datetime:
    """When a message was written, each a little behind the one before it: the relay counts milliseconds.

    A visitor's message and what it is answered with by itself have the same one.
    """
    return datetime.fromisoformat(data["created_at"]) + timedelta(microseconds=int(data["position"]))
