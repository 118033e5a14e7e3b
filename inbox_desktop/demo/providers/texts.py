"""The texts that a simulated provider knows, and what becomes of one as time goes by."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum, auto


class Progress(Enum):
    """How far a text has come."""

    QUEUED = auto()
    SENT = auto()
    DELIVERED = auto()
    FAILED = auto()
    RECEIVED = auto()


@dataclass(slots=True)
class SimPicture:
    """A file of a text."""

    id: str
    content: bytes
    content_type: str


@dataclass(slots=True)
class SimText:
    """One text. Numbers are E.164; `at` is when the provider took it, by the provider's clock.

    `failure` is the provider's code of why it does not arrive, "" if it does. `listed_at` is when the
    provider's list shows it first. `reference` and `label` are what its sender gave along. `is_answer`: the
    provider sent it by itself, in answer to a text. `place` is that of a part (from 1) among `parts`, where
    the provider tells them one by one.
    """

    id: str
    is_inbound: bool
    sender: str
    recipient: str
    text: str
    at: datetime
    listed_at: datetime
    pictures: list[SimPicture] = field(default_factory=list)
    reference: str = ""
    label: str = ""
    failure: str = ""
    parts: int = 1
    place: int = 0
    is_answer: bool = False


@dataclass(slots=True)
class Pace:
    """How long the steps of a text take."""

    sent: timedelta = timedelta(seconds=1)
    delivered: timedelta = timedelta(seconds=3)

    def progress(self, text: SimText, now: datetime) -> Progress:
        """How far the text has come."""
        if text.is_inbound:
            return Progress.RECEIVED
        if now < text.at + self.sent:
            return Progress.QUEUED
        if text.failure:
            return Progress.FAILED
        return Progress.SENT if now < text.at + self.delivered else Progress.DELIVERED

    def sent_at(self, text: SimText, now: datetime) -> datetime | None:
        """When the text left or came; None while it waits."""
        if text.is_inbound:
            return text.at
        return None if now < text.at + self.sent else text.at + self.sent
