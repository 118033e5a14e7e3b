"""Finding the servers of an address, without asking anybody outside this computer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox_desktop.models.kinds import Security
from inbox_desktop.models.mail_settings import MailSettings, Server, insecure_reason
from inbox_desktop.sync.email.autoconfig import autoconfig_urls, fetch, read_autoconfig
from inbox_desktop.sync.email.discovery import _answers, discover
from inbox_desktop.sync.email.providers import _PROVIDERS, find_provider
from tests.support.dovecot import Dovecot, free_port
from tests.support.smtp_server import SmtpServer
from tests.support.tls import TestAuthority

CONFIG = """<?xml version="1.0"?>
<clientConfig version="1.1"><emailProvider id="shop.example">
  <incomingServer type="pop3"><hostname>pop.shop.example</hostname><port>995</port>
    <socketType>SSL</socketType></incomingServer>
  <incomingServer type="imap"><hostname>plain.shop.example</hostname><port>143</port>
    <socketType>plain</socketType></incomingServer>
  <incomingServer type="imap"><hostname>Imap.%EMAILDOMAIN%</hostname><port>993</port>
    <socketType>SSL</socketType><username>%EMAILLOCALPART%</username></incomingServer>
  <outgoingServer type="smtp"><hostname>smtp.shop.example</hostname><port>587</port>
    <socketType>STARTTLS</socketType></outgoingServer>
</emailProvider></clientConfig>"""


async def nothing(_url: str) -> bytes | None:
    return None


async def nobody(_server: Server) -> bool:
    return False


async def not_asked(_what: object) -> None:
    raise AssertionError("nobody should be asked")


async def test_a_large_provider_is_known_without_asking_anybody() -> None:
    found = await discover("Ana@GMail.com ", not_asked, not_asked)  # type: ignore[arg-type]
    assert found.settings == MailSettings(
        Server("imap.gmail.com", 993), Server("smtp.gmail.com", 465), "Ana@GMail.com"
    )
    assert found.source == "provider"
    assert "app password" in found.note


@pytest.mark.parametrize(
    ("address", "imap", "user"),
    [
        ("a.b@free.fr", "imap.free.fr", "a.b"),
        ("a@firma.onmicrosoft.com", "outlook.office365.com", "a@firma.onmicrosoft.com"),
        ("a@gmx.de", "imap.gmx.net", "a@gmx.de"),
        ("a@online.de", "imap.1und1.de", "a@online.de"),
        ("a@ionos.co.uk", "imap.ionos.co.uk", "a@ionos.co.uk"),
        ("a.b@o2.pl", "poczta.o2.pl", "a.b"),
        ("a@naver.com", "imap.naver.com", "a@naver.com"),
        ("a@proton.me", "127.0.0.1", "a@proton.me"),
    ],
)
async def test_providers(address: str, imap: str, user: str) -> None:
    found = await discover(address, not_asked, not_asked)  # type: ignore[arg-type]
    assert found.settings is not None
    assert found.settings.imap is not None
    assert (found.settings.imap.host, found.settings.user) == (imap, user)


async def test_a_provider_without_imap_says_so() -> None:
    found = await discover("a@tuta.com", not_asked, not_asked)  # type: ignore[arg-type]
    assert found.settings is None
    assert "no IMAP" in found.note


def test_the_table_is_sound() -> None:
    seen: set[str] = set()
    for provider in _PROVIDERS:
        settings = provider.settings(f"a@{provider.domains.split()[0]}")
        assert settings.imap is not None
        for server in (settings.imap, settings.smtp):
            assert insecure_reason(server) is None
            assert server.security is not Security.NONE
        assert "{" not in provider.advice
        for domain in provider.domains.split():
            assert domain == domain.lower()
            assert domain not in seen
            seen.add(domain)
            assert find_provider(domain) is provider


async def test_the_domains_own_file_is_used() -> None:
    asked = []

    async def fetch_file(url: str) -> bytes | None:
        asked.append(url)
        return CONFIG.encode() if ".well-known" in url else None

    found = await discover("ana@shop.example", fetch_file, nobody)
    assert found.source == "domain"
    assert found.settings == MailSettings(
        Server("imap.shop.example", 993),
        Server("smtp.shop.example", 587, Security.STARTTLS),
        "ana",
    )
    assert asked == list(autoconfig_urls("shop.example"))
    assert not any("ana" in url for url in asked)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "no xml",
        "<other/>",
        '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + CONFIG.split("?>", 1)[1],
        '<!DOCTYPE clientConfig SYSTEM "file:///etc/passwd">' + CONFIG.split("?>", 1)[1],
        CONFIG.replace("STARTTLS", "plain"),
        CONFIG.replace("smtp.shop.example", "smtp.shop.example/../x"),
        CONFIG.replace("smtp.shop.example", "evil host"),
        CONFIG.replace("<port>587", "<port>99999"),
        CONFIG.replace("<port>587", "<port>٥٨٧"),
        CONFIG.replace('type="smtp"', 'type="odd"'),
        CONFIG.replace('version="1.0"', 'version="1.0" encoding="no-such"'),
    ],
)
def test_files_that_are_not_taken(content: str) -> None:
    assert read_autoconfig(content.encode(), "ana@shop.example") is None


@given(st.binary(max_size=400))
def test_any_bytes_are_survived(content: bytes) -> None:
    read_autoconfig(content, "ana@shop.example")
    read_autoconfig(CONFIG.encode()[:200] + content + CONFIG.encode()[200:], "ana@shop.example")


def test_files_come_over_https_only() -> None:
    for url in ("http://localhost/x", "file:///etc/passwd"):
        with pytest.raises(ValueError, match="https"):
            fetch(url, 1)
    assert fetch(f"https://127.0.0.1:{free_port()}/x", 1) is None


async def test_the_usual_names_are_tried_in_their_order() -> None:
    async def answers(server: Server) -> bool:
        return server.host == "mail.shop.example" or (server.host, server.port) == ("smtp.shop.example", 587)

    found = await discover("ana@shop.example", nothing, answers)
    assert found.source == "guess"
    assert found.settings is not None
    assert found.settings.imap == Server("mail.shop.example", 993)
    assert found.settings.smtp == Server("mail.shop.example", 465)


@pytest.mark.parametrize(
    "address", ["", "ana", "ana@", "@shop.example", "a b@shop.example", "ana@-", "ana@x/y.z"]
)
async def test_what_is_no_address_is_not_looked_up(address: str) -> None:
    found = await discover(address, not_asked, not_asked)  # type: ignore[arg-type]
    assert found.settings is None
    assert "no e-mail address" in found.note


async def test_when_nothing_is_found_the_note_says_what_to_do() -> None:
    found = await discover("ana@shop.example", nothing, nobody)
    assert (found.settings, found.source) == (None, "")
    assert "shop.example" in found.note


async def test_only_mail_servers_with_valid_certificates_answer(
    dovecot: Dovecot, trusted: TestAuthority
) -> None:
    assert await _answers(dovecot.server(Security.TLS))
    with SmtpServer(Security.TLS, trusted.valid()) as smtp:
        assert await _answers(smtp.server)
    with SmtpServer(Security.TLS, trusted.expired()) as smtp:
        assert not await _answers(smtp.server)
    with SmtpServer(Security.STARTTLS, trusted.valid()) as smtp:
        assert await _answers(smtp.server)
        assert not await _answers(Server("127.0.0.1", smtp.port, Security.TLS))
    assert not await _answers(Server("127.0.0.1", free_port(), Security.TLS))
