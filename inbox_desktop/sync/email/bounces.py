"""What sort of mail it is: bounces (RFC 3464 and the many home-made ones), auto-replies (RFC 3834),
complaints, lists.

A person's mail must never be taken for a bounce, so wording alone decides nothing: it takes a
machine-readable report, or a machine as the sender and wording or a returned mail to match.
"""

from typing import Final

from inbox_desktop.sync.email.bodies import Bodies
from inbox_desktop.sync.email.bounce_details import read_complaint, read_failure, report_fields
from inbox_desktop.sync.email.bounce_words import (
    AUTO_SUBJECT,
    BODY,
    COPY,
    DAEMON,
    DAEMON_NAME,
    NO_PERSON,
    SUBJECT,
)
from inbox_desktop.sync.email.headers import Headers, parse_parameters
from inbox_desktop.sync.email.parsed import Address, Bounced, MailKind

_BULK: Final = frozenset({"bulk", "junk", "list", "auto_reply", "auto-reply"})
_AUTO_FIELDS: Final = frozenset(
    {"x-autoreply", "x-autorespond", "x-autoresponder", "x-auto-reply", "x-vacation"}
)
_SCANNED_CHARS: Final = 8_000


def classify(
    headers: Headers, bodies: Bodies, text: str, sender: Address | None
) -> tuple[MailKind, Bounced | None]:
    """The kind of a mail, and what it says about the mail that failed if it is a bounce or a complaint."""
    if bodies.feedback or _report_type(headers) == "feedback-report" or _is_bare_complaint(headers, bodies):
        return MailKind.COMPLAINT, read_complaint(headers, bodies, text)
    if _is_bounce(headers, bodies, text, sender):
        return _bounce_or_receipt(headers, bodies, text)
    if _is_auto_reply(headers):
        return MailKind.AUTO_REPLY, None
    if headers.first("list-id") or headers.first("list-post") or headers.token("precedence") == "list":
        return MailKind.LIST, None
    return MailKind.MESSAGE, None


def may_auto_reply(headers: Headers, sender: Address | None) -> bool:
    """Whether an automatic answer is allowed (RFC 3834, 2, and what Exchange and mailing lists add)."""
    return (
        sender is not None
        and not NO_PERSON.fullmatch(sender.address.rpartition("@")[0])
        and headers.token("auto-submitted") in {"", "no"}
        and headers.token("precedence") not in _BULK
        and not _null_return_path(headers)
        and headers.first("x-auto-response-suppress") is None
        and _AUTO_FIELDS.isdisjoint(headers.index)
        and not any(name.startswith("list-") for name in headers.index)
    )


def _report_type(headers: Headers) -> str:
    value = headers.first("content-type") or ""
    if "report" not in value.lower():
        return ""  # nearly every mail: its boundary is its own, so that nothing would be remembered
    content_type, params = parse_parameters(value)
    return params.get("report-type", "").lower() if content_type == "multipart/report" else ""


def _is_bare_complaint(headers: Headers, bodies: Bodies) -> bool:
    """Whether it is Microsoft's complaint (JMRP): the mail itself, with no report and no text."""
    return bool(bodies.returned) and headers.text("subject").lower().startswith(
        "complaint about message from "
    )


def _null_return_path(headers: Headers) -> bool:
    return any(value.strip() == "<>" for value in headers.all("return-path"))


def _is_bounce(headers: Headers, bodies: Bodies, text: str, sender: Address | None) -> bool:
    """Whether a server says that a mail did not arrive."""
    if bodies.delivery_status or headers.first("x-failed-recipients"):
        return True
    local = sender.address.rpartition("@")[0] if sender else ""
    daemon = DAEMON.fullmatch(local) is not None or (
        sender is not None and DAEMON_NAME.search(sender.name) is not None
    )
    without_path = _null_return_path(headers)
    if not (daemon or without_path or sender is None or NO_PERSON.fullmatch(local)):
        return False
    said_in_subject = SUBJECT.search(headers.text("subject")) is not None
    said_in_body = BODY.search(text[:_SCANNED_CHARS]) is not None
    copy = bool(bodies.returned) or COPY.search(text[: _SCANNED_CHARS * 4]) is not None
    evidence = said_in_subject + said_in_body + copy
    if AUTO_SUBJECT.match(headers.text("subject")):
        return copy and evidence > 1
    if daemon or _report_type(headers) == "delivery-status":
        return evidence > 0
    # A parcel service writes “could not be delivered” from no-reply addresses too: those must return the mail
    return evidence > 1 if without_path else copy and evidence > 1


def _bounce_or_receipt(headers: Headers, bodies: Bodies, text: str) -> tuple[MailKind, Bounced | None]:
    """A report that all went well (DSN on success) is an automatic notice, everything else a bounce."""
    actions = {
        value.split(";")[0].strip().lower() for value in report_fields(bodies.delivery_status, "action")
    }
    if actions and actions <= {"delivered", "relayed", "expanded"}:
        return MailKind.AUTO_REPLY, None
    return MailKind.BOUNCE, read_failure(headers, bodies, text)


def _is_auto_reply(headers: Headers) -> bool:
    """Whether a program answered in a person's name.

    `Auto-Submitted: auto-generated` alone is not enough: contact forms of shops set it on customers'
    questions.
    """
    submitted = headers.token("auto-submitted")
    said = AUTO_SUBJECT.match(headers.text("subject")) is not None
    return (
        submitted == "auto-replied"
        or (submitted not in {"", "no"} and (said or headers.first("in-reply-to") is not None))
        or headers.token("precedence") in {"auto_reply", "auto-reply"}
        or not _AUTO_FIELDS.isdisjoint(headers.index)
        or headers.token("x-apple-action") == "vacation"
        or (said and (headers.first("x-auto-response-suppress") is not None or _null_return_path(headers)))
    )
