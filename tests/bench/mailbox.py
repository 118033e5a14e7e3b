"""The Dovecot mailbox that `ingest` reads: 10,000 generated mails, in a server of its own."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench.mails import mails
from tests.support.dovecot import PASSWORD, Dovecot
from tests.support.tls import TestAuthority

USER = "support"
Generator = Callable[[int], Iterator[bytes]]
"""Makes so many mails, the oldest first."""


@contextmanager
def filled_mailbox(count: int, generate: Generator = mails) -> Iterator[Dovecot]:
    """A running Dovecot whose user USER has `count` mails in INBOX; its indexes are warm."""
    folder = Path(tempfile.mkdtemp(prefix="inbox-bench-"))
    folder.chmod(0o755)  # Dovecot may serve under another user's name
    os.environ["INBOX_TEST_PASSWORD"] = PASSWORD
    server = Dovecot(folder / "dovecot", TestAuthority(folder).valid())
    server.start()
    try:
        server.add_user(USER)
        server.deliver(USER, generate(count))
        with server.client(USER) as client:
            client.select_folder("INBOX", readonly=True)
            assert len(client.search("ALL")) == count
        yield server
    finally:
        server.kill()
        shutil.rmtree(folder, ignore_errors=True)
