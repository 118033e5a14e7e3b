"""What can be wrong on the way to a submission server, each as a sentence that a person can act on."""

import socket
import ssl
from collections.abc import Iterator

from aiosmtplib import SMTPTimeoutError

from inbox_desktop.models.kinds import Security
from inbox_desktop.models.mail_settings import Server
from inbox_desktop.sync.errors import ChannelError, Fault, quoted


def smtp_fault(error: BaseException, server: Server) -> ChannelError:
    """The fault behind an exception that talking with the server raised, or behind one of its causes."""
    causes = tuple(_causes(error))
    for cause in causes:
        if fault := _tls_fault(cause, server) or _network_fault(cause, server):
            return fault
    if any(isinstance(cause, TimeoutError | SMTPTimeoutError) for cause in causes):
        return ChannelError(
            Fault.PORT,
            f"{server} did not answer in time. Check the connection to the internet, and the server's port.",
        )
    return ChannelError(Fault.CLOSED, f"{server} closed the connection.")


def _tls_fault(cause: BaseException, server: Server) -> ChannelError | None:
    if isinstance(cause, ssl.SSLCertVerificationError):
        return ChannelError(
            Fault.CERTIFICATE,
            f"The certificate of {server} is not valid ({quoted(cause.verify_message)}), so nothing was sent "
            "there. Check the server's name and this computer's date; otherwise whoever runs the server has "
            "to renew the certificate.",
        )
    if isinstance(cause, ssl.SSLEOFError | ssl.SSLZeroReturnError):
        return ChannelError(Fault.CLOSED, f"{server} closed the connection.")
    if isinstance(cause, ssl.SSLError):
        other = "STARTTLS" if server.security is Security.TLS else "TLS"
        return ChannelError(
            Fault.TLS,
            f"No encrypted connection to {server} could be made ({quoted(cause.reason or str(cause))}), so "
            f"nothing was sent there. Check the port, or choose {other} in the channel's settings.",
        )
    return None


def _network_fault(cause: BaseException, server: Server) -> ChannelError | None:
    match cause:
        case socket.gaierror():
            return ChannelError(
                Fault.NAME,
                f"The server name {server.host} was not found. Check the connection to the internet, and the "
                "name in the channel's settings.",
            )
        case ConnectionRefusedError():
            return ChannelError(
                Fault.PORT,
                f"Nothing answers at {server}. Check the port in the channel's settings, and whether the "
                "server is down.",
            )
        case OSError(errno=int(), strerror=str(reason)) if not isinstance(
            cause, TimeoutError | ConnectionError
        ):
            return ChannelError(
                Fault.PORT,
                f"{server} cannot be reached ({quoted(reason)}). Check the connection to the internet.",
            )
        case _:
            return None


def reply_words(code: int, text: str) -> str:
    """A server's reply fit to be shown: “its words” (550), on one line and not too long."""
    words = quoted(text.encode("utf-8", "surrogateescape"), most=300)
    return f"“{words}” ({code})" if words else f"code {code}"


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The exception and what caused it, the outermost first."""
    seen: BaseException | None = error
    for _ in range(10):
        if seen is None:
            return
        yield seen
        seen = seen.__cause__ or seen.__context__
