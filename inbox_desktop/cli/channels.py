"""Headless commands on channels: add, list, test, remove."""

import argparse
import asyncio
import getpass
import sys
from typing import Any

from inbox_desktop.cli.output import say, tell, write_json
from inbox_desktop.cli.parser import profile_folder, the_server
from inbox_desktop.models.addresses import is_address
from inbox_desktop.models.channel_settings import ChannelSettings, read_settings
from inbox_desktop.models.errors import InboxError, NotFoundError
from inbox_desktop.models.health import TestStep
from inbox_desktop.models.inbox import open_inbox, open_present_inbox
from inbox_desktop.models.kinds import ChannelKind
from inbox_desktop.models.mail_settings import DEFAULT_FOLDERS, MailSettings, insecure_reason
from inbox_desktop.models.profile import Profile
from inbox_desktop.models.queries.directory import channel_settings, channels
from inbox_desktop.models.queries.rows import ChannelRow
from inbox_desktop.models.sms_settings import Provider, SmsSettings
from inbox_desktop.models.store import Reader, Store
from inbox_desktop.sync.channels import CHANNEL_TYPES
from inbox_desktop.sync.engine import Engine
from inbox_desktop.sync.secrets import Secrets, webhook_name


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
    if not all(folder.strip() for folder in settings.folders):
        raise InboxError("A folder without a name cannot be read. Nothing was added.")
    for server in (settings.imap, settings.smtp):
        if server is not None and (reason := insecure_reason(server)):
            raise InboxError(f"{reason} Nothing was added.")
    for address in (options.address, *options.alias):
        if not is_address(address):
            raise InboxError(f"“{address}” is not an e-mail address. Nothing was added.")
    secret = None if options.password_env else _secret(options.user, from_stdin=options.password_stdin)
    return _add(options, settings, options.address, secret)


def add_sms(options: argparse.Namespace) -> int:
    """`channel add sms`: connect a number. The provider is not asked; `channel test` does that."""
    settings = SmsSettings(
        provider=Provider(options.provider),
        account=options.account,
        number=options.number,
        base_url=options.base_url,
        secret_env=options.secret_env,
        brand=options.brand,
        contact_email=options.contact,
        notify=options.notify,
        notify_address=options.notify_address,
        webhook_key=options.webhook_key,
        webhook_secret_env=options.webhook_secret_env,
    ).checked()
    secret = None if options.secret_env else _secret(settings.account, from_stdin=options.secret_stdin)
    return _add(options, settings, settings.number, secret)


def _add(options: argparse.Namespace, settings: ChannelSettings, address: str, secret: str | None) -> int:
    store = open_inbox(Profile(profile_folder(options)))
    try:
        channel_id = Engine(store, Secrets()).add_channel(settings, address, secret)
    finally:
        store.close()
    say(f"Added {address} ({channel_id}).")
    return 0


def list_channels(options: argparse.Namespace) -> int:
    """`channel list`."""
    store = Store.open_read_only(Profile(profile_folder(options)))
    with store.read() as connection:
        rows = [(row, _address(connection, row)) for row in _present(connection)]
    store.close()
    if options.json:
        write_json({"id": r.id, "kind": r.kind.value, "name": r.name, "address": a} for r, a in rows)
        return 0
    for row, address in rows:
        say(f"{row.kind.value:<6} {address:<32} {row.id}  {row.name}")
    if not rows:
        tell("No channel yet. Add one with 'inbox-desktop channel add'.")
    return 0


def test_channel(options: argparse.Namespace) -> int:
    """`channel test`: exit code 0 only if every step holds."""
    store = Store.open_read_only(Profile(profile_folder(options)))
    with store.read() as connection:
        chosen = [_chosen(connection, options.channel)] if options.channel else _present(connection)
        settings = {row.id: channel_settings(connection, row.id) for row in chosen}
    store.close()
    if not chosen:
        raise NotFoundError("No channel yet. Add one with 'inbox-desktop channel add'.")
    results = [_test(row, settings[row.id]) for row in chosen]
    return 0 if all(results) else 1


def webhook_channel(options: argparse.Namespace) -> int:
    """`channel webhook`: let the relay take a number's webhooks, and say where its provider shall call."""
    secrets, store = Secrets(), open_present_inbox(Profile(profile_folder(options)))
    try:
        with store.read() as connection:
            row = _chosen(connection, options.channel)
            values = channel_settings(connection, row.id) or {}
        if row.kind is not ChannelKind.SMS:
            raise InboxError(f"{row.address} is no number for text messages. Nothing was changed.")
        settings = SmsSettings.from_json(values)
        if options.secret_stdin:
            secrets.store(webhook_name(row.id), _secret(settings.account, from_stdin=True))
        engine = Engine(store, secrets)
        url = asyncio.run(engine.with_relay(lambda desk: desk.webhook_url(row.id, settings)))
    finally:
        store.close()
    say(f"Enter this as the number's webhook at {settings.provider.value.capitalize()}:\n{url}")
    return 0


def remove_channel(options: argparse.Namespace) -> int:
    """`channel remove`: its tickets stay."""
    if not options.channel:
        raise InboxError(
            "Name the channel to remove: its address or id. 'inbox-desktop channel list' lists them."
        )
    store = open_present_inbox(Profile(profile_folder(options)))
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
        settings = read_settings(row.kind, values or {})
        secret = Secrets().password(row.id, settings)
    except (KeyError, TypeError, ValueError):
        say("  failed  settings: they cannot be read. Remove the channel and connect it again.")
        return False
    except InboxError as error:
        say(f"  failed  password: {error}")
        return False
    return asyncio.run(CHANNEL_TYPES[row.kind].test(settings, secret, _print_step))


def _print_step(step: TestStep) -> None:
    say(f"  {'ok' if step.ok else 'failed':<7} {step.name}: {step.detail}")


def _present(connection: Reader) -> list[ChannelRow]:
    return [row for row in channels(connection) if row.enabled]


def _address(connection: Reader, row: ChannelRow) -> str:
    """The channel's address; of a chat its id as the shop's page names it, which is case-sensitive."""
    if row.kind is not ChannelKind.CHAT:
        return row.address
    settings = channel_settings(connection, row.id) or {}
    return str(settings.get("chat_id", row.address))


def _chosen(connection: Reader, text: str) -> ChannelRow:
    for row in _present(connection):
        if text.strip().lower() in {row.id, row.address, row.name.lower()}:
            return row
    raise NotFoundError(f"There is no channel {text}. 'inbox-desktop channel list' lists them.")


def _secret(account: str, *, from_stdin: bool) -> str:
    if from_stdin:
        secret = sys.stdin.readline().rstrip("\r\n")
    elif sys.stdin.isatty():
        secret = getpass.getpass(f"Password of {account}: ")
    else:
        raise InboxError(
            "No password was given. Nothing was added. Have it read from standard input, or name a variable "
            "that is read at every sign-in; 'inbox-desktop channel add' with --help names both options."
        )
    if not secret:
        raise InboxError("The password is empty. Nothing was added.")
    return secret
