"""An edge before a real auth, as of tests/edge/auth."""

from tests.edge.auth.conftest import auth, auth_database_url, edge

__all__ = ["auth", "auth_database_url", "edge"]
