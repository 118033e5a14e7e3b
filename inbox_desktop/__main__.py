"""`python -m inbox_desktop`: the same as the `inbox-desktop` command."""

import sys

from inbox_desktop.sync.email.parser_worker import run_if_asked

if __name__ == "__main__":
    if run_if_asked(sys.argv):  # the frozen program starts itself as its parser process, which needs no more
        sys.exit(0)
    from inbox_desktop.cli import main

    sys.exit(main())
