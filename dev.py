#!/usr/bin/env python3
"""The project's own commands: `python3 dev.py run`, `test`, `lint`, `bench`, `build`, `lock`."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - an older Python must get as far as this sentence
    sys.exit(
        "dev.py: this is Python {}.{}; Inbox Desktop needs 3.11 or newer. Nothing was changed. "
        "Install a newer Python and start dev.py with it, for example `python3.11 dev.py run`.".format(
            *sys.version_info[:2]
        )
    )

from devtools.commands import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
