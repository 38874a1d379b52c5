"""What the three monoliths share, so that they differ only in how they write."""

import os
import uuid
from pathlib import Path
from typing import Any

from fastapi import Request

from chassis.identity import TokenVerifier

SCHEMA = """
CREATE SCHEMA IF NOT EXISTS bench;
CREATE TABLE IF NOT EXISTS bench.habits (
    id uuid PRIMARY KEY, owner_id uuid NOT NULL, title text NOT NULL);
CREATE TABLE IF NOT EXISTS bench.days (
    habit_id uuid NOT NULL REFERENCES bench.habits ON DELETE CASCADE, day date NOT NULL,
    mark smallint NOT NULL, update_time timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (habit_id, day));
CREATE TABLE IF NOT EXISTS bench.outbox (
    id uuid PRIMARY KEY, type text NOT NULL, body bytea NOT NULL,
    create_time timestamptz NOT NULL DEFAULT now(), publish_time timestamptz);
"""
EVENT = "contracts.habits.v1.HabitCheckedIn"


def database_url() -> str:
    """Return the database to write to."""
    return os.environ["DATABASE_URL"]


def verifier() -> TokenVerifier:
    """Verify tokens as the mesh does, with the same cache."""
    return TokenVerifier(Path(os.environ["JWKS_FILE"]))


def owner_of(request: Request, verify: TokenVerifier) -> uuid.UUID:
    """Return who asks, by the bearer token."""
    return verify.verify(request.headers["authorization"].removeprefix("Bearer ")).id


def answer(habit_id: uuid.UUID, day: str) -> dict[str, Any]:
    """Return what every monolith answers."""
    return {"habit_id": str(habit_id), "date": day, "mark": "done"}
