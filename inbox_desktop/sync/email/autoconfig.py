"""Server settings from a domain's own autoconfig file (https://wiki.mozilla.org/Thunderbird:Autoconfiguration)."""

import re
import urllib.error
import urllib.request
from http.client import HTTPException, HTTPMessage
from typing import IO
from xml.etree import ElementTree as ET

from inbox_desktop.models.kinds import Security
from inbox_desktop.models.mail_settings import MailSettings, Server
from inbox_desktop.sync.tls import client_context

LARGEST_FILE = 65_536
_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+")
_SECURITY = {"SSL": Security.TLS, "STARTTLS": Security.STARTTLS}


class _UnsafeXmlError(ValueError):
    """The file declares a document type, and with it perhaps entities."""


class _NoDoctype(ET.TreeBuilder):
    """Builds the tree, and refuses what could make a small file grow or read other files."""

    def doctype(self, name: str, public: str | None, system: str | None) -> None:
        """Called by the parser at a document type declaration."""
        raise _UnsafeXmlError("a document type is not allowed")


class _StayHttps(urllib.request.HTTPRedirectHandler):
    """Follows redirects to https only."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        """None refuses it."""
        if not newurl.startswith("https://"):
            return None
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def autoconfig_urls(domain: str) -> tuple[str, str]:
    """Where a domain publishes its settings; the address itself is not told."""
    return (
        f"https://autoconfig.{domain}/mail/config-v1.1.xml",
        f"https://{domain}/.well-known/autoconfig/mail/config-v1.1.xml",
    )


def fetch(url: str, seconds: float) -> bytes | None:
    """The file at an https address, None if there is none. Blocks.

    Raises:
        ValueError: the address is no https address.
    """
    if not url.startswith("https://"):
        raise ValueError("settings are taken from https addresses only")
    opener = urllib.request.build_opener(
        urllib.request.HTTPSHandler(context=client_context()), _StayHttps, urllib.request.ProxyHandler()
    )
    opener.addheaders = [("Accept", "application/xml, text/xml")]
    try:
        with opener.open(url, timeout=seconds) as reply:
            content: bytes = reply.read(LARGEST_FILE + 1)
    except (OSError, HTTPException, ValueError):
        return None
    return content if len(content) <= LARGEST_FILE else None


def read_autoconfig(content: bytes, address: str) -> MailSettings | None:
    """The first encrypted IMAP and SMTP server of the file that take a password; None without both."""
    parser = ET.XMLParser(target=_NoDoctype())  # noqa: S314 - no document type, so no entities
    try:
        parser.feed(content)
        root = parser.close()
    except (ET.ParseError, ValueError, LookupError):
        return None
    if root.tag != "clientConfig":
        return None
    imap = _first_server(root, "incomingServer", "imap", address)
    smtp = _first_server(root, "outgoingServer", "smtp", address)
    if imap is None or smtp is None:
        return None
    return MailSettings(imap[0], smtp[0], imap[1])


def _first_server(root: ET.Element, tag: str, kind: str, address: str) -> tuple[Server, str] | None:
    for element in root.iterfind(f"emailProvider/{tag}"):
        if element.get("type") != kind:
            continue
        host = _filled(element.findtext("hostname", ""), address).lower().rstrip(".")
        port = element.findtext("port", "").strip()
        security = _SECURITY.get(element.findtext("socketType", "").strip())
        user = _filled(element.findtext("username", "%EMAILADDRESS%"), address)
        is_port = port.isascii() and port.isdigit() and len(port) <= 5 and 0 < int(port) < 65_536
        if security is None or not is_port or not _HOST.fullmatch(host) or not user.isprintable():
            continue
        return Server(host, int(port), security), user
    return None


def _filled(text: str, address: str) -> str:
    local, _, domain = address.rpartition("@")
    for name, value in (("EMAILADDRESS", address), ("EMAILLOCALPART", local), ("EMAILDOMAIN", domain)):
        text = text.replace(f"%{name}%", value)
    return text.strip()
