"""Headless commands on tickets: list, show, search, reply, close, reopen, check."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from inbox_desktop.cli.output import (
    message_json,
    message_lines,
    say,
    ticket_json,
    ticket_line,
    write_json,
)
from inbox_desktop.cli.parser import profile_folder
from inbox_desktop.models.actions import Action, Actor, Outcome, Refusal, agent, perform
from inbox_desktop.models.actions.messages import Reply
from inbox_desktop.models.actions.tickets import Close, Reopen
from inbox_desktop.models.check import check
from inbox_desktop.models.errors import InboxError, NotFoundError
from inbox_desktop.models.inbox import open_present_inbox
from inbox_desktop.models.profile import Profile
from inbox_desktop.models.queries.directory import me
from inbox_desktop.models.queries.filters import Sort, StatusFilter, TicketFilter, View
from inbox_desktop.models.queries.rows import Thread, TicketRow
from inbox_desktop.models.queries.search import search
from inbox_desktop.models.queries.thread import thread
from inbox_desktop.models.queries.tickets import find_ticket, ticket_rows
from inbox_desktop.models.store import Reader, Store

PAGE = 500
MOST_FOUND = 1_000
WHOLE_THREAD = 1_000_000

VIEWS = {"my": View.MINE, "unassigned": View.UNASSIGNED, "all": View.ALL, "snoozed": View.SNOOZED}
ActionBuilder = Callable[[Actor, Thread], Action]
"""Makes the action from who acts and the thread as it stands."""

STATUSES = {
    None: StatusFilter.DEFAULT,
    "open": StatusFilter.OPEN,
    "snoozed": StatusFilter.SNOOZED,
    "closed": StatusFilter.CLOSED,
    "any": StatusFilter.ANY,
}


def list_tickets(options: argparse.Namespace) -> int:
    """`tickets`: every ticket of a view, the newest first."""
    store = Store.open_read_only(Profile(profile_folder(options)))
    with store.read() as connection:
        who = me(connection)
        wanted = TicketFilter(
            view=VIEWS[options.view], status=STATUSES[options.status], me=who.id if who else None
        )
        after = None
        while rows := ticket_rows(connection, wanted, Sort.NEWEST, PAGE, after):
            _print_tickets(rows, as_json=options.json)
            after = rows[-1].page_key
    store.close()
    return 0


def show(options: argparse.Namespace) -> int:
    """`show`: the ticket, then all its messages in order."""
    store = Store.open_read_only(Profile(profile_folder(options)))
    with store.read() as connection:
        found = _thread(connection, store, options.ticket)
    store.close()
    if options.json:
        write_json([ticket_json(found.ticket), *map(message_json, found.messages)])
    else:
        say(ticket_line(found.ticket))
        for message in found.messages:
            say(message_lines(message))
    return 0


def search_tickets(options: argparse.Namespace) -> int:
    """`search`: tickets in which all the words occur, the newest first."""
    store = Store.open_read_only(Profile(profile_folder(options)))
    with store.read() as connection:
        rows = search(connection, options.query, MOST_FOUND)
    store.close()
    _print_tickets(rows, as_json=options.json)
    return 0


def reply(options: argparse.Namespace) -> int:
    """`reply`: queue an answer to whoever wrote last; the next synchronisation sends it."""
    text = _read_text(options.text_file)
    return _change(
        options,
        lambda actor, found: Reply(
            actor=actor, ticket_id=found.ticket.id, text=text, seen_message_id=found.newest_message_id
        ),
        "Queued for #{number}. It leaves with the next synchronisation.",
    )


def close_ticket(options: argparse.Namespace) -> int:
    """`close`."""
    return _change(
        options,
        lambda actor, found: Close(
            actor=actor, ticket_id=found.ticket.id, seen_inbound_id=found.newest_inbound_id
        ),
        "Closed #{number}.",
    )


def reopen_ticket(options: argparse.Namespace) -> int:
    """`reopen`."""
    return _change(
        options, lambda actor, found: Reopen(actor=actor, ticket_id=found.ticket.id), "Reopened #{number}."
    )


def check_profile(options: argparse.Namespace) -> int:
    """`check`: exit code 0 only if all is well."""
    store = Store.open_read_only(Profile(profile_folder(options)))
    report = check(store)
    store.close()
    if options.json:
        write_json([report.to_json()])
    else:
        say(report.to_text())
    return 0 if report.ok else 1


def _change(options: argparse.Namespace, build: ActionBuilder, done: str) -> int:
    store = open_present_inbox(Profile(profile_folder(options)))
    try:
        with store.write() as session:
            connection = session.connection()
            who = me(connection)
            if who is None:
                raise NotFoundError("This inbox has no person who could act. Start the program once.")
            found = _thread(connection, store, options.ticket)
            result = perform(session, build(agent(who.id), found))
    finally:
        store.close()
    match result:
        case Refusal(reason=reason):
            raise InboxError(reason)
        case Outcome():
            say(done.format(number=found.ticket.number))
    return 0


def _thread(connection: Reader, store: Store, text: str) -> Thread:
    row = find_ticket(connection, text)
    found = thread(connection, row.id, store.attachments.folder, WHOLE_THREAD) if row else None
    if found is None:
        raise NotFoundError(
            f"There is no ticket {text}. 'inbox-desktop tickets' lists them with their numbers."
        )
    return found


def _read_text(name: str) -> str:
    try:
        content = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        return content.decode("utf-8-sig")
    except OSError as error:
        raise InboxError(f"{name} cannot be read ({error.strerror}). Nothing was sent.") from error
    except UnicodeDecodeError as error:
        raise InboxError(f"{name} is not UTF-8 text. Nothing was sent. Save it as UTF-8.") from error


def _print_tickets(rows: tuple[TicketRow, ...], *, as_json: bool) -> None:
    if as_json:
        write_json(map(ticket_json, rows))
    else:
        for row in rows:
            say(ticket_line(row))
