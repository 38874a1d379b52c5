"""Alembic asks this file how to migrate the schema `analytics`."""

from chassis.migrate import run_migrations
from services.analytics.tables import METADATA

run_migrations(METADATA)
