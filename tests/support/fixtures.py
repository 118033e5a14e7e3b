"""Fixtures that several folders of tests share: a certificate authority and a Dovecot for the whole run."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from tests.support.dovecot import PASSWORD, Dovecot, find_dovecot
from tests.support.tls import TestAuthority

_numbers = count(1)


@pytest.fixture(scope="session")
def served_folder() -> Iterator[Path]:
    """A folder that servers under another user's name may enter, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp(prefix="inbox-servers-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def authority(served_folder: Path) -> TestAuthority:
    """Who signs the tests' certificates."""
    return TestAuthority(served_folder)


@pytest.fixture
def trusted(authority: TestAuthority, monkeypatch: pytest.MonkeyPatch) -> TestAuthority:
    """The authority, trusted by every TLS connection of this test."""
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    return authority


@pytest.fixture(scope="session")
def shared_dovecot(served_folder: Path, authority: TestAuthority) -> Iterator[Dovecot]:
    """One Dovecot for all tests that leave it running and as it is."""
    require_dovecot()
    server = Dovecot(served_folder / "dovecot", authority.valid())
    server.start()
    yield server
    server.stop()


@pytest.fixture
def dovecot(shared_dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch) -> Dovecot:
    """The shared Dovecot, with the password where `Dovecot.settings` says."""
    monkeypatch.setenv("INBOX_TEST_PASSWORD", PASSWORD)
    return shared_dovecot


@pytest.fixture
def own_dovecot(
    served_folder: Path, authority: TestAuthority, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Dovecot]:
    """A running Dovecot for one test, which may stop it, kill it or change its certificate."""
    require_dovecot()
    monkeypatch.setenv("INBOX_TEST_PASSWORD", PASSWORD)
    server = Dovecot(served_folder / f"dovecot-{next(_numbers)}", authority.valid())
    server.start()
    yield server
    server.kill()


@pytest.fixture
def mailbox(dovecot: Dovecot) -> str:
    """A fresh user of the shared Dovecot, with an empty mailbox."""
    user = f"user{next(_numbers)}"
    dovecot.add_user(user)
    return user


def require_dovecot() -> None:
    """Skip the test where Dovecot is not installed; in continuous integration that is a failure."""
    if find_dovecot() is None and not os.environ.get("CI"):
        pytest.skip("Dovecot is not installed")
