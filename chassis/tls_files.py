"""The files of mutual TLS between processes: a certificate, its key, and the CA of all peers."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class TlsFiles:
    """The PEM files of one process. They may be replaced while it runs."""

    certificate: Path
    key: Path
    authority: Path
    """Certificates of the CA; only peers whose certificate it signed are accepted."""

    def version(self) -> tuple[int, ...]:
        """Return what changes when a file is replaced."""
        files = (self.certificate, self.key, self.authority)
        return tuple(part for file in files for part in _identity(file))

    def read(self) -> tuple[bytes, bytes, bytes]:
        """Return the contents: certificate, key, authority."""
        return (
            self.certificate.read_bytes(),
            self.key.read_bytes(),
            self.authority.read_bytes(),
        )


def tls_files(folder: Path) -> TlsFiles:
    """Return the files in a process's folder, as `python -m chassis.certificates` names them."""
    return TlsFiles(folder / "tls.pem", folder / "tls.key", folder / "ca.pem")


def _identity(file: Path) -> tuple[int, int]:
    status = file.stat()
    return status.st_mtime_ns, status.st_ino
