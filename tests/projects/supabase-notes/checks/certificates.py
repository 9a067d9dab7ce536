"""Certificates like Supabase's, whose intermediate lacks the key usage that strict rules want.

Run with `python -m checks.certificates DIRECTORY`: writes root.crt, other.crt, server.crt and
server.key.
"""

import sys
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Issued = tuple[x509.Certificate, ec.EllipticCurvePrivateKey]


def issue(
    name: str, issuer: Issued | None, *, is_authority: bool, key_usage: bool = False
) -> Issued:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    issuer_key = issuer[1] if issuer else key
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer[0].subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .add_extension(x509.BasicConstraints(is_authority, None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), False
        )
    )
    if key_usage:
        signs = ["key_cert_sign", "crl_sign"]
        others = ["content_commitment", "key_encipherment", "data_encipherment", "key_agreement"]
        others += ["digital_signature", "encipher_only", "decipher_only"]
        usage = {**dict.fromkeys(signs, True), **dict.fromkeys(others, False)}
        builder = builder.add_extension(x509.KeyUsage(**usage), critical=True)
    if not is_authority:
        names = [x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))]
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return builder.sign(issuer_key, hashes.SHA256()), key


def pem(*certificates: x509.Certificate) -> bytes:
    return b"".join(c.public_bytes(serialization.Encoding.PEM) for c in certificates)


def main(directory: Path) -> None:
    root = issue("Root", None, is_authority=True, key_usage=True)
    intermediate = issue("Intermediate", root, is_authority=True)
    server, key = issue("localhost", intermediate, is_authority=False)
    other, _ = issue("Other", None, is_authority=True, key_usage=True)
    (directory / "root.crt").write_bytes(pem(root[0]))
    (directory / "other.crt").write_bytes(pem(other))
    (directory / "server.crt").write_bytes(pem(server, intermediate[0]))
    (directory / "server.key").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )


main(Path(sys.argv[1]))
