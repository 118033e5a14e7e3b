"""Where the log goes: a file in the profile, warnings also to standard error. Never secrets, never mails."""

import logging
import logging.handlers

from inbox_desktop.models.profile import Profile

_FILE_BYTES = 2_000_000
_FILES = 3
_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


def keep_log(profile: Profile) -> None:
    """Begin to write the log of this process."""
    to_file = logging.handlers.RotatingFileHandler(
        profile.log, maxBytes=_FILE_BYTES, backupCount=_FILES, encoding="utf-8", delay=True
    )
    to_terminal = logging.StreamHandler()
    to_terminal.setLevel(logging.WARNING)
    logging.basicConfig(level=logging.INFO, format=_FORMAT, handlers=[to_file, to_terminal])
    logging.getLogger("alembic").setLevel(logging.WARNING)
