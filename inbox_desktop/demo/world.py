"""The demo: a profile with a shop's inbox, and customers who answer, all through the program's real ways."""

from __future__ import annotations

import asyncio
import shutil
import socket
import tempfile
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from inbox_desktop.demo.chat_line import ChatLine
from inbox_desktop.demo.customers import Customers, Pace
from inbox_desktop.demo.past import Past
from inbox_desktop.demo.post import HOST, Post
from inbox_desktop.demo.received import Received
from inbox_desktop.demo.story import past_stories
from inbox_desktop.demo.team import ALIASES, SHOP, SUPPORT, Team, hire
from inbox_desktop.demo.text_line import TextLine
from inbox_desktop.models.actions import SYSTEM, Action, Refusal, perform
from inbox_desktop.models.actions.base import take_ticket_numbers
from inbox_desktop.models.actions.channels import AddChannel, ChangeChannel
from inbox_desktop.models.clock import now
from inbox_desktop.models.errors import ProfileError
from inbox_desktop.models.health import Health
from inbox_desktop.models.ids import new_id
from inbox_desktop.models.kinds import ChannelKind, Security
from inbox_desktop.models.mail_settings import MailSettings, Server
from inbox_desktop.models.profile import Profile
from inbox_desktop.models.store import Store, WriteSession
from inbox_desktop.models.tables import Channel
from inbox_desktop.sync.email.channel import MailChannel
from inbox_desktop.sync.email.forwarding import ForwardedMail
from inbox_desktop.sync.email.sender import EmailSender
from inbox_desktop.sync.engine import Engine
from inbox_desktop.sync.outbox import Outbox
from inbox_desktop.sync.secrets import Secrets
from inbox_desktop.sync.services import Services
from inbox_desktop.sync.writer import Writer

TICKETS_BEFORE = 997
"""The shop has answered so many tickets before those of the demo, whose numbers go on from here."""

_MARK = "demo.txt"
_FILLING = "The sample world of Inbox Desktop is being built in this folder.\n"
_READY = "This folder holds the sample world of Inbox Desktop. It may be deleted.\n"
_CLOSE_SECONDS = 5.0
_BEFORE = timedelta(days=365)


class Demo:
    """One sample world. `prepare` builds it, `start` lets the customers live, `stop` ends them.

    Without a `folder` it lives in a temporary one, which `stop` removes, so that every demo begins alike.
    A folder that is named is kept, and a later demo in it goes on where this one ended. `line` is the shop's
    number for texts, `chats` its page with the chat.
    """

    def __init__(self, folder: Path | None, pace: Pace | None = None) -> None:
        self._is_temporary = folder is None
        self.profile = Profile(folder or Path(tempfile.mkdtemp(prefix="inbox-desktop-demo-")))
        self._pace = pace or Pace()
        self._post = Post(self._arrived)
        self.line = TextLine()
        self.chats = ChatLine(self.profile.folder)
        self._customers: Customers | None = None
        self._listen = Server(HOST, _free_port(), Security.NONE)

    def prepare(self) -> Store:
        """Open the store, and fill it if the world is new. The store is closed by whoever asked for it.

        Raises:
            ProfileError: the folder holds a real inbox, or cannot be used.
            StorageError: it could not be filled.
        """
        with ExitStack() as on_failure:
            on_failure.callback(self.stop)
            is_new = self._take_folder()
            self._post.open()
            store = Store.open(self.profile)
            on_failure.callback(store.close)
            if is_new:
                self._post.call(self._fill(store)).result()
                self._mark.write_text(_READY, encoding="utf-8")
            else:
                self._rewire(store)
            on_failure.pop_all()
        return store

    def start(self, engine: Engine) -> None:
        """From now on customers answer and new ones write, to the listener that `engine` runs and by text."""
        self._customers = Customers(self._post, past_stories(), SUPPORT, self._listen.port, self._pace)
        self._post.call(self._customers.begin()).result()
        self.line.open(self._post, self._pace)
        self.chats.open(self._post, self._pace)

    def stop(self) -> None:
        """End the customers; may be called again. A temporary folder goes once its store is closed."""
        self.line.close()
        self._post.close()
        self.chats.close()
        if not self._is_temporary or not self.profile.folder.exists():
            return
        try:
            self.profile.lock().release()
        except ProfileError:
            return  # the store is still open: the next call will do it
        shutil.rmtree(self.profile.folder, ignore_errors=True)

    @property
    def _mark(self) -> Path:
        return self.profile.folder / _MARK

    def _take_folder(self) -> bool:
        """Make sure that the folder is a demo's; returns whether its world is still to be built."""
        if not self.profile.database.exists():
            self.profile.create()
            self._mark.write_text(_FILLING, encoding="utf-8")
            return True
        if not self._mark.exists():
            raise ProfileError(
                f"The folder {self.profile.folder} holds an inbox that is no demo. Nothing was changed. "
                "Start it without --demo, or name a new folder with --profile."
            )
        if self._mark.read_text(encoding="utf-8") == _READY:
            return False
        self.profile.lock().release()
        _empty(self.profile)
        return True

    def _settings(self) -> MailSettings:
        return MailSettings(
            imap=None,
            smtp=Server(HOST, self._post.port, Security.NONE),
            user="",
            aliases=ALIASES,
            listen=self._listen,
        )

    async def _fill(self, store: Store) -> None:
        """Build the world: the team, the channel, and everything that has happened so far."""
        services = Services(store, Secrets(), Writer(store))
        present = now()
        warming = asyncio.create_task(services.parse([b"\r\n"]))  # the parser process starts in the meantime
        try:
            channel = MailChannel(new_id(), f"{SHOP} support", SUPPORT, self._settings())
            team = await services.write(lambda session: _found(session, channel))
            await services.write(lambda session: self.line.fill(store, session, team, present))
            forwarded = ForwardedMail(services, channel, _nobody_listens, since=present - _BEFORE)
            await Past(services, team, forwarded, present).happen(past_stories())
            await self.chats.fill(services, team, present)
            await warming
            sender = EmailSender(channel.settings, _no_password, services.store.attachments)
            senders = {channel.id: sender}  # what is to be texted waits until there is a provider
            await Outbox(store, services.write, senders.get, lambda: present).flush_once()
        finally:
            services.close(_CLOSE_SECONDS)

    def _rewire(self, store: Store) -> None:
        """The ports are others than last time."""
        with store.write() as session:
            channel_id = session.scalar(select(Channel.id).where(Channel.address == SUPPORT))
            if channel_id is not None:
                settings = self._settings().to_json()
                perform(session, ChangeChannel(actor=SYSTEM, channel_id=channel_id, settings=settings))
            self.line.rewire(session)
            self.chats.rewire(session)

    def _arrived(self, mail: Received) -> None:
        """A customer got a mail; before the start nobody is there to read it."""
        if self._customers is not None:
            self._customers.arrived(mail)


def _found(session: WriteSession, channel: MailChannel) -> Team:
    """The shop's people and its support address."""
    team = hire(session)
    added: Action = AddChannel(
        actor=SYSTEM,
        channel_id=channel.id,
        kind=ChannelKind.EMAIL,
        channel_name=channel.name,
        address=channel.address,
        settings=channel.settings.to_json(),
    )
    outcome = perform(session, added)
    if isinstance(outcome, Refusal):
        raise ProfileError(outcome.reason)
    take_ticket_numbers(session, TICKETS_BEFORE)
    return team


def _empty(profile: Profile) -> None:
    """Remove what a demo had built that was ended before it was ready."""
    for path in profile.folder.glob(f"{profile.database.name}*"):
        path.unlink()
    shutil.rmtree(profile.attachments, ignore_errors=True)


def _free_port() -> int:
    """A port of the loopback address that nobody uses at present."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
    return port


def _nobody_listens(_health: Health) -> None:
    """The past has no status line."""


def _no_password() -> str:
    """The customers' server asks for none."""
    return ""
