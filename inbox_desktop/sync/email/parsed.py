"""What is known of one mail once it has been read: plain frozen data that travels between processes."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Self


class _Travelling:
    """Plain data that is pickled as its class and the values of its fields, and made anew by one call.

    Dataclasses with slots set field after field on arrival, which takes twice as long, and that in the
    process of the window.
    """

    __slots__ = ()
    __match_args__: ClassVar[tuple[str, ...]]  # the names of a dataclass's fields

    def __reduce__(self) -> tuple[type[Self], tuple[Any, ...]]:
        return type(self), tuple([getattr(self, name) for name in self.__match_args__])


@dataclass(frozen=True, slots=True)
class Address(_Travelling):
    """One mailbox: the cleaned display name ("" if none) and `local@domain`, domain in lower case."""

    name: str
    address: str


class MailKind(StrEnum):
    """What sort of mail it is; only a MESSAGE (and a LIST mail, if wanted) was written by a person to the
    team.
    """

    MESSAGE = "message"
    AUTO_REPLY = "auto_reply"
    BOUNCE = "bounce"
    COMPLAINT = "complaint"
    LIST = "list"

    def __reduce_ex__(self, _protocol: object) -> tuple[type[Self], tuple[str]]:
        """By value, as newer Pythons do by themselves. 3.11.2 names `getattr`, which no parent may load."""
        return type(self), (self.value,)


@dataclass(frozen=True, slots=True)
class FailedAddress(_Travelling):
    """One recipient who will never get the mail: `status` and `diagnostic` as in Bounced."""

    address: str
    status: str | None
    diagnostic: str


@dataclass(frozen=True, slots=True)
class Bounced(_Travelling):
    """What a bounce or complaint says about the mail that did not arrive (RFC 3464, RFC 5965).

    `status` is an enhanced status code such as "5.1.1" (RFC 3463), `original_message_id` has its angle
    brackets, `diagnostic` are the server's words, shortened, "" if there are none. `failed` are all that the
    server has given up; `recipient` is the first of them, or else whom the report is about: the server still
    tries (Action: delayed; RFC 3464, section 2.3.3), or somebody complained about a mail that did arrive.
    """

    recipient: str | None
    status: str | None
    original_message_id: str | None
    diagnostic: str
    failed: tuple[FailedAddress, ...] = ()


@dataclass(frozen=True, slots=True)
class ParsedAttachment(_Travelling):
    """One attached or inline part. `filename` is a cleaned label, never a path; `size` is len(content) in
    bytes.
    """

    filename: str
    content_type: str
    size: int
    inline: bool
    content_id: str | None
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class ParsedMail(_Travelling):
    """One mail, read: cleaned headers, text, sanitised HTML, attachments and what was noticed on the way.

    `date` is aware and in UTC. `from_verified` says that the From header is unambiguous (exactly one
    well-formed address), not that SPF or DKIM passed. `text` is everything, `visible_text` leaves out quotes
    and signature and is never blank unless `text` is. `visible_html` is `html` without its quotes, None when
    nothing would be left out. `may_auto_reply` is False wherever RFC 3834 forbids an automatic answer.
    """

    message_id: str | None
    in_reply_to: str | None
    references: tuple[str, ...]
    date: datetime | None
    sender: Address | None
    from_verified: bool
    reply_to: tuple[Address, ...]
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    delivered_to: tuple[str, ...]
    subject: str
    kind: MailKind
    bounced: Bounced | None
    text: str
    visible_text: str
    html: str | None
    visible_html: str | None
    blocked: tuple[str, ...]
    attachments: tuple[ParsedAttachment, ...]
    warnings: tuple[str, ...]
    may_auto_reply: bool


@dataclass(frozen=True, slots=True)
class ParseFailure(_Travelling):
    """A mail that could not be read, and why in words; the raw mail is kept by whoever asked."""

    reason: str
