"""The demo's number for texts: a simulated Twilio on loopback, its channel, and the people who text it."""

from __future__ import annotations

import os
import secrets
import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select

from inbox_desktop.demo.customers import Pace
from inbox_desktop.demo.deeds import do
from inbox_desktop.demo.past_texts import PastTexts
from inbox_desktop.demo.post import HOST, Post
from inbox_desktop.demo.team import SHOP, SUPPORT, Team
from inbox_desktop.demo.texts import text_stories
from inbox_desktop.models.actions import SYSTEM
from inbox_desktop.models.actions.channels import AddChannel, ChangeChannel
from inbox_desktop.models.ids import new_id
from inbox_desktop.models.kinds import ChannelKind
from inbox_desktop.models.rules.keywords import Keyword, answer
from inbox_desktop.models.sms_settings import Provider, SmsSettings
from inbox_desktop.models.store import Store, WriteSession
from inbox_desktop.models.tables import Channel
from inbox_desktop.relay.listening import listening_socket
from inbox_desktop.sync.sms.channel import TextChannel

if TYPE_CHECKING:
    from inbox_desktop.demo.providers.twilio import TwilioSimulator

NUMBER = "+12025550123"
SECRET_ENV = "INBOX_DESKTOP_DEMO_SMS_SECRET"
"""The variable of this process that holds what the channel signs in with at the simulated provider."""

_NAME = f"{SHOP} SMS"
_ACCOUNT = "AC" + "de" * 16


class TextLine:
    """One demo's number. `fill` builds its past; from `open` to `close` people text it through `provider`.

    The provider's address is known from the beginning; whoever asks there before it serves waits a moment.
    """

    def __init__(self) -> None:
        self._listening = listening_socket(HOST, 0)
        self._secret = os.environ.setdefault(SECRET_ENV, secrets.token_hex(16))
        self.provider: TwilioSimulator | None = None
        self._opening: threading.Thread | None = None
        self._settings = SmsSettings(
            Provider.TWILIO,
            _ACCOUNT,
            NUMBER,
            base_url=f"http://{HOST}:{self._listening.getsockname()[1]}",
            secret_env=SECRET_ENV,
            brand=SHOP,
            contact_email=SUPPORT,
            answer_keywords=True,  # the simulated Twilio does not do it, as a real one does that is told so
        )

    def fill(self, store: Store, session: WriteSession, team: Team, present: datetime) -> None:
        """Connect the number, and let happen what was texted before the present."""
        line = TextChannel(new_id(), _NAME, self._settings)
        added = AddChannel(
            actor=SYSTEM,
            channel_id=line.id,
            kind=ChannelKind.SMS,
            channel_name=line.name,
            address=NUMBER,
            settings=line.settings.to_json(),
        )
        do(session, added)
        PastTexts(store, session, team, line, present).happen(text_stories())

    def rewire(self, session: WriteSession) -> None:
        """The provider's address is another than last time; whatever else was set stays."""
        number = select(Channel).where(Channel.kind == ChannelKind.SMS, Channel.address == NUMBER)
        channel = session.scalar(number)
        if channel is not None:
            former = SmsSettings.from_json(channel.settings)
            settings = replace(former, base_url=self._settings.base_url, secret_env=SECRET_ENV)
            do(
                session,
                ChangeChannel(actor=SYSTEM, channel_id=channel.id, settings=settings.to_json()),
            )

    def open(self, post: Post, pace: Pace) -> None:
        """Serve from now on, and let people text. Returns at once: a web server takes a while to load."""
        self._opening = threading.Thread(target=self._open, args=(post, pace), name="demo texts")
        self._opening.start()

    def close(self) -> None:
        """Serve no more; may be called again."""
        if self._opening is not None:
            self._opening.join()
        if self.provider is not None:
            self.provider.stop()
        self._listening.close()

    def _open(self, post: Post, pace: Pace) -> None:
        from inbox_desktop.demo.providers.twilio import TwilioSimulator  # noqa: PLC0415 - see `open`
        from inbox_desktop.demo.texters import Texters  # noqa: PLC0415

        stories = text_stories()
        provider = TwilioSimulator(self._secret, NUMBER, _ACCOUNT)
        provider.skip_ids(time.time_ns())  # a kept folder knows texts of an earlier run
        provider.failing = {story.phone: story.unreachable for story in stories if story.unreachable}
        provider.opted_out = {story.phone for story in stories if story.opted_out}
        texters = Texters(post, provider, stories, self._automatic(), pace)
        provider.on_sent = texters.sent
        provider.start(self._listening)
        self.provider = provider
        post.call(texters.begin()).result()

    def _automatic(self) -> Sequence[str]:
        """The answers that the inbox gives by itself."""
        answers = [answer(keyword, SHOP, SUPPORT) for keyword in Keyword]
        return [self._settings.responder_text(), *answers]
