"""Makes a private CA and certificates: `python -m chassis.certificates FOLDER NAME…`.

FOLDER/ca holds the CA with its key, which no process needs; FOLDER/NAME holds what the process NAME
needs: `tls.pem`, `tls.key`, `ca.pem`. Run again, it renews certificates that are in the last third
of their life, or all of them with `--renew`; processes take up new files without a restart. With
`--hourly` it does so every hour, and `--check` says by its exit code whether a renewal is overdue.
"""

import argparse
import os
import sys
import time
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

CA_LIFETIME = timedelta(days=3650)
LIFETIME = timedelta(days=90)

EXIT_OK, EXIT_OVERDUE = 0, 1

_CLOCK_SKEW = timedelta(minutes=5)
_HOUR_SECONDS = 3600
_OVERDUE = timedelta(days=1)


def make_certificates(
    folder: Path,
    names: Collection[str],
    *,
    renew: bool = False,
    lifetime: timedelta = LIFETIME,
    now: datetime | None = None,
) -> list[str]:
    """Make the CA where there is none, and the certificates that are missing or soon expire.

    Args:
        folder: Gets one folder for the CA and one for each name.
        names: The processes; each name is a DNS name of its certificate.
        renew: Replace certificates that are still good for long.
        lifetime: How long a new certificate is valid.
        now: The time of the signature; the present when left out.

    Returns:
        The names whose certificate is new.
    """
    now = now or datetime.now(UTC)
    authority, authority_key = _authority(folder / "ca", now)
    made = []
    for name in names:
        file = folder / name / "tls.pem"
        if not renew and file.exists() and not _expires_soon(file, now):
            continue
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = _sign(name, key, authority, authority_key, now, lifetime)
        _write(folder / name / "ca.pem", authority.public_bytes(serialization.Encoding.PEM))
        _write(folder / name / "tls.key", _pem(key))
        _write(file, certificate.public_bytes(serialization.Encoding.PEM))
        made.append(name)
    return made


def overdue_certificates(
    folder: Path, names: Collection[str], *, now: datetime | None = None
) -> list[str]:
    """Return the names whose certificate is missing, or should have been renewed a day ago."""
    now = now or datetime.now(UTC)
    files = {name: folder / name / "tls.pem" for name in names}
    return [
        name
        for name, file in files.items()
        if not file.exists() or _expires_soon(file, now - _OVERDUE)
    ]


def _authority(folder: Path, now: datetime) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    """Return the CA's certificate and key, made where they are missing."""
    if (folder / "ca.pem").exists():
        key = serialization.load_pem_private_key((folder / "ca.key").read_bytes(), password=None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise TypeError(f"{folder / 'ca.key'} is not a key that this command made.")
        return x509.load_pem_x509_certificate((folder / "ca.pem").read_bytes()), key
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name("habit-tracker CA")
    certificate = (
        _builder(name, name, key, now, CA_LIFETIME)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(signs_certificates=True), critical=True)
        .sign(key, hashes.SHA256())
    )
    _write(folder / "ca.key", _pem(key))
    _write(folder / "ca.pem", certificate.public_bytes(serialization.Encoding.PEM))
    return certificate, key


def _sign(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    authority: x509.Certificate,
    authority_key: ec.EllipticCurvePrivateKey,
    now: datetime,
    lifetime: timedelta,
) -> x509.Certificate:
    """Return a certificate for a process: as a server under its name, and as a client."""
    names = [x509.DNSName(name), x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))]
    usages = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
    return (
        _builder(_name(name), authority.subject, key, now, lifetime)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage(usages), critical=False)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(authority_key, hashes.SHA256())
    )


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    now: datetime,
    lifetime: timedelta,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _CLOCK_SKEW)
        .not_valid_after(now + lifetime)
    )


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _expires_soon(file: Path, now: datetime) -> bool:
    """Return whether a certificate is in the last third of its life."""
    certificate = x509.load_pem_x509_certificate(file.read_bytes())
    begin, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    return now > end - (end - begin) / 3


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _write(file: Path, content: bytes) -> None:
    """Write a file atomically, readable by its owner only."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as output:
        output.write(content)
    draft.replace(file)


def main(arguments: Sequence[str]) -> int:
    """Make, renew or check certificates as the command line asks; return the exit code."""
    parser = argparse.ArgumentParser("python -m chassis.certificates")
    parser.add_argument("folder", type=Path, help="where they are kept")
    parser.add_argument("names", nargs="+", help="of processes, e.g. edge auth habits")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--renew", action="store_true", help="all, not only those that soon expire")
    how.add_argument("--hourly", action="store_true", help="go on, and look every hour")
    how.add_argument("--check", action="store_true", help="make none; fail if one is overdue")
    options = parser.parse_args(list(arguments))
    if options.check:
        overdue = overdue_certificates(options.folder, options.names)
        sys.stdout.write(f"overdue: {', '.join(overdue) or 'none'}\n")
        return EXIT_OVERDUE if overdue else EXIT_OK
    while True:
        made = make_certificates(options.folder, options.names, renew=options.renew)
        sys.stdout.write(f"new: {', '.join(made) or 'none'}\n")
        sys.stdout.flush()
        if not options.hourly:
            return EXIT_OK
        time.sleep(_HOUR_SECONDS)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
