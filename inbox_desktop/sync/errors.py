"""What can go wrong outside, each in words: what happened, what was kept, what to do."""

from __future__ import annotations

import socket
import ssl
from enum import StrEnum

from inbox_desktop.models.errors import InboxError
from inbox_desktop.models.mail_settings import Server

KEPT = "What was received before is kept."
RETRIED = "It is tried again by itself."
RESTS = "Signing in is tried again only every 15 minutes, so that the account is not locked."


class Fault(StrEnum):
    """The sort of thing that is wrong with a connection, in the order in which connecting meets them."""

    SETTINGS = "settings"
    SECRET = "secret"
    NAME = "name"
    PORT = "port"
    CERTIFICATE = "certificate"
    TLS = "tls"
    SIGN_IN = "sign_in"
    FOLDER = "folder"
    LIMIT = "limit"
    SERVER = "server"
    CLOSED = "closed"


# Waiting does not help against these; somebody has to act.
_FOR_A_PERSON = frozenset({Fault.SETTINGS, Fault.SECRET, Fault.CERTIFICATE, Fault.SIGN_IN, Fault.FOLDER})


SIGN_IN_AGAIN_SECONDS = 15 * 60.0
"""How long a refused sign-in is not repeated: many in a row lock accounts."""


class OutsideError(InboxError):
    """The world does not let a channel do its work now. The text is for people.

    `needs_person`: waiting will not help. `rest`: for how many seconds, at least, it is not tried again.
    """

    def __init__(self, text: str, *, needs_person: bool, rest: float = 0.0) -> None:
        super().__init__(text)
        self.needs_person = needs_person
        self.rest = rest


class ChannelError(OutsideError):
    """A channel cannot do its work now, through no fault of the program. The text is for people."""

    def __init__(self, fault: Fault, text: str) -> None:
        rest = SIGN_IN_AGAIN_SECONDS if fault is Fault.SIGN_IN else 0.0
        super().__init__(text, needs_person=fault in _FOR_A_PERSON, rest=rest)
        self.fault = fault


def connection_error(error: OSError, server: Server) -> ChannelError:
    """What an error of the socket or of TLS means, while connecting to `server` or talking with it."""
    match error:
        case ssl.SSLCertVerificationError():
            return _certificate_error(error, server)
        case ssl.SSLEOFError() | ssl.SSLZeroReturnError():
            return closed_error(server)
        case ssl.SSLError():
            return _tls_error(error, server)
        case socket.gaierror():
            return ChannelError(
                Fault.NAME,
                f"The server name {server.host} was not found. {KEPT} Check the connection to the internet, "
                f"and the name in the channel's settings. {RETRIED}",
            )
        case ConnectionResetError() | BrokenPipeError() | ConnectionAbortedError():
            return closed_error(server)
        case ConnectionRefusedError():
            return ChannelError(
                Fault.PORT,
                f"Nothing answers at {server}. {KEPT} Check the port in the channel's settings, and whether "
                f"the server is down. {RETRIED}",
            )
        case TimeoutError():
            return ChannelError(
                Fault.PORT,
                f"{server} did not answer in time. {KEPT} Check the connection to the internet, and the "
                f"port in the channel's settings. {RETRIED}",
            )
        case _:
            reason = error.strerror or type(error).__name__
            return ChannelError(
                Fault.PORT,
                f"{server} cannot be reached ({reason}). {KEPT} Check the connection to the internet. "
                f"{RETRIED}",
            )


def closed_error(server: Server) -> ChannelError:
    """The server ended the connection, or what it said could not be understood any more."""
    return ChannelError(Fault.CLOSED, f"{server} closed the connection. {KEPT} {RETRIED}")


def stripped_error(server: Server) -> ChannelError:
    """STARTTLS was asked for, and the server, or somebody on the way, does not offer it."""
    return ChannelError(
        Fault.TLS,
        f"{server} does not offer encryption (STARTTLS), so the password was not sent. {KEPT} Choose TLS in "
        "the channel's settings, usually port 993. If it worked before, somebody may be listening on this "
        "network.",
    )


def quoted(words: str | bytes, most: int = 200) -> str:
    """What a server said, fit to be quoted in a sentence: one line, no control characters, not too long."""
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= most else f"{line[: most - 1]}…"


def _certificate_error(error: ssl.SSLCertVerificationError, server: Server) -> ChannelError:
    what = {
        10: f"The certificate of {server} has expired.",  # X509_V_ERR_* of OpenSSL's x509_vfy.h
        18: f"The certificate of {server} is signed by itself.",
        19: f"The certificate of {server} is signed by somebody unknown.",
        20: f"The certificate of {server} is signed by somebody unknown.",
        62: f"The certificate of {server} is for another name.",
        64: f"The certificate of {server} is for another address.",
    }.get(error.verify_code, f"The certificate of {server} is not valid ({quoted(error.verify_message)}).")
    return ChannelError(
        Fault.CERTIFICATE,
        f"{what} The password was not sent. {KEPT} Check the server's name and this computer's date; "
        "otherwise whoever runs the server has to renew the certificate.",
    )


def _tls_error(error: ssl.SSLError, server: Server) -> ChannelError:
    if error.reason in {"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE"}:
        hint = "The port seems to expect another protection: choose STARTTLS or another port."
    elif error.reason in {"UNSUPPORTED_PROTOCOL", "TLSV1_ALERT_PROTOCOL_VERSION"}:
        hint = (
            "The server only knows encryption that is no longer safe, older than TLS 1.2: it needs an update."
        )
    else:
        hint = f"The reason given is: {quoted(error.reason or str(error))}."
    return ChannelError(
        Fault.TLS,
        f"No encrypted connection to {server} could be made. The password was not sent. {KEPT} {hint}",
    )
