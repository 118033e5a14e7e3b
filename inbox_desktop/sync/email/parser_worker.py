"""The parser process: reads mails from its input, one frame each, and answers every one (see parser_pool.py).

A frame is a length (8 bytes, big-endian) and that many bytes. A mail goes in as its raw bytes; out come,
after the greeting, frames with one or more answers in the order of the mails, each a pickled ParsedMail or
ParseFailure. Answers are gathered and written together, for on a busy machine each switch between the
processes costs more than a mail; so that the parent can tell which mail brought the process down, one byte
goes to the standard error pipe before each.
Nothing here may import Qt or SQLAlchemy.
"""

import gc
import io
import os
import pickle
import sys
import time
from typing import TYPE_CHECKING, BinaryIO, Final

if TYPE_CHECKING:
    from inbox_desktop.sync.email.parsed import ParsedMail, ParseFailure

LENGTH_BYTES: Final = 8
END_OF_BATCH: Final = b"\xff" * LENGTH_BYTES  # in place of a length: write all answers now
GREETING: Final = b"inbox-desktop parser 3"
WORKER_FLAG: Final = "--parser-worker"
BUFFER_BYTES: Final = 1024 * 1024
_GATHER_BYTES: Final = 256 * 1024
_GATHER_SECONDS: Final = 0.05


def read_frame(stream: BinaryIO) -> bytes | None:
    """Read one frame; END_OF_BATCH for that mark, None at the end of the stream, also within a frame."""
    head = stream.read(LENGTH_BYTES)
    if len(head) < LENGTH_BYTES:
        return None
    if head == END_OF_BATCH:
        return END_OF_BATCH
    length = int.from_bytes(head, "big")
    data = stream.read(length)
    return data if len(data) == length else None


def write_frame(stream: BinaryIO, data: bytes) -> None:
    """Write one frame, not flushed."""
    stream.write(len(data).to_bytes(LENGTH_BYTES, "big"))
    stream.write(data)


def limit_memory(limit: int) -> None:
    """Cap this process's address space at `limit` bytes where that is possible; the parent watches, too."""
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 - POSIX only

    try:
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (ValueError, OSError):
        return  # macOS refuses; the parent watches


class Answers:
    """Answers on their way out. Those of one frame share a pickler's memory: what they have in common, such
    as their classes, is written once, and looked up once by the parent.
    """

    def __init__(self, outgoing: BinaryIO) -> None:
        self._outgoing = outgoing
        self._begin_frame()

    def _begin_frame(self) -> None:
        self._frame = io.BytesIO()
        self._pickler = pickle.Pickler(self._frame, protocol=5)
        self._began_at = time.monotonic()

    def add(self, answer: "ParsedMail | ParseFailure") -> None:
        """Add an answer to the frame; after an error (MemoryError) it is as if that had not been tried."""
        end = self._frame.tell()
        try:
            self._pickler.dump(answer)
        except BaseException:
            self._frame.truncate(end)
            self.write()  # not to be gone on with: the pickler may refer to what has been cut off
            raise

    @property
    def due(self) -> bool:
        """Whether the frame is large or old enough to be written."""
        return self._frame.tell() > _GATHER_BYTES or time.monotonic() - self._began_at > _GATHER_SECONDS

    def write(self) -> None:
        """Write the frame if there is anything in it, and begin the next."""
        packed = self._frame.getvalue()
        self._begin_frame()
        if packed:
            write_frame(self._outgoing, packed)
            self._outgoing.flush()


def serve(incoming: BinaryIO, outgoing: BinaryIO, progress: int) -> None:
    """Answer frames until the parent closes the pipe. A mail that fails is answered with a ParseFailure.

    Args:
        incoming: frames with mails.
        outgoing: frames with answers.
        progress: the file descriptor that gets one byte before each mail.
    """
    from inbox_desktop.sync.email.mime import parse_mail  # noqa: PLC0415 - the memory cap holds from here on
    from inbox_desktop.sync.email.parsed import ParseFailure  # noqa: PLC0415

    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)  # mails are trees: nearly nothing is a cycle
    write_frame(outgoing, GREETING)
    outgoing.flush()
    answers = Answers(outgoing)
    while (raw := read_frame(incoming)) is not None:
        if raw is not END_OF_BATCH:
            os.write(progress, b".")
            try:
                answers.add(parse_mail(raw))
            except MemoryError:
                answers.add(ParseFailure("reading this mail needs too much memory"))
            except Exception as error:  # noqa: BLE001 - the border: whatever a mail causes must not end the process
                answers.add(ParseFailure(f"reading this mail failed ({type(error).__name__})"))
        if raw is END_OF_BATCH or answers.due:
            answers.write()


def main(arguments: list[str]) -> None:
    """Run the process. The first argument is the memory limit in bytes, 0 for none."""
    incoming = os.fdopen(os.dup(0), "rb", BUFFER_BYTES)
    outgoing = os.fdopen(os.dup(1), "wb", BUFFER_BYTES)
    progress = os.dup(2)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):  # a stray print or panic must not break a frame
        os.dup2(nowhere, descriptor)
    limit = int(arguments[0]) if arguments else 0
    if limit:
        limit_memory(limit)
    try:
        serve(incoming, outgoing, progress)
    except (BrokenPipeError, KeyboardInterrupt):
        os._exit(0)  # the parent has gone: nothing is left to flush


def run_if_asked(arguments: list[str]) -> bool:
    """Run the parser process if a frozen program was started for that; call it first thing in `main`.

    A PyInstaller program has no `python -m`: the pool starts the program itself with WORKER_FLAG.

    Args:
        arguments: sys.argv.
    """
    if len(arguments) < 2 or arguments[1] != WORKER_FLAG:
        return False
    main(arguments[2:])
    return True


if __name__ == "__main__":
    main(sys.argv[1:])
