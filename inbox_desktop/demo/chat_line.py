"""The demo's web chat: a real relay on loopback, the shop page with the widget, and who chats there."""

from __future__ import annotations

import json
import os
import secrets
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from inbox_desktop.demo.chats import ChatDeed, ChatStep, ChatStory, past_chats
from inbox_desktop.demo.customers import Pace
from inbox_desktop.demo.deeds import do, handling, reading, sorting
from inbox_desktop.demo.post import HOST, Post
from inbox_desktop.demo.team import NAMES, SHOP, SUPPORT, Team
from inbox_desktop.models.actions import SYSTEM, agent
from inbox_desktop.models.actions.channels import ChangeChannel, SaveSetting
from inbox_desktop.models.chat_settings import ChatSettings, ChatSite, Faq
from inbox_desktop.models.clock import now
from inbox_desktop.models.ids import new_id
from inbox_desktop.models.kinds import ChannelKind
from inbox_desktop.models.rules.business_hours import BusinessHours
from inbox_desktop.models.store import WriteSession
from inbox_desktop.models.tables import Channel, ChatConversation, Ticket
from inbox_desktop.relay.listening import listening_socket
from inbox_desktop.sync.relay.access import RELAY, RelaySettings
from inbox_desktop.sync.services import Services

if TYPE_CHECKING:
    from inbox_desktop.demo.servers import ThreadServer
    from inbox_desktop.relay.database import Writing
    from inbox_desktop.relay.service import Relay

TOKEN_ENV: Final = "INBOX_DESKTOP_DEMO_RELAY_TOKEN"
"""The variable of this process that holds what the window signs in with at the demo's relay."""

_TOKENS: Final = "visitors.json"
_FAQ: Final = (
    Faq("How long does delivery take?", "Two to four days within Europe, five to nine elsewhere."),
    Faq("Can I send things back?", "Yes, within thirty days, used or not. We mail you the label."),
)


class ChatLine:
    """One demo's relay and shop page. `fill` builds its past; from `open` to `close` people chat.

    `relay_url` and `shop_url` are known from the beginning; whoever asks there before they are served waits
    a moment.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._relay_socket, self._shop_socket = (listening_socket(HOST, 0) for _ in range(2))
        self.relay_url, self.shop_url = (
            f"http://{HOST}:{one.getsockname()[1]}" for one in (self._relay_socket, self._shop_socket)
        )
        self._token = os.environ.setdefault(TOKEN_ENV, secrets.token_urlsafe(32))
        self._relay: Relay | None = None
        self._servers: list[ThreadServer] = []
        self._opening: threading.Thread | None = None

    async def fill(self, services: Services, team: Team, present: datetime) -> None:
        """Let happen what was chatted before the present, and take it into the store."""
        stories = past_chats()
        relay = self._open_relay()
        conversations = relay.database.write(partial(self._found, relay, stories, present))
        self._serve(relay)
        await services.write(self._connect)
        await services.relay_link.sync_once()
        await services.relay.close()
        self._end()
        await services.write(partial(_sort_all, conversations=conversations, team=team))

    def rewire(self, session: WriteSession) -> None:
        """Relay and shop have other addresses than last time."""
        if not self._has_past:
            return
        self._connect(session)
        for channel in session.scalars(select(Channel).where(Channel.kind == ChannelKind.CHAT)):
            former = ChatSettings.from_json(channel.settings)
            settings = ChatSettings(former.chat_id, self.relay_url, TOKEN_ENV)
            do(session, ChangeChannel(actor=SYSTEM, channel_id=channel.id, settings=settings.to_json()))

    def open(self, post: Post, pace: Pace) -> None:
        """Serve from now on, and let visitors come. Returns at once: a web server takes a while to load."""
        if not self._has_past:
            return
        self._opening = threading.Thread(target=self._open, args=(post, pace), name="demo chats")
        self._opening.start()

    def close(self) -> None:
        """Serve no more; may be called again."""
        if self._opening is not None:
            self._opening.join()
        self._end()
        self._relay_socket.close()
        self._shop_socket.close()

    def _end(self) -> None:
        """End the servers; whoever asks waits again."""
        for server in self._servers:
            server.stop()
        self._servers = []
        if self._relay is not None:
            self._relay.close()
            self._relay = None

    @property
    def _has_past(self) -> bool:
        """False in a kept folder from before there was web chat."""
        return (self._folder / _TOKENS).exists()

    # The relay

    def _open_relay(self) -> Relay:
        from inbox_desktop.relay.config import RelayConfig  # noqa: PLC0415 - much to load, see `open`
        from inbox_desktop.relay.service import Relay  # noqa: PLC0415

        config = RelayConfig(self._folder / "relay", port=self._relay_socket.getsockname()[1])
        self._relay = Relay.open(config)
        return self._relay

    def _serve(self, relay: Relay) -> None:
        from inbox_desktop.demo.servers import LoopbackServer, ThreadServer  # noqa: PLC0415
        from inbox_desktop.demo.shop import shop_pages  # noqa: PLC0415
        from inbox_desktop.relay.access import admit, desktop_of  # noqa: PLC0415
        from inbox_desktop.relay.chats import change_chat, chats  # noqa: PLC0415
        from inbox_desktop.relay.server import make_server  # noqa: PLC0415

        (chat,) = relay.database.read(chats)
        site = self._site()

        def prepare(writing: Writing) -> None:
            if desktop_of(writing.connection, self._token) is None:
                admit(writing, "The demo's window", self._token)
            if chat.site != site:  # a kept folder: the shop page has another address than last time
                change_chat(writing, chat.id, replace(chat.site, origins=site.origins), chat.version)

        relay.database.write(prepare)
        self._servers = [
            ThreadServer(make_server(relay), "demo relay", self._relay_socket.dup()),
            LoopbackServer(shop_pages(self.relay_url, chat.id), "demo shop", self._shop_socket.dup()),
        ]
        for server in self._servers:
            server.start()

    def _open(self, post: Post, pace: Pace) -> None:
        from inbox_desktop.demo.chatters import Chatters  # noqa: PLC0415 - loads the HTTP library
        from inbox_desktop.relay.chats import chats  # noqa: PLC0415

        relay = self._open_relay()
        self._serve(relay)
        (chat,) = relay.database.read(chats)
        chatters = Chatters(post, self.relay_url, chat.id, self.shop_url, pace)
        tokens = json.loads((self._folder / _TOKENS).read_text(encoding="utf-8"))
        present = {
            story: token
            for story, token in zip(past_chats(), tokens, strict=True)
            if not any(step.deed is ChatDeed.DO for step in story.steps)
        }
        post.call(chatters.begin(present)).result()

    def _site(self) -> ChatSite:
        return ChatSite(
            name=f"{SHOP} chat",
            origins=(self.shop_url,),
            colour="#2f6f8f",
            hours=BusinessHours(always=True),
            follow_up_minutes=1,
            support_address=SUPPORT,
            faq=_FAQ,
        )

    def _found(
        self, relay: Relay, stories: Sequence[ChatStory], present: datetime, writing: Writing
    ) -> dict[str, ChatStory]:
        """Make the chat and let the stories happen at the relay; returns them by their conversations."""
        from inbox_desktop.relay.access import admit  # noqa: PLC0415
        from inbox_desktop.relay.chats import create_chat  # noqa: PLC0415
        from inbox_desktop.relay.conversations import Draft, take_agents, take_visitors  # noqa: PLC0415
        from inbox_desktop.relay.visitors import create_visitor  # noqa: PLC0415

        chat = create_chat(writing, self._site())
        others = admit(writing, "The team", secrets.token_urlsafe(32))
        visitors = {
            story: create_visitor(
                writing, chat.id, {"name": story.name, "email": story.email, "locale": story.locale}
            )
            for story in stories
        }
        tokens = [visitors[story][1] for story in stories]
        (self._folder / _TOKENS).write_text(json.dumps(tokens), encoding="utf-8")
        conversations: dict[ChatStory, str] = {}
        for at, story, step in _in_order(stories, present):
            if step.deed is ChatDeed.WRITE:
                page_url = f"{self.shop_url}{story.page}"
                draft = Draft(new_id(), step.words, page_url=page_url, locale=story.locale)
                taken = take_visitors(writing, relay.keys, chat, visitors[story][0].id, draft, at)
                conversations[story] = taken.conversation_id
            elif step.deed is ChatDeed.REPLY:
                draft = Draft(new_id(), step.words, agent_name=NAMES[step.by])
                take_agents(writing, relay.keys, others, conversations[story], draft, at)
        return {conversation_id: story for story, conversation_id in conversations.items()}

    def _connect(self, session: WriteSession) -> None:
        """Connect the inbox to the relay."""
        settings = RelaySettings(self.relay_url, TOKEN_ENV)
        do(session, SaveSetting(actor=SYSTEM, key=RELAY, value=settings.to_json()))


def _in_order(
    stories: Sequence[ChatStory], present: datetime
) -> Iterator[tuple[datetime, ChatStory, ChatStep]]:
    steps = [(present - step.ago, story, step) for story in stories for step in story.steps]
    yield from sorted(steps, key=lambda one: one[0])


def _sort_all(session: WriteSession, conversations: Mapping[str, ChatStory], team: Team) -> None:
    """What the team did with the tickets: whose they are, their tags, and which were closed.

    It does so now: what happens to a ticket stands in its thread behind the messages that were there then.
    """
    at = now()
    rows = session.scalars(select(ChatConversation).order_by(ChatConversation.started_at))
    for conversation in rows.all():
        story, ticket_id = conversations[conversation.id], conversation.ticket_id
        assert ticket_id is not None
        do(session, *sorting(team, ticket_id, story.assignee, story.tags, at))
        actor = agent(team[story.assignee or "julia"])
        for step in story.steps:
            if step.deed is ChatDeed.DO:
                row = session.get_one(Ticket, ticket_id)
                do(session, *chain(reading(row, actor, at), handling(row, actor, step.words, at)))
