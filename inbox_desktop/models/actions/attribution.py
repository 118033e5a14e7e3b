"""Crediting campaign and flow messages with the texts that answer them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, Final

from sqlalchemy import ColumnElement, select, tuple_

from inbox_desktop.models.actions.base import Action, Actor, Effect, RefusedError, perform
from inbox_desktop.models.actions.conversation import texts_with
from inbox_desktop.models.kinds import Direction, MessageKind
from inbox_desktop.models.rules.attribution import attributed
from inbox_desktop.models.store import WriteSession
from inbox_desktop.models.tables import Attribution, Channel, Message

DEFAULT_HOURS: Final = 24


@dataclass(frozen=True, kw_only=True)
class Attribute(Action):
    """Say which inbound text answers a campaign or flow message, None for none (see rules.attribution)."""

    name: ClassVar[str] = "text.attribute"
    campaign_message_id: str
    message_id: str | None

    def apply(self, session: WriteSession) -> Effect:
        """Refused for what is no campaign message."""
        campaign = session.get(Message, self.campaign_message_id)
        if campaign is None or campaign.kind != MessageKind.CAMPAIGN:
            raise RefusedError("There is no such campaign message. Nothing was changed.")
        wanted = (Attribution.campaign_message_id == campaign.id) | (
            Attribution.message_id == self.message_id
        )
        for standing in session.scalars(select(Attribution).where(wanted)):
            _note_ticket(session, standing.message_id)
            session.delete(standing)
        session.flush()
        if self.message_id is None:
            return Effect()
        session.add(Attribution(message_id=self.message_id, campaign_message_id=campaign.id))
        return Effect(_note_ticket(session, self.message_id))


def attribute(session: WriteSession, actor: Actor, text: Message, window: timedelta, at: datetime) -> None:
    """Bring the attributions up to date after a text was stored: an inbound one, or a campaign message.

    Texts may be stored in any order: the two directions are read from the provider one after the other.
    """
    person = text.to[0] if text.direction == Direction.OUTBOUND and text.to else text.author_address
    among = (
        Message.ticket_id == text.ticket_id
        if text.ticket_id is not None
        else texts_with(session, text.channel_id, person)
    )
    # A campaign message that comes in between takes its text from the one before by itself.
    campaign = text if text.kind == MessageKind.CAMPAIGN else _campaign_before(session, among, text)
    if campaign is not None:
        _settle(session, actor, among, campaign, window, at)


def attribution_window(channel: Channel) -> timedelta:
    """How long after a campaign message of the channel's number an answer may come."""
    return timedelta(hours=channel.settings.get("attribution_hours", DEFAULT_HOURS))


def _settle(
    session: WriteSession,
    actor: Actor,
    among: ColumnElement[bool],
    campaign: Message,
    window: timedelta,
    at: datetime,
) -> None:
    """Find the first text between this campaign message and the next one, and credit the message with it."""
    following = _campaign_after(session, among, campaign)
    answers = select(Message).where(
        among, Message.direction == Direction.INBOUND, Message.sent_at >= campaign.sent_at
    )
    if following is not None:
        answers = answers.where(Message.sent_at < following.sent_at)
    first = session.scalar(answers.order_by(Message.sent_at, Message.id).limit(1))
    standing = session.scalar(
        select(Attribution.message_id).where(Attribution.campaign_message_id == campaign.id)
    )
    if first is not None and standing == first.id:
        return  # also when the window has been made shorter since
    counts = first is not None and attributed(first.sent_at, campaign.sent_at, False, window)
    wanted = first.id if first is not None and counts else None
    if wanted != standing:
        perform(session, Attribute(actor=actor, at=at, campaign_message_id=campaign.id, message_id=wanted))


def _campaign_before(session: WriteSession, among: ColumnElement[bool], text: Message) -> Message | None:
    """The last campaign message before an inbound text."""
    query = select(Message).where(
        among, Message.kind == MessageKind.CAMPAIGN, Message.sent_at <= text.sent_at
    )
    return session.scalar(query.order_by(Message.sent_at.desc(), Message.id.desc()).limit(1))


def _campaign_after(session: WriteSession, among: ColumnElement[bool], campaign: Message) -> Message | None:
    place = tuple_(Message.sent_at, Message.id)
    query = select(Message).where(
        among, Message.kind == MessageKind.CAMPAIGN, place > (campaign.sent_at, campaign.id)
    )
    return session.scalar(query.order_by(Message.sent_at, Message.id).limit(1))


def _note_ticket(session: WriteSession, message_id: str) -> str | None:
    ticket_id = session.get_one(Message, message_id).ticket_id
    if ticket_id is not None:
        session.note("ticket", ticket_id)
    return ticket_id
