"""The `inbox-desktop` command: the window by default, headless sub-commands below."""

import sys
from collections.abc import Sequence

from inbox_desktop.cli.parser import build_parser
from inbox_desktop.models.errors import InboxError

FAILED = 1
INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command. Returns its exit code: 0 well, 1 failed (said on standard error), 2 wrongly called."""
    options = build_parser().parse_args(arguments)
    try:
        code: int = options.run(options)
    except InboxError as error:
        sys.stderr.write(f"{error}\n")
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # the reader of our output had enough
        sys.stderr.close()
        return 0
    return code
