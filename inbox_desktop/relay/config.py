"""How a relay is set up: where it listens, where its data lies, its address on the internet, its limits."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from inbox_desktop.models.errors import InboxError
from inbox_desktop.models.hosts import is_loopback

DEFAULT_HOST: Final = "127.0.0.1"
DEFAULT_PORT: Final = 8765
_POSTGRESQL: Final = re.compile(r"postgres(ql)?(\+psycopg)?://")


class RelayError(InboxError):
    """The relay cannot work as it was told to. The text says why, what was kept, what to do."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one visitor or one internet address may ask for.

    Addresses on loopback have no limits of their own while `loopback_is_free`; visitors always have theirs.
    """

    messages_per_minute: float = 30
    messages_at_once: float = 10
    frames_per_minute: float = 300
    """Of all kinds (typing, seen, ...), by a visitor's sockets."""
    files_per_hour: float = 20
    files_per_hour_and_address: float = 100
    transcripts_per_hour: float = 3
    """By a visitor; and as many again by an address."""
    new_visitors_per_minute: float = 10
    requests_per_minute: float = 300
    sockets_per_visitor: int = 10
    sockets_per_address: int = 50
    loopback_is_free: bool = True

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """What can be set, as it is written on the command line: "messages-per-minute"."""
        return tuple(one.name.replace("_", "-") for one in fields(cls) if one.name != "loopback_is_free")

    @classmethod
    def of(cls, settings: Sequence[str]) -> Limits:
        """The limits with some changed by "messages-per-minute=60".

        Raises:
            RelayError: there is no such limit, or it is no number from 1.
        """
        changed: dict[str, Any] = {}
        for setting in settings:
            name, _, number = (part.strip() for part in setting.partition("="))
            if name not in cls.names():
                raise RelayError(
                    f"--limit {setting}: there is no such limit. There are: {', '.join(cls.names())}. "
                    "Nothing was started."
                )
            if not re.fullmatch(r"[1-9]\d{0,6}", number, re.ASCII):
                raise RelayError(
                    f"--limit {setting} is not understood. Write a whole number from 1, as in {name}=60. "
                    "Nothing was started."
                )
            changed[name.replace("-", "_")] = int(number)
        return cls(**changed)


@dataclass(frozen=True, slots=True)
class RelayConfig:
    """A relay's set-up. Make it with `checked`.

    `database` is a PostgreSQL URL, or "" for SQLite in the data folder. `public_url` is how visitors and
    providers reach it, without a slash at the end. `proxies` are the addresses (or networks) whose
    X-Forwarded-For and X-Forwarded-Proto are believed.
    """

    data: Path
    database: str = ""
    host: str = DEFAULT_HOST
    port: int = DEFAULT_PORT
    public_url: str = ""
    tls_cert: Path | None = None
    tls_key: Path | None = None
    proxies: tuple[str, ...] = ()
    limits: Limits = field(default_factory=Limits)

    @property
    def is_postgresql(self) -> bool:
        """Whether the database is PostgreSQL, which several relay processes may share."""
        return bool(self.database)

    @property
    def sqlite_file(self) -> Path:
        """Where the database lies without PostgreSQL."""
        return self.data / "relay.db"

    @property
    def own_url(self) -> str:
        """The address for people: the public one, else where it listens."""
        if self.public_url:
            return self.public_url
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self.tls_cert else 'http'}://{host}:{self.port}"

    @property
    def limits_in_force(self) -> Limits:
        """The limits of this set-up.

        A relay with an address on the internet has visitors; a proxy that was not declared makes all of them
        come from loopback, which then must not be free.
        """
        if is_loopback(urlsplit(self.own_url).hostname or ""):
            return self.limits
        return replace(self.limits, loopback_is_free=False)

    def checked(self) -> RelayConfig:
        """This set-up, when it can be used.

        Raises:
            RelayError: what is wrong with it, in words.
        """
        if self.database and not _is_postgresql_url(self.database):
            raise RelayError(
                "--database takes an address such as postgresql://user@host/name. "
                "Leave it out for SQLite in the data folder. Nothing was started."
            )
        if (self.tls_cert is None) != (self.tls_key is None):
            raise RelayError("--tls-cert and --tls-key belong together: give both. Nothing was started.")
        for what in (self.tls_cert, self.tls_key):
            if what is not None and not what.is_file():
                raise RelayError(f"{what} is not there or no file. Nothing was started.")
        for proxy in self.proxies:
            _check_proxy(proxy)
        self._check_reach()
        self._check_public_url()
        return self

    def _check_reach(self) -> None:
        if is_loopback(self.host) or self.tls_cert is not None or self.proxies:
            return
        raise RelayError(
            f"The relay would listen on {self.host}:{self.port}, which other computers can reach, without "
            "encryption: anybody on the way could read what visitors write. Nothing was started. "
            "Give it a certificate (--tls-cert FILE --tls-key FILE), or put it behind a proxy that has one "
            "and name the proxy's address (--behind-proxy ADDRESS), or leave --listen out to use it on this "
            "computer only."
        )

    def _check_public_url(self) -> None:
        if not self.public_url:
            return
        try:
            parts = urlsplit(self.public_url)
            host, _port = parts.hostname or "", parts.port
        except ValueError:
            parts, host = urlsplit(""), ""
        plain = parts.scheme == "http" and is_loopback(host)
        extra = parts.username is not None or parts.query or parts.fragment or parts.path
        if not host or extra or not (parts.scheme == "https" or plain):
            raise RelayError(
                f"--public-url {self.public_url} can't be used: write https:// and the name by which "
                "visitors reach the relay, as in https://chat.shop.example, without a path. "
                "Nothing was started."
            )


def listen_address(text: str) -> tuple[str, int]:
    """Host and port of "HOST:PORT", "[V6]:PORT", "HOST" or ":PORT".

    Raises:
        RelayError: it is none of these.
    """
    match = re.fullmatch(r"(\[[0-9a-fA-F:.]+\]|[^:\[\]\s]*)(?::(\d{1,5}))?", text.strip(), re.ASCII)
    if match is None or match[1].isdigit() or int(match[2] or 0) > 65_535:
        raise RelayError(f"--listen {text} is no address. Write one such as {DEFAULT_HOST}:{DEFAULT_PORT}.")
    return match[1].strip("[]") or DEFAULT_HOST, int(match[2]) if match[2] else DEFAULT_PORT


def psycopg_url(url: str) -> str:
    """A PostgreSQL URL as SQLAlchemy wants it for psycopg 3."""
    return _POSTGRESQL.sub("postgresql+psycopg://", url, count=1)


def _is_postgresql_url(url: str) -> bool:
    try:
        return _POSTGRESQL.match(url) is not None and bool(make_url(psycopg_url(url)))
    except (ArgumentError, ValueError):  # the port is no number
        return False


def _check_proxy(text: str) -> None:
    try:
        network = ipaddress.ip_network(text, strict=False)
    except ValueError as error:
        raise RelayError(
            f"--behind-proxy {text} is no address. Write the proxy's own, as in 10.0.0.5 or 10.0.0.0/24."
        ) from error
    if network.prefixlen == 0:
        raise RelayError(
            f"--behind-proxy {text} would believe everybody. Write the proxy's own address, as in 10.0.0.5."
        )
