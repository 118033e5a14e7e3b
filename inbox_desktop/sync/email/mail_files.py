"""Mails in files: single .eml files, mbox files (RFC 4155) and Maildir folders, read one by one."""

from __future__ import annotations

import errno
import re
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from inbox_desktop.models.clock import now
from inbox_desktop.sync.email.batches import LARGEST_MAIL

_MAIL_NAMES = {".eml", ".mbox", ".mbx"}
_HEADER = re.compile(rb"\A(?:[!-9;-~]+[ \t]*:[^\n]*\n(?:[ \t][^\n]*\n)*)*?[!-9;-~]+[ \t]*:")
_AFTER_FROM = re.compile(rb"[!-9;-~]+[ \t]*:|\r?\n|\Z")
_ESCAPED = re.compile(rb"^>(>*From )", re.MULTILINE)
_STATUS = re.compile(rb"^status:[ \t]*([a-z]*)", re.IGNORECASE | re.MULTILINE)
_HEAD_BYTES = 64 * 1024
_LONGEST_PIECE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class FoundMail:
    """A mail in a file. `label` says where, for people; `seen` whether it counts as read.

    One that is `too_large` (over LARGEST_MAIL) was not read: its `raw` is empty.
    """

    label: str
    raw: bytes = field(repr=False)
    received_at: datetime
    seen: bool
    too_large: bool = False


@dataclass(frozen=True, slots=True)
class MailFile:
    """A file that holds mails: an mbox, or a single mail (perhaps of a Maildir)."""

    path: Path
    is_mbox: bool = False
    in_maildir: bool = False

    def count(self) -> int:
        """How many mails are in it.

        Raises:
            OSError: it cannot be read.
        """
        return sum(1 for _ in _mbox_parts(self.path, keep=False)) if self.is_mbox else 1

    def mails(self) -> Iterator[FoundMail]:
        """The mails in it.

        Raises:
            OSError: it cannot be read.
        """
        if self.is_mbox:
            for number, raw in enumerate(_mbox_parts(self.path, keep=True), 1):
                label = f"{self.path}, mail {number}"
                yield FoundMail(label, raw or b"", now(), _was_read(raw or b""), too_large=raw is None)
            return
        if self.path.stat().st_size > LARGEST_MAIL:
            yield FoundMail(str(self.path), b"", now(), seen=False, too_large=True)
            return
        raw = self.path.read_bytes()
        if self.in_maildir:
            received = datetime.fromtimestamp(self.path.stat().st_mtime, UTC)
            flags = self.path.name.rpartition(":2,")[2] if ":2," in self.path.name else ""
            yield FoundMail(str(self.path), raw, received, "S" in flags)
        else:
            yield FoundMail(str(self.path), raw, now(), seen=False)


def find_mail_files(paths: Iterable[Path]) -> tuple[list[MailFile], list[str]]:
    """The files with mails at these paths, and what is wrong with the others, in words.

    A folder stands for all the .eml and mbox files and all the Maildirs in it, however deep.
    """
    files: list[MailFile] = []
    problems: list[str] = []
    for path in paths:
        search = _Search()
        search.look_at(path)
        if not search.files and not search.problems:
            problems.append(f"{path} holds no mail: it is no .eml file, mbox or Maildir. It was left out.")
        files += search.files
        problems += search.problems
    return files, problems


class _Search:
    """The files with mails at one path. What cannot be read is a problem, and the rest is found."""

    def __init__(self) -> None:
        self.files: list[MailFile] = []
        self.problems: list[str] = []
        self._seen: set[tuple[int, int]] = set()

    def look_at(self, path: Path) -> None:
        """Find the file, or all those in the folder."""
        try:
            if path.is_dir():
                self._look_into(path)
            elif (kind := _kind(path)) is not None:
                self.files.append(kind)
        except OSError as error:
            self._leave_out(path, error)

    def _look_into(self, folder: Path) -> None:
        about = folder.stat()
        if (about.st_dev, about.st_ino) in self._seen:  # a link leads back up
            return
        self._seen.add((about.st_dev, about.st_ino))
        entries = sorted(folder.iterdir())
        is_maildir = (folder / "cur").is_dir() and (folder / "new").is_dir()
        for entry in entries:
            if is_maildir and entry.name in {"cur", "new", "tmp"}:
                if entry.name != "tmp":
                    self._look_into_maildir(entry)
            elif entry.is_dir() or entry.suffix.lower() in _MAIL_NAMES:
                self.look_at(entry)

    def _look_into_maildir(self, part: Path) -> None:
        try:
            found = sorted(part.iterdir())
        except OSError as error:
            self._leave_out(part, error)
            return
        self.files += (
            MailFile(file, in_maildir=True)
            for file in found
            if file.is_file() and not file.name.startswith(".")
        )

    def _leave_out(self, path: Path, error: OSError) -> None:
        self.problems.append(f"{path} cannot be read ({error.strerror}). It was left out.")


def _kind(path: Path) -> MailFile | None:
    """What the beginning of a file looks like, or None when it is no mail.

    Raises:
        OSError: it cannot be read, or is a pipe, socket or device.
    """
    if not stat.S_ISREG(path.stat().st_mode):  # a pipe might be waited for for ever
        raise OSError(errno.EINVAL, "not a regular file", str(path))
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if head.startswith(b"From "):
        return MailFile(path, is_mbox=True)
    return MailFile(path) if _HEADER.match(head) or path.suffix.lower() == ".eml" else None


def _mbox_parts(path: Path, *, keep: bool) -> Iterator[bytes | None]:
    """The mails of an mbox, None for one that is too large; with `keep` False only as many empty ones.

    A mail begins at a line `From ` after a blank line. Such lines inside were escaped with `>`; some programs
    forgot that, so a header field must follow, or nothing. No more of the file is in memory than the largest
    mail, whatever the file holds.
    """
    content = bytearray()
    is_inside, was_blank, too_large, at_start = False, True, False, True
    with path.open("rb") as file:
        following = file.readline(_LONGEST_PIECE)
        while line := following:
            following = file.readline(_LONGEST_PIECE)
            may_begin = at_start and was_blank and line.startswith(b"From ")
            if may_begin and (not is_inside or _AFTER_FROM.match(following)):
                if is_inside:
                    yield None if too_large else _unescaped(content)
                is_inside, too_large = True, False
                content.clear()
            elif keep and not too_large:
                content += line
                if too_large := len(content) > LARGEST_MAIL:
                    content.clear()
            was_blank = at_start and line in {b"\n", b"\r\n"}
            at_start = line.endswith(b"\n")
    if is_inside:
        yield None if too_large else _unescaped(content)


def _unescaped(content: bytearray) -> bytes:
    """The mail without the blank line that separates it from the next one."""
    if content.endswith((b"\n\r\n", b"\n\n")) or bytes(content) in {b"\r\n", b"\n"}:
        del content[-2 if content.endswith(b"\r\n") else -1 :]
    return _ESCAPED.sub(rb"\1", bytes(content))


def _was_read(raw: bytes) -> bool:
    """Whether a mail of an mbox counts as read: an archive is, unless its Status field says otherwise."""
    head = raw[:_HEAD_BYTES].replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    status = _STATUS.search(head)
    return status is None or b"R" in status.group(1).upper()
