"""Headless commands on channels: add, list, test, remove."""

import argparse
import asyncio
import getpass
import sys
from typing import Any

from inbox_desktop.cli.output import say, tell, write_json
from inbox_desktop.cli.parser import profile_folder, the_server
from inbox_desktop.models.errors import InboxError, NotFoundError
from inbox_desktop.models.health import TestStep
from inbox_desktop.models.inbox import open_inbox
from inbox_desktop.models.mail_settings import DEFAULT_FOLDERS, MailSettings, insecure_reason
from inbox_desktop.models.profile import Profile
from inbox_desktop.models.queries.directory import channel_settings, channels
from inbox_desktop.models.queries.rows import ChannelRow
from inbox_desktop.models.store import Reader, Store
from inbox_desktop.sync.email.connection_test import try_connection
from inbox_desktop.sync.engine import Engine
from inbox_desktop.sync.secrets import Secrets


def add_email(options: argparse.Namespace) -> int:
    """`channel add email`: connect a mailbox. The servers are not asked; `channel test` does that."""
    settings = MailSettings(
        imap=the_server(options.imap, options.imap_security),
        smtp=the_server(options.smtp, options.smtp_security),
        user=options.user,
        folders=tuple(options.folder or DEFAULT_FOLDERS),
        aliases=tuple(options.alias),
        password_env=options.password_env,
    )
    for server in (settings.imap, settings.smtp):
        if server is not None and (reason := insecure_reason(server)):
            raise InboxError(f"{reason} Nothing was added.")
    if "@" not in options.address.strip("@"):
        raise InboxError(f"{options.address} is not an e-mail address. Nothing was added.")
    password = None if options.password_env else _password(options)
    store = open_inbox(Profile(profile_folder(options)))
    try:
        engine = Engine(store, Secrets())
        channel_id = engine.add_email(settings, options.address, password)
    finally:
        store.close()
    say(f"Added {options.address} ({channel_id}).")
    return 0


def list_channels(options: argparse.Namespace) -> int:
    """`channel list`."""
    store = Store.open_read_only(Profile(profile_folder(options)))
    with store.read() as connection:
        rows = _present(connection)
    store.close()
    if options.json:
        write_json({"id": r.id, "kind": r.kind.value, "name": r.name, "address": r.address} for r in rows)
        return 0
    for row in rows:
        say(f"{row.kind.value:<6} {row.address:<32} {row.id}")
    if not rows:
        tell("No channel yet. Add one with 'inbox-desktop channel add email'.")
    return 0


def test_channel(options: argparse.Namespace) -> int:
    """`channel test`: exit code 0 only if every step holds."""
    store = Store.open_read_only(Profile(profile_folder(options)))
    with store.read() as connection:
        chosen = [_chosen(connection, options.channel)] if options.channel else _present(connection)
        settings = {row.id: channel_settings(connection, row.id) for row in chosen}
    store.close()
    if not chosen:
        raise NotFoundError("No channel yet. Add one with 'inbox-desktop channel add email'.")
    results = [_test(row, settings[row.id]) for row in chosen]
    return 0 if all(results) else 1


def remove_channel(options: argparse.Namespace) -> int:
    """`channel remove`: its tickets stay."""
    if not options.channel:
        raise InboxError(
            "Name the channel to remove: its address or id. 'inbox-desktop channel list' lists them."
        )
    store = open_inbox(Profile(profile_folder(options)))
    try:
        with store.read() as connection:
            row = _chosen(connection, options.channel)
        Engine(store, Secrets()).drop_channel(row.id)
    finally:
        store.close()
    say(f"Removed {row.address}. Its tickets stay.")
    return 0


def _test(row: ChannelRow, values: dict[str, Any] | None) -> bool:
    say(f"{row.address}:")
    try:
        settings = MailSettings.from_json(values or {})
        password = Secrets().password(row.id, settings)
    except (KeyError, TypeError, ValueError):
        say("  failed  settings: they cannot be read. Remove the channel and connect it again.")
        return False
    except InboxError as error:
        say(f"  failed  password: {error}")
        return False
    return asyncio.run(try_connection(settings, password, _print_step))


def _print_step(step: TestStep) -> None:
    say(f"  {'ok' if step.ok else 'failed':<7} {step.name}: {step.detail}")


def _present(connection: Reader) -> list[ChannelRow]:
    return [row for row in channels(connection) if row.enabled]


def _chosen(connection: Reader, text: str) -> ChannelRow:
    for row in _present(connection):
        if text.strip().lower() in {row.id, row.address}:
            return row
    raise NotFoundError(f"There is no channel {text}. 'inbox-desktop channel list' lists them.")


def _password(options: argparse.Namespace) -> str:
    if options.password_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    elif sys.stdin.isatty():
        password = getpass.getpass(f"Password of {options.user}: ")
    else:
        raise InboxError(
            "No password was given. Nothing was added. Use --password-stdin, or --password-env NAME to have "
            "a variable read at every sign-in."
        )
    if not password:
        raise InboxError("The password is empty. Nothing was added.")
    return password
