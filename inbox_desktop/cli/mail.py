"""Headless commands on mail: synchronise, import, inspect."""

import argparse
import asyncio
import signal
import threading

from inbox_desktop import garbage
from inbox_desktop.cli.output import say, tell, write_json
from inbox_desktop.cli.parser import profile_folder
from inbox_desktop.logs import keep_log
from inbox_desktop.models.clock import iso
from inbox_desktop.models.health import Health
from inbox_desktop.models.inbox import open_inbox
from inbox_desktop.models.profile import Profile
from inbox_desktop.sync.email.importing import ImportProgress, import_mails
from inbox_desktop.sync.email.inspect import inspect_file
from inbox_desktop.sync.email.parser_pool import ParserPool
from inbox_desktop.sync.engine import Engine
from inbox_desktop.sync.secrets import Secrets


def sync(options: argparse.Namespace) -> int:
    """`sync`: run the channels until interrupted; with `--once` until everything is in and out.

    With `--once` the exit code is 0 only if every channel was synchronised and nothing failed to leave.
    """
    profile = Profile(profile_folder(options))
    store = open_inbox(profile)
    keep_log(profile)
    try:
        engine = Engine(store, Secrets())
        garbage.look_seldom()
        unsubscribe = engine.subscribe_health(_HealthPrinter())
        try:
            return _sync_once(engine) if options.once else _sync_on(engine)
        finally:
            unsubscribe()
    finally:
        store.close()


def import_paths(options: argparse.Namespace) -> int:
    """`import`: take mails in; safe to repeat. Exit code 0 only if every path could be read."""
    profile = Profile(profile_folder(options))
    store = open_inbox(profile)
    keep_log(profile)
    try:
        report = import_mails(store, options.paths, address=options.channel, progress=_print_progress)
    finally:
        store.close()
    say(report.to_text())
    for problem in report.problems:
        tell(problem)
    return 1 if report.problems else 0


def inspect(options: argparse.Namespace) -> int:
    """`inspect`: how each file is read, one JSON object a line. What cannot be read is told of."""
    code = 0
    with ParserPool() as pool:
        for path in options.files:
            try:
                write_json([inspect_file(path, pool)])
            except OSError as error:
                tell(f"{path} cannot be read ({error.strerror}).")
                code = 1
    return code


class _HealthPrinter:
    """Prints what channels say, each news once."""

    def __init__(self) -> None:
        self._last: dict[str, str] = {}

    def __call__(self, health: Health) -> None:
        """Print it on standard error."""
        progress = f" {health.progress.done} of {health.progress.total}" if health.progress else ""
        retry = f" Next try at {iso(health.retry_at)}." if health.retry_at else ""
        line = f"{health.name}: {health.state.value}{progress}. {health.reason}{retry}".rstrip()
        if self._last.get(health.channel_id) != line:
            self._last[health.channel_id] = line
            tell(line)


def _sync_once(engine: Engine) -> int:
    report = asyncio.run(engine.sync_once())
    say(report.to_text())
    for problem in report.problems:
        tell(problem)
    return 1 if report.problems else 0


def _sync_on(engine: Engine) -> int:
    ended = threading.Event()
    for name in ("SIGINT", "SIGTERM"):
        signal.signal(getattr(signal, name), lambda *_: ended.set())
    engine.start()
    try:
        while not ended.wait(1.0):  # with a time limit, so that Windows delivers Ctrl+C
            pass
    finally:
        engine.stop()
    return 0


def _print_progress(progress: ImportProgress) -> None:
    tell(f"{progress.done} of {progress.total} read")
