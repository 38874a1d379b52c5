"""The files of keys: the private signing key, and the public keys that every service reads."""

import logging
import os
import time
from pathlib import Path

from services.auth.domain.keys import SigningKey, key_set_with

_PRIVATE = 0o600
_PUBLIC = 0o644
_LOOK_SECONDS = 1.0
_log = logging.getLogger(__name__)


def make_keys(signing_key_file: Path, jwks_file: Path, *, rotate: bool = False) -> SigningKey:
    """Create the signing key and the JWKS, unless they exist.

    Args:
        signing_key_file: Read by auth alone.
        jwks_file: Read by every service.
        rotate: Create a new signing key all the same. The public keys of earlier ones stay, so that
            tokens they signed go on being good. A running auth notices the new key by itself.
    """
    there = signing_key_file.exists() and not rotate
    key = SigningKey.from_pem(signing_key_file.read_bytes()) if there else SigningKey.generate()
    known = jwks_file.read_text() if jwks_file.exists() else None
    # The public key first: a service must find the key of every token it gets.
    _write(jwks_file, key_set_with(key, known).encode(), _PUBLIC)
    if not there:
        _write(signing_key_file, key.to_pem(), _PRIVATE)
    return key


class SigningKeyFile:
    """The key to sign with. A new one in the file is taken over while tokens are being issued.

    Args:
        path: Where the private key is.
        activation_seconds: How long a new key waits before it signs, so that every service has
            read its public key by then.
    """

    def __init__(self, path: Path, *, activation_seconds: float) -> None:
        self._path = path
        self._activation_seconds = activation_seconds
        self._current = SigningKey.from_pem(path.read_bytes())
        self._next: SigningKey | None = None
        self._next_at = 0.0
        self._file_time = path.stat().st_mtime
        self._look_at = 0.0

    def key(self) -> SigningKey:
        """Return the key to sign with at this moment."""
        now = time.monotonic()
        if now >= self._look_at:
            self._look_at = now + _LOOK_SECONDS
            self._look(now)
        if self._next is not None and now >= self._next_at:
            self._current, self._next = self._next, None
            _log.info("signing with a new key", extra={"key_id": self._current.id})
        return self._current

    def _look(self, now: float) -> None:
        try:
            file_time = self._path.stat().st_mtime
            if file_time == self._file_time:
                return
            found = SigningKey.from_pem(self._path.read_bytes())
        except (OSError, ValueError) as error:
            _log.warning("the new signing key cannot be read", extra={"cause": str(error)})
            return
        self._file_time = file_time
        if found.id != self._current.id:
            self._next, self._next_at = found, now + self._activation_seconds


def _write(path: Path, content: bytes, mode: int) -> None:
    """Write a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:
        file.write(content)
        os.fsync(file.fileno())
    fresh.chmod(mode)
    fresh.replace(path)
