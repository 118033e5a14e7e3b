"""The profile: the folder that holds one inbox, used by one process at a time."""

import ctypes
import os
import secrets
import sys
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout
from platformdirs import user_data_path

from inbox_desktop.models.errors import ProfileError

APPLICATION = "Inbox Desktop"
_NETWORK_FILE_SYSTEMS = {
    "nfs",
    "nfs4",
    "cifs",
    "smb3",
    "smbfs",
    "afpfs",
    "webdav",
    "davfs",
    "fuse.sshfs",
    "9p",
    "ncpfs",
}
_PATIENCE_SECONDS = 0.2
_DRIVE_REMOTE = 4  # GetDriveTypeW, Windows SDK fileapi.h


def default_folder() -> Path:
    """Where the platform keeps an application's data."""
    return user_data_path(APPLICATION, appauthor=False)


@dataclass(frozen=True, slots=True)
class Profile:
    """The paths of one profile."""

    folder: Path

    @property
    def database(self) -> Path:
        """The SQLite database."""
        return self.folder / "inbox.db"

    @property
    def attachments(self) -> Path:
        """Files of messages, by content hash."""
        return self.folder / "attachments"

    @property
    def backups(self) -> Path:
        """Copies of the database, made daily and before migrations."""
        return self.folder / "backups"

    @property
    def log(self) -> Path:
        """The log file."""
        return self.folder / "inbox-desktop.log"

    @property
    def window_state(self) -> Path:
        """Sizes and choices of this machine's window (an INI file)."""
        return self.folder / "window.ini"

    def create(self) -> None:
        """Make the folder, readable by its user only.

        Raises:
            ProfileError: it cannot be made or written, or lies on a network drive.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            probe = self.folder / f".write-{os.getpid()}"
            probe.touch()
            probe.unlink()
        except OSError as error:
            raise ProfileError(
                f"The folder {self.folder} cannot be written ({error.strerror}). Nothing was changed. "
                "Free the folder or disk, or choose another one with --profile."
            ) from error
        if file_system := network_file_system(self.folder):
            raise ProfileError(
                f"The folder {self.folder} lies on a network drive ({file_system}), where a database can be "
                "damaged. Nothing was changed. Choose a folder on this computer with --profile."
            )

    def lock(self) -> FileLock:
        """Take the profile for this process.

        Raises:
            ProfileError: another process has it.
        """
        # Not bound to a thread: the one that closes the store need not be the one that opened it. A moment's
        # patience: `is_in_use` of another process may be looking.
        lock = FileLock(self.folder / "lock", timeout=_PATIENCE_SECONDS, thread_local=False)
        try:
            lock.acquire()
        except Timeout as error:
            raise ProfileError(
                f"The profile {self.folder} is in use by another Inbox Desktop. Nothing was changed. "
                "Close that one first, or choose another profile with --profile."
            ) from error
        return lock

    def is_in_use(self) -> bool:
        """Whether a program, this one included, has the profile open for work."""
        try:
            lock = self.lock()
        except (ProfileError, OSError):  # a folder that cannot be locked at all says nothing: be careful
            return True
        lock.release()
        return False

    def signing_key(self) -> bytes:
        """The 32 bytes that sign our Message-IDs, made at first use.

        It lies beside the database and not in it, so that backups and support bundles of the database
        do not carry it. A lost key only means that replies thread by References alone.
        """
        path = self.folder / "signing.key"
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(secrets.token_bytes(32))
                file.flush()
                os.fsync(file.fileno())
        except FileExistsError:
            pass
        return path.read_bytes()


def network_file_system(folder: Path) -> str | None:
    """The kind of network file system that the folder lies on, or None for a local one."""
    if sys.platform == "win32":
        drive = folder.resolve().drive
        is_remote = ctypes.windll.kernel32.GetDriveTypeW(drive + "\\") == _DRIVE_REMOTE
        return "network share" if drive.startswith("\\\\") or is_remote else None
    mounts = Path("/proc/mounts")
    if not mounts.exists():
        return None
    return network_mount(folder.resolve(), mounts.read_text(encoding="utf-8", errors="replace"))


def network_mount(folder: Path, mounts: str) -> str | None:
    """As `network_file_system`, from the text of /proc/mounts (device, mount point, type, ...)."""
    best, kind = -1, ""
    for line in mounts.splitlines():
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        point = Path(fields[1].replace("\\040", " "))
        if folder.is_relative_to(point) and len(point.parts) > best:
            best, kind = len(point.parts), fields[2]
    return kind if kind in _NETWORK_FILE_SYSTEMS else None
