"""Alembic asks here what to migrate."""

from chassis.migrate import run_migrations
from services.auth.tables import METADATA

run_migrations(METADATA)
