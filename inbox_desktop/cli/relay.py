"""Headless commands on the relay: connect, status, disconnect; and adding a chat."""

import argparse
import asyncio
import getpass
import sys
from collections.abc import Awaitable, Callable
from typing import TypeVar

from inbox_desktop.cli.output import say
from inbox_desktop.cli.parser import profile_folder
from inbox_desktop.models.chat_settings import ChatSite
from inbox_desktop.models.errors import InboxError
from inbox_desktop.models.health import TestStep
from inbox_desktop.models.inbox import open_inbox
from inbox_desktop.models.profile import Profile
from inbox_desktop.sync.engine import Engine
from inbox_desktop.sync.relay.desk import RelayDesk
from inbox_desktop.sync.secrets import Secrets

T = TypeVar("T")


def connect_relay(options: argparse.Namespace) -> int:
    """`relay connect`: join with an invitation, or come back with a token."""
    code = "" if options.token_env else _code(from_stdin=options.code_stdin)
    info = _at_the_desk(options, lambda desk: desk.connect(options.url, code, options.token_env))
    say(f"Connected to the relay {info.version} at {info.url}. Visitors reach it at {info.public_url}.")
    return 0


def relay_status(options: argparse.Namespace) -> int:
    """`relay status`: exit code 0 only if the relay knows this desktop."""

    async def look(desk: RelayDesk) -> bool | None:
        url = await desk.url()
        return None if url is None else await desk.test(url, None, _print_step)

    well = _at_the_desk(options, look)
    if well is None:
        say("This inbox is connected to no relay.")
    return 0 if well else 1


def disconnect_relay(options: argparse.Namespace) -> int:
    """`relay disconnect`: tickets and channels stay."""
    _at_the_desk(options, lambda desk: desk.disconnect())
    say("Disconnected. Tickets and channels stay; what visitors write waits at the relay.")
    return 0


def add_chat(options: argparse.Namespace) -> int:
    """`channel add chat`: make a chat at the relay, and its channel here."""
    address = options.support_address or ""
    site = ChatSite(options.name, tuple(options.origin), support_address=address, locale=options.locale)
    site = site.checked()

    async def make(desk: RelayDesk) -> tuple[str, str]:
        channel_id = await desk.create_chat(site)
        return channel_id, (await desk.load_chat(channel_id)).script_tag

    channel_id, tag = _at_the_desk(options, make)
    say(f"Added {site.name} ({channel_id}). Put this on every page that shows the chat:\n{tag}")
    return 0


def _at_the_desk(options: argparse.Namespace, work: Callable[[RelayDesk], Awaitable[T]]) -> T:
    store = open_inbox(Profile(profile_folder(options)))
    try:
        return asyncio.run(Engine(store, Secrets()).with_relay(work))
    finally:
        store.close()


def _print_step(step: TestStep) -> None:
    say(f"  {'ok' if step.ok else 'failed':<7} {step.name}: {step.detail}")


def _code(*, from_stdin: bool) -> str:
    if from_stdin:
        code = sys.stdin.readline().strip()
    elif sys.stdin.isatty():
        code = getpass.getpass("Invitation code (or this desktop's token): ").strip()
    else:
        raise InboxError(
            "No invitation code was given. Nothing was changed. Whoever runs the relay makes one with "
            "'inbox-relay invite'; have it read from standard input with --code-stdin."
        )
    if not code:
        raise InboxError("The invitation code is empty. Nothing was changed.")
    return code
