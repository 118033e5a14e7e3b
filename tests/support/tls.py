"""A certificate authority for tests, and certificates that are valid, expired or made for another host."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class CertificateFiles:
    """Where a certificate and its key lie, both PEM."""

    certificate: Path
    key: Path


class TestAuthority:
    """Signs certificates for loopback servers. A client trusts it when SSL_CERT_FILE names `file`."""

    __test__ = False

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _name("Test authority")
        builder = _builder(self._name, self._name, self._key, datetime.now(UTC) - _DAY, 30 * _DAY)
        usage = x509.KeyUsage(
            digital_signature=True,
            key_cert_sign=True,
            crl_sign=True,
            content_commitment=False,
            key_encipherment=False,
            data_encipherment=False,
            key_agreement=False,
            encipher_only=False,
            decipher_only=False,
        )
        certificate = (
            builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(usage, critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(self._key.public_key()), critical=False)
            .sign(self._key, hashes.SHA256())
        )
        self.file = folder / "authority.pem"
        self.file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))

    def valid(self) -> CertificateFiles:
        """For localhost, 127.0.0.1 and ::1, good for a month."""
        return self._issue("valid", datetime.now(UTC) - _DAY, 30 * _DAY, ("localhost",))

    def expired(self) -> CertificateFiles:
        """For the same hosts, but it ended yesterday."""
        return self._issue("expired", datetime.now(UTC) - 30 * _DAY, 29 * _DAY, ("localhost",))

    def wrong_host(self) -> CertificateFiles:
        """In date, but for another server."""
        return self._issue(
            "wrong-host", datetime.now(UTC) - _DAY, 30 * _DAY, ("mail.example.org",), loopback=False
        )

    def _issue(
        self, name: str, begins: datetime, lasts: timedelta, hosts: tuple[str, ...], *, loopback: bool = True
    ) -> CertificateFiles:
        files = CertificateFiles(self._folder / f"{name}.pem", self._folder / f"{name}.key")
        if files.certificate.exists():
            return files
        key = ec.generate_private_key(ec.SECP256R1())
        names: list[x509.GeneralName] = [x509.DNSName(host) for host in hosts]
        if loopback:
            names += [x509.IPAddress(ipaddress.ip_address(address)) for address in ("127.0.0.1", "::1")]
        certificate = (
            _builder(_name(hosts[0]), self._name, key, begins, lasts)
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False
            )
            .sign(self._key, hashes.SHA256())
        )
        files.certificate.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        files.key.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        return files


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, begins: datetime, lasts: timedelta
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + lasts)
    )
