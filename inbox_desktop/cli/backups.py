"""`backup` and `restore`: a copy of the database, and back to one."""

import argparse

from inbox_desktop.cli.output import say
from inbox_desktop.cli.parser import profile_folder
from inbox_desktop.models.backups import restore, save_copy
from inbox_desktop.models.clock import now
from inbox_desktop.models.profile import Profile


def save_backup(options: argparse.Namespace) -> int:
    """`backup`."""
    profile = Profile(profile_folder(options))
    target = options.file.expanduser().absolute()
    save_copy(profile, target, now())
    say(f"Saved the database to {target}. Files of messages stay in {profile.attachments}.")
    return 0


def restore_backup(options: argparse.Namespace) -> int:
    """`restore`."""
    profile = Profile(profile_folder(options))
    backup = options.file.expanduser().absolute()
    kept = restore(profile, backup, now())
    say(f"{profile.folder} is as it was in {backup}.")
    if kept is not None:
        say(f"What was there until now is kept in {kept}.")
    say(
        "Mail that came since then is fetched again, as far as it is still on the server. What waited to be "
        "sent is not sent by itself: the outbox asks you."
    )
    return 0
