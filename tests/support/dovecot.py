"""A real Dovecot of our own for tests: free loopback ports, own configuration, Maildir, TLS, IDLE."""

from __future__ import annotations

import grp
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from imapclient import IMAPClient

from inbox_desktop.models.kinds import Security
from inbox_desktop.models.mail_settings import MailSettings, Server
from tests.support.tls import CertificateFiles

HOST = "127.0.0.1"
PASSWORD = "open-sesame"
_PATIENCE_SECONDS = 20.0


def find_dovecot() -> str | None:
    """Where the server's program is, or None."""
    return shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


def free_port() -> int:
    """A port on loopback that nothing listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
    return port


class Dovecot:
    """One server under `folder`. Every user has the password PASSWORD and a Maildir of their own, made at
    `add_user`.

    Works as an ordinary user and as root (then `nobody` serves the mail, who must be able to enter `folder`).
    `stop`, `kill` and `start` keep ports and mail. Its log is `folder/log`.
    """

    def __init__(self, folder: Path, certificate: CertificateFiles, *, capability: str | None = None) -> None:
        self.folder = folder
        self.plain_port = free_port()
        self.tls_port = free_port()
        self._certificate = certificate
        self._capability = capability
        self._process: subprocess.Popen[bytes] | None = None
        serving = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
        self._uid, self._gid = serving.pw_uid, serving.pw_gid

    # The server

    def start(self) -> None:
        """Start it and wait until it answers."""
        program = find_dovecot()
        assert program is not None, "Dovecot is not installed"
        for path in (self.folder, self.folder / "mail", self.folder / "home"):
            path.mkdir(parents=True, exist_ok=True)
            self._give_away(path)
        self._write_configuration()
        self._process = subprocess.Popen(
            [program, "-F", "-c", str(self._configuration)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._wait_until_it_listens()

    def stop(self) -> None:
        """End it in order: its clients are told BYE or are closed."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it and all its processes at once, as a power cut would."""
        self._end(signal.SIGKILL)

    def use_certificate(self, certificate: CertificateFiles) -> None:
        """Start again with another certificate."""
        self._certificate = certificate
        self.stop()
        self.start()

    def disconnect_clients(self) -> None:
        """End the processes that serve signed-in clients; new ones may connect."""
        for pid in self._children("imap"):
            os.kill(pid, signal.SIGKILL)

    def server(self, security: Security = Security.NONE) -> Server:
        """Its address, for the given protection."""
        return Server(HOST, self.tls_port if security is Security.TLS else self.plain_port, security)

    # Its mail

    def add_user(self, name: str) -> None:
        """A mailbox for `name`, empty."""
        for path in (self.maildir(name), *(self.maildir(name) / part for part in ("cur", "new", "tmp"))):
            path.mkdir(parents=True, exist_ok=True)
            self._give_away(path)

    def settings(self, user: str, security: Security = Security.NONE, **others: object) -> MailSettings:
        """How an e-mail channel reads this user's mailbox; the password comes from INBOX_TEST_PASSWORD."""
        server = self.server(security)
        values: dict[str, object] = {
            "imap": server,
            "smtp": Server(HOST, 9, Security.NONE),
            "user": user,
            "password_env": "INBOX_TEST_PASSWORD",
        }
        return MailSettings(**{**values, **others})  # type: ignore[arg-type]

    def client(self, user: str) -> IMAPClient:
        """A signed-in client of the library, for a test's own look at the mailbox."""
        client = IMAPClient(HOST, port=self.plain_port, ssl=False, timeout=20)
        client.login(user, PASSWORD)
        return client

    def append(
        self,
        user: str,
        *mails: bytes,
        folder: str = "INBOX",
        flags: Sequence[str] = (),
        received: datetime | None = None,
    ) -> None:
        """Put mails into a folder by APPEND; a client that is in IDLE hears of it."""
        with self.client(user) as client:
            for mail in mails:
                client.append(folder, mail, flags, received)

    def delete(self, user: str, uids: Sequence[int], folder: str = "INBOX") -> None:
        """Delete mails for good."""
        with self.client(user) as client:
            client.select_folder(folder)
            client.delete_messages(uids)
            client.expunge()

    def deliver(self, user: str, mails: Iterable[bytes], flags: str = "") -> None:
        """Put many mails into INBOX as files, oldest first; quick, but a client in IDLE hears of it late."""
        folder = self.maildir(user) / "cur"
        taken = sum(1 for _ in folder.iterdir())
        began = int(time.time()) - 1_000_000
        for number, mail in enumerate(mails, taken):
            name = f"{began + number}.M{number:06}P1.test,S={len(mail)},W={len(mail)}:2,{flags}"
            path = folder / name
            path.write_bytes(mail)
            os.utime(path, (began + number, began + number))
            self._give_away(path)

    def change_uidvalidity(self, user: str) -> None:
        """Let INBOX come back under another UIDVALIDITY, as after a restore. The server must be stopped."""
        assert self._process is None
        maildir = self.maildir(user)
        uids = maildir / "dovecot-uidlist"
        head, _, rest = uids.read_text().partition("\n")
        changed = re.sub(r" V(\d+)", lambda match: f" V{int(match.group(1)) + 1000}", head)
        assert changed != head
        uids.write_text(f"{changed}\n{rest}")
        for index in maildir.glob("dovecot.index*"):
            index.unlink()

    def maildir(self, user: str) -> Path:
        """The user's Maildir; INBOX is its top."""
        return self.folder / "mail" / user

    # Inside

    @property
    def _configuration(self) -> Path:
        return self.folder / "dovecot.conf"

    def _give_away(self, path: Path) -> None:
        """Mail belongs to the user that serves it: Dovecot never serves as root."""
        if self._uid != os.geteuid():
            os.chown(path, self._uid, self._gid)

    def _write_configuration(self) -> None:
        is_root = os.geteuid() == 0
        me = pwd.getpwuid(os.geteuid()).pw_name
        login_user, internal_user = ("dovenull", "dovecot") if is_root else (me, me)
        internal_group = grp.getgrgid(pwd.getpwnam(internal_user).pw_gid).gr_name
        capability = f"imap_capability = {self._capability}" if self._capability else ""
        self._configuration.write_text(f"""
base_dir = {self.folder}/run
state_dir = {self.folder}/state
log_path = {self.folder}/log
instance_name = test
protocols = imap
listen = {HOST}
ssl = yes
ssl_cert = <{self._certificate.certificate}
ssl_key = <{self._certificate.key}
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_failure_delay = 0
auth_verbose = yes
default_login_user = {login_user}
default_internal_user = {internal_user}
default_internal_group = {internal_group}
mail_location = maildir:{self.folder}/mail/%u
mail_uid = {self._uid}
mail_gid = {self._gid}
first_valid_uid = 0
first_valid_gid = 0
mail_max_userip_connections = 100
maildir_stat_dirs = yes
shutdown_clients = yes
imap_idle_notify_interval = 2 mins
mailbox_list_index = no
{capability}
passdb {{
  driver = static
  args = password={PASSWORD}
}}
userdb {{
  driver = static
  args = uid={self._uid} gid={self._gid} home={self.folder}/home/%u
}}
namespace inbox {{
  inbox = yes
  separator = /
  mailbox Sent {{
    auto = subscribe
    special_use = \\Sent
  }}
}}
service imap-login {{
  chroot =
  process_min_avail = 1
  service_count = 0
  inet_listener imap {{
    port = {self.plain_port}
  }}
  inet_listener imaps {{
    port = {self.tls_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
""")

    def _wait_until_it_listens(self) -> None:
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while time.monotonic() < deadline:
            assert self._process is not None
            if self._process.poll() is not None:
                break
            try:
                with socket.create_connection((HOST, self.tls_port), timeout=1):
                    pass
                with socket.create_connection((HOST, self.plain_port), timeout=5) as connection:
                    connection.settimeout(5)
                    if connection.recv(10).startswith(b"* OK"):
                        return
            except OSError:
                time.sleep(0.05)
        log = self.folder / "log"
        said = log.read_text(errors="replace") if log.exists() else "nothing"
        self._end(signal.SIGKILL)
        raise AssertionError(f"Dovecot did not start; its log says:\n{said}")

    def _end(self, how: signal.Signals) -> None:
        if self._process is None:
            return
        process, self._process = self._process, None
        if how == signal.SIGKILL:
            with suppress(ProcessLookupError):  # it has ended by itself, and whoever asks wants its log
                os.killpg(process.pid, how)
        else:
            process.send_signal(how)
        try:
            process.wait(_PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(_PATIENCE_SECONDS)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        self._wait_until_nobody_listens()

    def _wait_until_nobody_listens(self) -> None:
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while time.monotonic() < deadline:
            try:
                with socket.create_connection((HOST, self.plain_port), timeout=1):
                    time.sleep(0.02)
            except OSError:
                return

    def _children(self, name: str) -> list[int]:
        assert self._process is not None
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()
        return [int(pid) for pid in children if Path(f"/proc/{pid}/comm").read_text().strip() == name]
