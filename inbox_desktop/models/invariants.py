"""The invariants that the database itself can show, each with the words for when it is broken."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, TextClause, func, select, text

from inbox_desktop.models import counts
from inbox_desktop.models.kinds import (
    ChannelKind,
    DeliveryState,
    Direction,
    MailJobState,
    MessageKind,
    Role,
    TicketStatus,
    UidState,
)
from inbox_desktop.models.rules.auto_responder import AT_MOST_EVERY
from inbox_desktop.models.sms_settings import LONGEST_ATTRIBUTION
from inbox_desktop.models.tables import Base, Head, JournalEntry, Ticket
from inbox_desktop.models.tables.base import Stamped

_FIRST_FEW = 3
_MICROSECOND = timedelta(microseconds=1)
_LONGEST_WINDOW = timedelta(hours=LONGEST_ATTRIBUTION)


def broken_invariants(connection: Connection) -> Iterator[str]:
    """A sentence for each invariant that does not hold."""
    for find in _FINDERS:
        yield from find(connection)


def _counts_that_differ(connection: Connection) -> Iterator[str]:
    kept, true = counts.kept(connection), counts.recount(connection)
    wrong = [key for key in kept.keys() | true.keys() if kept.get(key, 0) != true.get(key, 0)]
    if wrong:
        yield f"The numbers beside the views are wrong for {len(wrong)} groups of tickets."


def _journal_gaps(connection: Connection) -> Iterator[str]:
    first, last, number = connection.execute(
        select(func.min(JournalEntry.seq), func.max(JournalEntry.seq), func.count())
    ).one()
    head = connection.execute(select(Head.seq, Head.ticket_number)).one()
    if number and (first != 1 or last - first + 1 != number):
        yield f"The journal has gaps: {number} entries between {first} and {last}."
    if head.seq != (last or 0):
        yield f"The journal ends at {last or 0}, its counter says {head.seq}."
    highest = connection.execute(select(func.max(Ticket.number))).scalar_one()
    if (highest or 0) > head.ticket_number:
        yield f"Ticket #{highest} has a number that was not handed out yet ({head.ticket_number})."
    for model in _stamped():
        stamp = connection.execute(select(func.max(model.seq))).scalar_one()
        if (stamp or 0) > head.seq:
            yield f"A row of {model.__tablename__} is stamped {stamp}, behind the journal's end ({head.seq})."


def _stamped() -> list[Any]:
    return [mapper.class_ for mapper in Base.registry.mappers if issubclass(mapper.class_, Stamped)]


@dataclass(frozen=True, slots=True)
class _Rule:
    """Something that must never be found: a query for the ids (or names) of what breaks it, and the words."""

    words: str
    query: TextClause

    def __call__(self, connection: Connection) -> Iterator[str]:
        """The problem, with the first few of what breaks the rule."""
        found = [str(row[0]) for row in connection.execute(self.query)]
        if found:
            more = " ..." if len(found) > _FIRST_FEW else ""
            yield f"{self.words}: {len(found)} ({', '.join(found[:_FIRST_FEW])}{more})."


_RULES = (
    # I11: no closed ticket hides an inbound message that its closer had not seen.
    _Rule(
        "Closed tickets hide a message that whoever closed them had not seen",
        text(
            "SELECT '#' || number FROM tickets WHERE status = :closed"
            " AND closed_seen_id IS NOT NULL AND last_inbound_id IS NOT closed_seen_id"
        ).bindparams(closed=TicketStatus.CLOSED.value),
    ),
    _Rule(
        "Tickets whose status and times do not agree",
        text(
            "SELECT '#' || number FROM tickets WHERE (status = :snoozed) <> (snoozed_until IS NOT NULL)"
            " OR (status = :closed) <> (closed_at IS NOT NULL)"
        ).bindparams(snoozed=TicketStatus.SNOOZED.value, closed=TicketStatus.CLOSED.value),
    ),
    _Rule(
        "Tickets whose messages are not counted right",
        text(
            "SELECT '#' || t.number FROM tickets t LEFT JOIN ("
            " SELECT ticket_id, count(*) AS n, max(order_at) AS newest FROM messages"
            " WHERE ticket_id IS NOT NULL"
            " AND id NOT IN (SELECT message_id FROM deliveries WHERE state = :cancelled) GROUP BY ticket_id"
            ") m ON m.ticket_id = t.id"
            " WHERE t.message_count <> coalesce(m.n, 0)"
            " OR (t.message_count > 0 AND t.last_message_at IS NOT m.newest)"
        ).bindparams(cancelled=DeliveryState.CANCELLED.value),
    ),
    _Rule(
        "Tickets whose newest message is another ticket's, or gone",
        text(
            "SELECT '#' || t.number FROM tickets t LEFT JOIN messages last ON last.id = t.last_message_id"
            " LEFT JOIN messages inbound ON inbound.id = t.last_inbound_id"
            " WHERE (t.message_count > 0 AND last.ticket_id IS NOT t.id)"
            " OR (t.last_inbound_id IS NOT NULL AND inbound.ticket_id IS NOT t.id)"
        ),
    ),
    _Rule(
        "Messages that the search does not know",
        text(
            "SELECT m.id FROM messages m LEFT JOIN search_documents d ON d.message_id = m.id"
            " LEFT JOIN message_search_docsize s ON s.id = d.id"
            " WHERE m.ticket_id IS NOT NULL AND s.id IS NULL"
        ),
    ),
    _Rule(
        "Messages by which an answer would not find its ticket",
        text(
            "SELECT m.id FROM messages m LEFT JOIN thread_keys k ON k.channel_id = m.channel_id"
            " AND k.external_id = m.external_id AND k.ticket_id = m.ticket_id"
            " WHERE m.ticket_id IS NOT NULL AND m.external_id IS NOT NULL AND k.ticket_id IS NULL"
        ),
    ),
    _Rule(
        "Messages whose raw mail is gone",
        text(
            "SELECT m.id FROM messages m LEFT JOIN raw_mails r ON r.id = m.raw_id"
            " WHERE m.raw_id IS NOT NULL AND r.id IS NULL"
        ),
    ),
    # I12: every reply has a delivery, and one that was tried has the Message-ID to look it up by. A reply
    # without an agent was sent with another program.
    _Rule(
        "Replies that nobody sends",
        text(
            "SELECT m.id FROM messages m LEFT JOIN deliveries d ON d.message_id = m.id"
            " WHERE m.kind = :reply AND m.agent_id IS NOT NULL AND d.id IS NULL"
        ).bindparams(reply=MessageKind.REPLY.value),
    ),
    _Rule(
        "Mails that were tried without a Message-ID",
        text(
            "SELECT m.id FROM deliveries d JOIN messages m ON m.id = d.message_id"
            " JOIN channels c ON c.id = d.channel_id"
            " WHERE c.kind = :email AND m.external_id IS NULL AND (d.attempts > 0 OR d.state = :attempting)"
        ).bindparams(email=ChannelKind.EMAIL.value, attempting=DeliveryState.ATTEMPTING.value),
    ),
    # I9: every UID is stored, a duplicate, set aside, quarantined with a reason, gone, or waits to be read.
    _Rule(
        "UIDs whose entry in the ledger does not say what became of them",
        text(
            "SELECT l.mailbox_id || '/' || l.uid FROM uid_ledger l"
            " LEFT JOIN messages m ON m.id = l.message_id"
            " WHERE l.state NOT IN (:fetched, :stored, :duplicate, :set_aside, :quarantined, :gone)"
            " OR (l.state IN (:stored, :set_aside) AND m.id IS NULL)"
            " OR (l.state = :fetched AND l.raw_id IS NULL) OR (l.state = :quarantined AND l.reason = '')"
        ).bindparams(**{state.name.lower(): state.value for state in UidState}),
    ),
    _Rule(
        "Mails that are set aside, and their messages are not, or the other way round",
        text(
            "SELECT l.mailbox_id || '/' || l.uid FROM uid_ledger l JOIN messages m ON m.id = l.message_id"
            " LEFT JOIN set_aside s ON s.message_id = m.id"
            " WHERE (l.state = :set_aside) <> (m.ticket_id IS NULL)"
            " OR (m.ticket_id IS NULL) <> (s.message_id IS NOT NULL)"
        ).bindparams(set_aside=UidState.SET_ASIDE.value),
    ),
    _Rule(
        "Messages that two UIDs of the ledger claim to have brought",
        text(
            "SELECT message_id FROM uid_ledger"
            " WHERE state IN (:stored, :set_aside) AND message_id IS NOT NULL"
            " GROUP BY message_id HAVING count(*) > 1"
        ).bindparams(stored=UidState.STORED.value, set_aside=UidState.SET_ASIDE.value),
    ),
    _Rule(
        "Owners beyond the one",
        text("SELECT name FROM agents WHERE role = :owner ORDER BY id LIMIT -1 OFFSET 1").bindparams(
            owner=Role.OWNER.value
        ),
    ),
)

_TEXT_RULES = (
    _Rule(
        "People who have more than one ticket at one of our numbers",
        text(
            "SELECT min('#' || number) FROM tickets WHERE channel_kind = :sms"
            " GROUP BY customer_id, channel_id HAVING count(*) > 1"
        ).bindparams(sms=ChannelKind.SMS.value),
    ),
    _Rule(
        "Texts that wait for a ticket which is there",
        text(
            "SELECT k.message_id FROM set_aside_keys k JOIN channels c ON c.id = k.channel_id"
            " JOIN tickets t ON t.channel_id = k.channel_id AND t.customer_address = k.external_id"
            " JOIN identities i ON i.customer_id = t.customer_id AND i.value = k.external_id"
            " WHERE c.kind = :sms"
        ).bindparams(sms=ChannelKind.SMS.value),
    ),
    _Rule(
        "Consents that do not agree with the newest change in their history",
        text(
            "WITH numbered AS (SELECT identity_id, kind, state, at, row_number() OVER ("
            " PARTITION BY identity_id, kind ORDER BY at DESC, id DESC) AS place FROM consent_changes),"
            " newest AS (SELECT * FROM numbered WHERE place = 1)"
            " SELECT n.identity_id FROM newest n LEFT JOIN consents c"
            " ON c.identity_id = n.identity_id AND c.kind = n.kind"
            " WHERE c.state IS NOT n.state OR c.changed_at IS NOT n.at"
            " UNION SELECT c.identity_id FROM consents c LEFT JOIN newest n"
            " ON n.identity_id = c.identity_id AND n.kind = c.kind WHERE n.identity_id IS NULL"
        ),
    ),
    # The last campaign message before the text, and the first text since that one.
    _Rule(
        "Texts that are credited to a campaign which they do not answer",
        text(
            "SELECT a.message_id FROM attributions a JOIN messages t ON t.id = a.message_id"
            " JOIN messages c ON c.id = a.campaign_message_id"
            " WHERE t.direction <> :inbound OR c.kind <> :campaign OR c.channel_id <> t.channel_id"
            " OR c.ticket_id IS NOT t.ticket_id OR t.sent_at NOT BETWEEN c.sent_at AND c.sent_at + :longest"
            " OR EXISTS (SELECT 1 FROM messages o WHERE o.ticket_id = t.ticket_id"
            " AND o.channel_id = t.channel_id AND o.id NOT IN (t.id, c.id) AND ("
            " (o.direction = :inbound AND o.sent_at >= c.sent_at AND o.sent_at < t.sent_at)"
            " OR (o.kind = :campaign AND o.sent_at > c.sent_at AND o.sent_at <= t.sent_at)))"
        ).bindparams(
            inbound=Direction.INBOUND.value,
            campaign=MessageKind.CAMPAIGN.value,
            longest=_LONGEST_WINDOW // _MICROSECOND,
        ),
    ),
    _Rule(
        "Automatic answers to one person within a day",
        text(
            "WITH answers AS (SELECT a.id, a.sent_at, t.customer_id, a.to_addresses FROM messages a"
            " JOIN tickets t ON t.id = a.ticket_id JOIN messages q ON q.channel_id = a.channel_id"
            " AND q.external_id = a.in_reply_to WHERE a.kind = :auto AND a.direction = :outbound"
            " AND t.channel_kind = :sms AND q.kind = :message)"
            " SELECT b.id FROM answers a JOIN answers b ON b.customer_id = a.customer_id AND b.id > a.id"
            " AND b.to_addresses = a.to_addresses AND abs(b.sent_at - a.sent_at) < :day"
        ).bindparams(
            auto=MessageKind.AUTO_REPLY.value,
            outbound=Direction.OUTBOUND.value,
            sms=ChannelKind.SMS.value,
            message=MessageKind.MESSAGE.value,
            day=AT_MOST_EVERY // _MICROSECOND,
        ),
    ),
    _Rule(
        "Automatic answers and notifications that nobody sends",
        text(
            "SELECT m.id FROM messages m JOIN channels c ON c.id = m.channel_id"
            " LEFT JOIN deliveries d ON d.message_id = m.id"
            " WHERE d.id IS NULL AND (m.kind = :notice OR ("
            "m.kind = :auto AND c.kind = :sms AND m.in_reply_to IS NOT NULL))"  # else a provider's own
        ).bindparams(
            auto=MessageKind.AUTO_REPLY.value,
            notice=MessageKind.NOTIFICATION.value,
            sms=ChannelKind.SMS.value,
        ),
    ),
    _Rule(
        "Profiles that were merged into another one and still own something",
        text(
            "SELECT id FROM customers WHERE merged_into IS NOT NULL AND ("
            " id IN (SELECT customer_id FROM identities)"
            " OR id IN (SELECT customer_id FROM tickets WHERE message_count > 0)"  # else an alias
            " OR merged_into NOT IN (SELECT id FROM customers))"
        ),
    ),
)

_CHAT_RULES = (
    _Rule(
        "Chats that do not lead to the newest of their tickets",
        text(
            "SELECT c.id FROM chat_conversations c WHERE c.ticket_id IS NOT (SELECT max(k.ticket_id)"
            " FROM thread_keys k WHERE k.channel_id = c.channel_id AND k.external_id = c.id)"
        ),
    ),
    _Rule(
        "E-mails of chats that nobody sends",
        text(
            "SELECT j.id FROM mail_jobs j LEFT JOIN deliveries d ON d.message_id = j.message_id"
            " WHERE (j.state = :queued AND j.message_id IS NULL)"
            " OR (j.message_id IS NOT NULL AND d.id IS NULL)"
        ).bindparams(queued=MailJobState.QUEUED.value),
    ),
    _Rule(
        "Chats that were opened again by a message",
        text(
            "SELECT '#' || t.number FROM tickets t JOIN ticket_events e ON e.ticket_id = t.id"
            " WHERE t.channel_kind = :chat AND e.name = 'reopened_by_message'"
        ).bindparams(chat=ChannelKind.CHAT.value),
    ),
)

_FINDERS: tuple[Callable[[Connection], Iterator[str]], ...] = (
    _counts_that_differ,
    _journal_gaps,
    *_RULES,
    *_TEXT_RULES,
    *_CHAT_RULES,
)
