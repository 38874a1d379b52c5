"""Mutual TLS for gRPC: credentials from files that may be replaced, and the name of the peer."""

import logging
from typing import Any

import grpc

from chassis.errors import PermissionDenied
from chassis.tls_files import TlsFiles

_log = logging.getLogger(__name__)


class PeerNotAllowed(PermissionDenied):
    """The process that calls, by its certificate, may not call this method."""

    def __init__(self, peer_name: str, method: str) -> None:
        super().__init__(
            f"The process {peer_name or 'without a certificate'} may not call {method}. "
            "Call it as one that may.",
            peer_name=peer_name,
            method=method,
        )


def server_credentials(files: TlsFiles) -> grpc.ServerCredentials:
    """Return credentials that demand a client certificate of our CA.

    Files that were replaced are read at the next handshake; ones that cannot be read are logged,
    and the certificate before stays in use.
    """
    version = files.version()

    def changed() -> grpc.ServerCertificateConfiguration | None:
        nonlocal version
        try:
            found = files.version()
            if found == version:
                return None
            configuration = _server_configuration(files)
        except OSError as error:
            _log.error("TLS files cannot be read", extra={"cause": str(error)})
            return None
        version = found
        _log.info("TLS files were replaced")
        return configuration

    return grpc.dynamic_ssl_server_credentials(
        _server_configuration(files),
        changed,  # type: ignore[arg-type]  # None keeps what is in use; the stubs do not know
        require_client_authentication=True,
    )


def channel_credentials(files: TlsFiles) -> grpc.ChannelCredentials:
    """Return credentials that show our certificate and accept servers of our CA, by their name."""
    certificate, key, authority = files.read()
    return grpc.ssl_channel_credentials(authority, key, certificate)


def peer_name(context: Any) -> str:
    """Return the common name of the caller's certificate; empty for a call without one."""
    names = context.auth_context().get("x509_common_name", ())
    return names[0].decode() if names else ""


def is_local(listen: str) -> bool:
    """Return whether an address is reached from this machine only."""
    host = listen.rpartition(":")[0].strip("[]")
    return listen.startswith("unix:") or host in ("127.0.0.1", "::1", "localhost")


def _server_configuration(files: TlsFiles) -> grpc.ServerCertificateConfiguration:
    certificate, key, authority = files.read()
    return grpc.ssl_server_certificate_configuration([(key, certificate)], authority)
