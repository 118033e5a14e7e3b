"""The world's faults in words: each names what happened, what was kept and what to do."""

from __future__ import annotations

import errno
import socket
import ssl

import pytest

from inbox_desktop.models.mail_settings import Server
from inbox_desktop.sync.errors import Fault, closed_error, connection_error, quoted, stripped_error

SERVER = Server("imap.shop.example", 993)


def certificate_error(code: int) -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError(1, "certificate verify failed")
    error.verify_code, error.verify_message = code, "something odd"
    return error


@pytest.mark.parametrize(
    ("error", "fault", "words", "person"),
    [
        (socket.gaierror(socket.EAI_NONAME, "Name or service not known"), Fault.NAME, "not found", False),
        (ConnectionRefusedError(errno.ECONNREFUSED, "refused"), Fault.PORT, "Nothing answers", False),
        (TimeoutError("timed out"), Fault.PORT, "in time", False),
        (OSError(errno.ENETUNREACH, "Network is unreachable"), Fault.PORT, "Network is unreachable", False),
        (ConnectionResetError(errno.ECONNRESET, "reset"), Fault.CLOSED, "closed the connection", False),
        (BrokenPipeError(errno.EPIPE, "pipe"), Fault.CLOSED, "closed the connection", False),
        (ssl.SSLEOFError(8, "EOF occurred"), Fault.CLOSED, "closed the connection", False),
        (certificate_error(10), Fault.CERTIFICATE, "has expired", True),
        (certificate_error(62), Fault.CERTIFICATE, "another name", True),
        (certificate_error(20), Fault.CERTIFICATE, "somebody unknown", True),
        (certificate_error(23), Fault.CERTIFICATE, "something odd", True),
    ],
)
def test_what_it_means(error: OSError, fault: Fault, words: str, person: bool) -> None:
    said = connection_error(error, SERVER)
    assert said.fault is fault
    assert said.needs_person is person
    assert words in str(said)
    assert "imap.shop.example" in str(said)
    assert "kept" in str(said)


def test_every_fault_says_what_was_kept_and_names_the_server() -> None:
    for said in (closed_error(SERVER), stripped_error(SERVER)):
        assert "kept" in str(said)
        assert "imap.shop.example" in str(said)


def test_words_of_a_server_are_quoted_safely() -> None:
    assert quoted(b"bad\r\nthing\x1b[31m \xff") == "bad thing [31m �"
    assert len(quoted("x" * 5_000)) == 200
