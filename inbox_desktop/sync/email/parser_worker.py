"""The parser process: reads mails from its input, one frame each, and answers every one (see parser_pool.py).

A frame is a length (8 bytes, big-endian) and that many bytes. A mail goes in as its raw bytes; out comes a
pickled ParsedMail or ParseFailure, and first of all the greeting. Nothing here may import Qt or SQLAlchemy.
"""

import gc
import os
import pickle
import sys
from typing import BinaryIO, Final

LENGTH_BYTES: Final = 8
GREETING: Final = b"inbox-desktop parser 1"
WORKER_FLAG: Final = "--parser-worker"


def read_frame(stream: BinaryIO) -> bytes | None:
    """Read one frame; None at the end of the stream, also in the middle of a frame."""
    head = stream.read(LENGTH_BYTES)
    if len(head) < LENGTH_BYTES:
        return None
    length = int.from_bytes(head, "big")
    data = stream.read(length)
    return data if len(data) == length else None


def write_frame(stream: BinaryIO, data: bytes) -> None:
    """Write one frame and flush it."""
    stream.write(len(data).to_bytes(LENGTH_BYTES, "big"))
    stream.write(data)
    stream.flush()


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


def serve(incoming: BinaryIO, outgoing: BinaryIO) -> None:
    """Answer frames until the parent closes the pipe. A mail that fails is answered with a ParseFailure."""
    from inbox_desktop.sync.email.mime import parse_mail  # noqa: PLC0415 - the memory cap holds from here on
    from inbox_desktop.sync.email.parsed import ParsedMail, ParseFailure  # noqa: PLC0415

    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)  # mails are trees: nearly nothing is a cycle
    write_frame(outgoing, GREETING)
    while (raw := read_frame(incoming)) is not None:
        answer: ParsedMail | ParseFailure
        try:
            answer = parse_mail(raw)
            packed = pickle.dumps(answer, protocol=5)
        except MemoryError:
            answer = ParseFailure("reading this mail needs too much memory")
            packed = pickle.dumps(answer, protocol=5)
        except Exception as error:  # noqa: BLE001 - the border: whatever a mail causes must not end the process
            answer = ParseFailure(f"reading this mail failed ({type(error).__name__})")
            packed = pickle.dumps(answer, protocol=5)
        del raw, answer
        write_frame(outgoing, packed)


def main(arguments: list[str]) -> None:
    """Run the process. The first argument is the memory limit in bytes, 0 for none."""
    incoming, outgoing = sys.stdin.buffer, os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # a stray print must not break a frame
    limit = int(arguments[0]) if arguments else 0
    if limit:
        limit_memory(limit)
    try:
        serve(incoming, outgoing)
    except (BrokenPipeError, KeyboardInterrupt):
        return


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
