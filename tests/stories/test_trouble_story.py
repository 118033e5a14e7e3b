"""Something outside fails: the program says in words what happened, keeps what it has, and goes on."""

from __future__ import annotations

import re
import shutil
import subprocess
import time
from pathlib import Path

import pytest
from sqlalchemy import func, select

from inbox_desktop.models.errors import InboxError
from inbox_desktop.models.profile import Profile
from inbox_desktop.models.store import Store
from inbox_desktop.models.tables import Message
from tests.bench.mails import mails
from tests.stories.conftest import PASSWORD_VARIABLE, Shop
from tests.stories.letters import SUPPORT, letter
from tests.support.dovecot import PASSWORD
from tests.support.programs import Running
from tests.support.tls import TestAuthority
from tests.support.waits import STORAGE_AGAIN

pytestmark = pytest.mark.slow

PATIENCE_SECONDS = 90.0
# A disk of 60 MB of our own, on which all but a little is taken by a file of somebody else's.
_SMALL_DISK = """
set -e
cp -r "$1" "$1.before"
mount -t tmpfs -o size=60m tmpfs "$1"
cp -r "$1.before/." "$1"
dd if=/dev/zero of="$1/somebody-elses-film" bs=1M count=58 status=none
shift
exec "$@"
"""


def test_with_a_wrong_password_it_says_so_and_asks_for_another(shop: Shop) -> None:
    shop.receives(letter("Hello"))
    shop.connect()
    shop.program.environment[PASSWORD_VARIABLE] = "wrong"
    result = shop.program("sync", "--once", code=1)
    assert "password" in result.err
    assert "wrong" not in result.err.replace("wrong password", "")  # the password itself is never shown
    assert shop.subjects() == []

    shop.program.environment[PASSWORD_VARIABLE] = PASSWORD
    shop.program("sync", "--once")
    assert shop.subjects() == ["Where is my order?"]


def test_with_an_expired_certificate_the_password_stays_here(shop: Shop, authority: TestAuthority) -> None:
    shop.receives(letter("Hello"))
    shop.connect()
    shop.imap.use_certificate(authority.expired())
    result = shop.program("sync", "--once", code=1)
    assert "has expired" in result.err
    assert "password was not sent" in result.err

    shop.imap.use_certificate(authority.valid())
    shop.program("sync", "--once")
    assert shop.subjects() == ["Where is my order?"]


def test_when_one_mailbox_is_gone_the_other_goes_on(shop: Shop) -> None:
    shop.receives(letter("Hello"))
    shop.connect("--folder=Orders", "--folder=INBOX")
    result = shop.program("sync", "--once", code=1)
    assert "Orders" in result.err
    assert shop.subjects() == ["Where is my order?"]


def test_when_the_server_dies_in_the_middle_it_comes_back_by_itself_and_nothing_is_missing(
    shop: Shop,
) -> None:
    count = 600
    shop.imap.deliver(SUPPORT, mails(count))
    shop.connect()
    with shop.program.start("sync") as running:
        wait_for_messages(shop.program.profile, 1, running)
        shop.imap.kill()
        told = running.wait_for(f"localhost:{shop.imap.tls_port}")
        shop.imap.start()
        wait_for_messages(shop.program.profile, count, running)
        result = running.stop()
    assert "closed the connection" in told or "Nothing answers" in told
    assert result.code == 0, str(result)
    report = shop.program.here("check", "--json").json
    assert report["ok"], report
    assert (report["ledger"][0]["stored"], report["messages"]) == (count, count)


def test_when_the_disk_is_full_it_says_so_and_goes_on_once_there_is_room(shop: Shop) -> None:
    require_small_disk(shop.program.profile.parent)
    count = 400
    shop.receives(letter("The first", subject="The first"))
    shop.connect()
    shop.program("sync", "--once")
    shop.imap.deliver(SUPPORT, mails(count))
    profile = shop.program.profile
    shop.program.launcher = ("unshare", "-rm", "sh", "-c", _SMALL_DISK, "sh", str(profile))
    shop.program.waits = {STORAGE_AGAIN: 1.0}
    with shop.program.start("sync") as running:
        told = running.wait_for("failed.")
        assert "disk is full" in told or "No space left" in told  # the database's words, or an attachment's
        assert re.search("Free (some )?space", told)
        assert "connected" not in told
        disk = Path(f"/proc/{running.pid}/root{profile}")
        (disk / "somebody-elses-film").unlink()
        running.wait_for("connected")
        kept = shutil.copytree(disk, profile.with_name("kept"))  # the disk goes when the program ends
        running.stop()
    shop.program.launcher, shop.program.waits, shop.program.profile = (), {}, kept
    report = shop.program.here("check", "--json").json
    assert report["ok"], report
    assert (report["ledger"][0]["stored"], report["messages"]) == (count + 1, count + 1)


def test_when_the_disk_refuses_to_write_nothing_is_lost(shop: Shop) -> None:
    count = 400
    shop.imap.deliver(SUPPORT, mails(count))
    shop.connect()
    # A limit of 1 MB to each file; the system then refuses to write beyond it.
    shop.program.launcher = ("sh", "-c", 'ulimit -f 2048; exec "$@"', "sh")
    result = shop.program("sync", "--once", code=1)
    assert "Check the disk" in result.err or "disk is full" in result.err
    assert "Traceback" not in result.err

    shop.program.launcher = ()
    shop.program("sync", "--once")
    report = shop.program.here("check", "--json").json
    assert report["ok"], report
    assert (report["ledger"][0]["stored"], report["messages"]) == (count, count)


def require_small_disk(folder: Path) -> None:
    """Skip where an ordinary user may not mount a disk of their own (user namespaces are switched off)."""
    mounts = ["unshare", "-rm", "mount", "-t", "tmpfs", "tmpfs", str(folder)]
    try:
        refused = subprocess.run(mounts, check=False, capture_output=True).returncode
    except OSError:
        refused = 1
    if refused:
        pytest.skip("this system lets nobody mount a small disk of their own")


def messages(profile: Path) -> int:
    """How many messages the profile holds, 0 while it cannot be read."""
    try:
        store = Store.open_read_only(Profile(profile))
        try:
            with store.read() as reader:
                return reader.execute(select(func.count()).select_from(Message)).scalar_one()
        finally:
            store.close()
    except InboxError:
        return 0


def wait_for_messages(profile: Path, count: int, running: Running) -> None:
    """Wait until the profile holds that many."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (found := messages(profile)) < count:
        assert time.monotonic() < deadline, f"{found} of {count} messages came in:\n{running.told()}"
        time.sleep(0.05)
