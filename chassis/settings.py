"""The environment as frozen settings. A missing or wrong variable stops the process at its start.

A setting is a field; its variable is the field's name in capitals:

    class AuthSettings(ServiceSettings, frozen=True, kw_only=True):
        access_token_lifetime: timedelta = timedelta(minutes=15)   # ACCESS_TOKEN_LIFETIME
"""

import os
import re
import types
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Union, get_args, get_origin
from urllib.parse import unquote, urlsplit, urlunsplit

import msgspec

from chassis.secret_strength import weakness
from chassis.tls_files import TlsFiles, tls_files

_SPAN = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?", re.IGNORECASE)
_SECRET = re.compile(r"(secret|password|token|secrets)$")
_CHOSEN_SECRET = re.compile(r"(secret|password)s?$")  # a token comes from somebody else


class SettingsError(Exception):
    """The environment cannot be used; the message names every variable that is wrong."""


class ProcessSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The settings of every process, the edge included."""

    production: bool = False
    """Refuses to start with secrets, and passwords in URLs, that are shorter than 16 characters or
    can be guessed. gRPC has no reflection, and `/metrics` is only where `METRICS_LISTEN` says."""
    tls_folder: Path | None = None
    """Where `tls.pem`, `tls.key` and `ca.pem` are, made by `python -m chassis.certificates`: gRPC
    over TCP is mutual TLS. When unset it is plaintext, as it always is over unix sockets."""
    log_level: str = "INFO"
    """`DEBUG`, `INFO`, `WARNING` or `ERROR`."""
    metrics_listen: str | None = None
    """`host:port` of this process's `/metrics`; none when unset."""
    otel_exporter_otlp_endpoint: str | None = None
    """Where traces are sent; nothing is traced when unset."""

    @property
    def tls_files(self) -> TlsFiles | None:
        """The files of mutual TLS; None for plaintext."""
        return tls_files(self.tls_folder) if self.tls_folder else None


class ServiceSettings(ProcessSettings, frozen=True, kw_only=True):
    """The settings of every service. A service adds its own; `redis_url: str` is one of those."""

    database_url: str
    """A libpq URL, `postgresql://user:password@host:5432/name`; the service keeps to its own
    schema."""
    amqp_url: str
    """`amqp://user:password@host:5672/vhost`."""
    jwks_file: Path
    """The public keys that access tokens are verified with, as JWKS."""
    redis_url: str | None = None
    """Where it is read which sessions have ended, `redis://:password@host:6379/0`; when unset, an
    access token goes on until it expires."""
    grpc_listen: str = "127.0.0.1:50051"
    """`host:port`, or `unix:/path`."""
    grpc_plaintext: bool = False
    """Allows plaintext on an address that other machines reach; it is warned of at the start."""
    amqp_prefix: str = ""
    """Put before the name of every exchange and queue, so that meshes can share a broker."""
    database_pool_size: int = 10
    """Connections for ordinary work (SQLAlchemy)."""
    database_hot_pool_size: int = 4
    """Connections for hot statements (asyncpg)."""
    statement_timeout: timedelta = timedelta(seconds=5)
    """After so long PostgreSQL cancels a statement."""


def read[S: msgspec.Struct](cls: type[S], environ: Mapping[str, str] | None = None) -> S:
    """Read the settings of a process from its environment. An empty variable counts as unset.

    Raises:
        SettingsError: Variables are missing or unreadable; the message names all of them.
    """
    environ = os.environ if environ is None else environ
    values: dict[str, Any] = {}
    errors: list[str] = []
    for field in msgspec.structs.fields(cls):
        variable = field.name.upper()
        text = environ.get(variable, "").strip()
        if text:
            try:
                values[field.name] = _value(text, field.type)
            except (msgspec.ValidationError, ValueError) as error:
                # The value itself stays out of the message: it may be a secret.
                errors.append(f"{variable} cannot be read: {error}.")
        elif field.required:
            errors.append(f"{variable} is missing. Set it to {_type_text(field.type)}.")
    if values.get("production"):
        errors += _weak_secrets(values)
    if errors:
        raise SettingsError("\n".join(errors))
    return cls(**values)


def _weak_secrets(values: Mapping[str, Any]) -> list[str]:
    """Return a sentence for each secret or URL password that production refuses."""
    errors = []
    for name, value in values.items():
        if not isinstance(value, str):
            continue
        what, secret = name.upper(), value if _CHOSEN_SECRET.search(name) else None
        if "://" in value:
            what, secret = f"The password in {name.upper()}", urlsplit(value).password
        if secret is not None and (reason := weakness(unquote(secret))):
            errors.append(f"{what} {reason}")
    return errors


def redacted(settings: msgspec.Struct) -> dict[str, str]:
    """Return the settings as text for a log line, without secrets and without URL passwords."""
    shown: dict[str, str] = {}
    for name, value in msgspec.structs.asdict(settings).items():
        text = "" if value is None else str(value)
        shown[name] = "***" if _SECRET.search(name) and text else _without_password(text)
    return shown


def _value(text: str, kind: Any) -> Any:
    """Return the text as a value of the field's type."""
    bare = _plain_type(kind)
    if bare in _READERS:
        return _READERS[bare](text)
    if get_origin(bare) is tuple:
        items = [item.strip() for item in text.split(",") if item.strip()]
        return msgspec.convert(items, bare, strict=False)
    return msgspec.convert(text, kind, strict=False)


def _span(text: str) -> timedelta:
    """Read `15m`, `1h30m`, `250ms`, `90` (seconds) or ISO 8601 `PT15M`."""
    if re.fullmatch(r"\d+(\.\d+)?", text):
        return timedelta(seconds=float(text))
    if text[:1] in "Pp":
        return msgspec.convert(text.upper(), timedelta)
    match = _SPAN.fullmatch(text)
    if not match:
        raise ValueError("a span looks like 15m, 1h30m, 250ms, PT15M or 90 (seconds)")
    days, hours, minutes, seconds, milliseconds = (int(part or 0) for part in match.groups())
    return timedelta(
        days=days, hours=hours, minutes=minutes, seconds=seconds, milliseconds=milliseconds
    )


def _path(text: str) -> Path:
    return Path(text).expanduser()


_READERS: dict[Any, Callable[[str], Any]] = {timedelta: _span, Path: _path}


def _plain_type(kind: Any) -> Any:
    """Return the type without `Annotated` and without `| None`."""
    if get_origin(kind) is Annotated:
        return _plain_type(get_args(kind)[0])
    if get_origin(kind) in (Union, types.UnionType):
        members = [member for member in get_args(kind) if member is not types.NoneType]
        return _plain_type(members[0]) if len(members) == 1 else kind
    return kind


def _type_text(kind: Any) -> str:
    """Return in words what a variable of this type holds."""
    bare = _plain_type(kind)
    words = {
        str: "a text",
        int: "a whole number",
        float: "a number",
        bool: "true or false",
        timedelta: "a span such as 15m",
        Path: "a path",
    }
    return words.get(bare, f"a {getattr(bare, '__name__', bare)}")


def _without_password(text: str) -> str:
    if "://" not in text:
        return text
    parts = urlsplit(text)
    if parts.password is None:
        return text
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{parts.username}:***@{host}"))
