"""What follows from one text that was stored: consent, an answer by itself, a notification."""

import logging
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select

from inbox_desktop.models.actions.automatic import AutoReply, Notify, mail_channels, own_mail_addresses
from inbox_desktop.models.actions.base import Actor, perform
from inbox_desktop.models.actions.consent import ChangeConsent
from inbox_desktop.models.actions.conversation import nearest_automatic_answer, texts_with
from inbox_desktop.models.kinds import ConsentKind, ConsentSource, ConsentState, Direction, MessageKind, Role
from inbox_desktop.models.phones import is_phone, region_of, show_phone
from inbox_desktop.models.queries.consents import consents_of
from inbox_desktop.models.rules.auto_responder import AT_MOST_EVERY, should_answer
from inbox_desktop.models.rules.consent import may_text
from inbox_desktop.models.rules.keywords import (
    Keyword,
    answer,
    consent_change,
    is_answered_here,
    keeps_opt_outs,
)
from inbox_desktop.models.sms_settings import SmsSettings
from inbox_desktop.models.store import WriteSession
from inbox_desktop.models.tables import Agent, Customer, Message, Ticket
from inbox_desktop.models.texts import snippet_of
from inbox_desktop.models.variables import TemplateError

log = logging.getLogger(__name__)

OLD: Final = timedelta(minutes=15)
"""A text that is older than this when it is received gets no automatic answer, and nobody is notified."""

MOST_KEYWORD_ANSWERS: Final = 5
"""Answers to keywords that one phone gets within a day. Two automats that know each other's keywords stop."""


class Consequences:
    """What follows from one inbound text. `at` (UTC) is when it was received, older than OLD if `is_old`."""

    def __init__(
        self,
        session: WriteSession,
        actor: Actor,
        settings: SmsSettings,
        text: Message,
        at: datetime,
        *,
        is_old: bool,
    ) -> None:
        self._session = session
        self._actor = actor
        self._settings = settings
        self._text = text
        self._at = at
        self._is_old = is_old
        self._phone = text.author_address

    def follow(self, keyword: Keyword | None) -> None:
        """Perform them all. `keyword` is the one that the text is, None for a text that a person reads."""
        if keyword is not None:
            self._change_consent(keyword)
        if self._is_old or self._is_blocked():
            return
        if keyword is not None:
            self._answer_keyword(keyword)
        else:
            self._answer_by_itself()
            self._notify()

    def _customer(self) -> Customer:
        return self._session.get_one(Customer, self._text.customer_id)

    def _is_blocked(self) -> bool:
        return self._customer().blocked

    def _change_consent(self, keyword: Keyword) -> None:
        state = consent_change(keyword)
        if state is None:
            return
        change = ChangeConsent(
            actor=self._actor,
            at=self._at,
            phone=self._phone,
            kinds=self._kinds(state),
            state=state,
            source=ConsentSource.KEYWORD,
            detail=snippet_of(self._text.text),
            message_id=self._text.id,
            said_at=self._text.sent_at,
        )
        perform(self._session, change)

    def _kinds(self, state: ConsentState) -> tuple[ConsentKind, ...]:
        """STOP ends every kind of text. A subscription is one to marketing, and gives back what STOP took."""
        if state is ConsentState.REVOKED:
            return tuple(ConsentKind)
        standing = consents_of(self._session.connection(), self._phone)
        return tuple(
            kind for kind in ConsentKind if kind is ConsentKind.MARKETING or standing.get(kind) is not None
        )

    def _answer_keyword(self, keyword: Keyword) -> None:
        if not is_answered_here(self._text.text, self._settings):
            return
        answers = select(func.count()).where(
            texts_with(self._session, self._text.channel_id, self._phone),
            Message.kind == MessageKind.AUTO_REPLY,
            Message.direction == Direction.OUTBOUND,
            Message.sent_at > self._at - AT_MOST_EVERY,
        )
        if (self._session.scalar(answers) or 0) < MOST_KEYWORD_ANSWERS:
            self._reply(answer(keyword, self._settings.brand, self._settings.contact_email))

    def _answer_by_itself(self) -> None:
        customer, consents = self._customer(), consents_of(self._session.connection(), self._phone)
        has_opted_out = not may_text(consents) and ConsentState.REVOKED in consents.values()
        wanted = should_answer(
            self._settings.auto_responder,
            has_consent=may_text(consents),
            is_keyword=False,
            is_blocked=customer.blocked,
            would_be_refused=has_opted_out and keeps_opt_outs(self._settings),
            last_answer_at=nearest_automatic_answer(self._session, customer.id, self._at),
            at=self._at,
        )
        if not wanted:
            return
        try:
            self._reply(self._settings.responder_text(_first_name(customer.name)))
        except TemplateError as error:  # it was checked when it was saved: an older program may have saved it
            log.warning("the auto-responder's text cannot be read, nobody was answered: %s", error)

    def _reply(self, text: str) -> None:
        # A name or a short code is an automat's, and takes no texts; our own number would answer itself.
        if text and is_phone(self._phone) and self._phone != self._settings.number:
            perform(
                self._session,
                AutoReply(actor=self._actor, at=self._at, answered_id=self._text.id, text=text),
            )

    def _notify(self) -> None:
        address = self._notified_address()
        if not self._settings.notify or not address:
            return
        ticket = self._session.get(Ticket, self._text.ticket_id) if self._text.ticket_id else None
        name = self._customer().name
        phone = show_phone(self._phone, region_of(self._settings.number))
        who = f"{name} ({phone})" if name else phone
        ours = show_phone(self._settings.number, region_of(self._settings.number))
        number = f" #{ticket.number}" if ticket is not None else ""
        pictures = "" if self._text.text.strip() else "(no words)"
        notice = Notify(
            actor=self._actor,
            at=self._at,
            about_id=self._text.id,
            address=address,
            subject=snippet_of(f"New text from {who}"),
            text=(
                f"{who} texted {ours}:\n\n{self._text.text.strip() or pictures}\n\n"
                f"Answer it in Inbox Desktop, in ticket{number}. Answers to this e-mail reach nobody."
            ),
        )
        perform(self._session, notice)

    def _notified_address(self) -> str:
        """The address of the setting, else the owner's; "" where that would come back as a ticket."""
        owner = select(Agent.email).where(Agent.role == Role.OWNER)
        address = self._settings.notify_address or self._session.scalar(owner) or ""
        own = own_mail_addresses(mail_channels(self._session))
        return "" if not own or address.lower() in own else address


def _first_name(name: str) -> str:
    return name.split(maxsplit=1)[0] if name.split() else ""
