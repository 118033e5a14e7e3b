"""Errors that are the world's fault, each a sentence a person can act on. Our bugs are never among them."""

DAMAGED_ADVICE = (
    "Nothing was changed. If you have a backup of the profile's folder, put it in its place; otherwise keep "
    "the folder as it is and write to support: most of what is in it can usually be saved."
)
"""What to do about a damaged database."""


class InboxError(Exception):
    """Something outside the program failed. The text says what happened, what was kept, what to do."""


class ProfileError(InboxError):
    """The profile folder cannot be used: in use elsewhere, not writable, on a network drive."""


class StorageError(InboxError):
    """The database could not be read or written. What was being written is not saved."""


class StorageFullError(StorageError):
    """The disk is full. Nothing of the last change was stored; work resumes when there is room."""


class NotFoundError(InboxError):
    """What was asked for is not there."""
