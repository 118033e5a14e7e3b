"""`python -m inbox_desktop`: the same as the `inbox-desktop` command."""

import sys

from inbox_desktop.cli import main

if __name__ == "__main__":
    sys.exit(main())
