"""The OpenAPI schema: descriptions, tags, and the problems that each route may return."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from pydantic.json_schema import models_json_schema

from edge.problems import MEDIA_TYPE
from edge.schemas import FieldError, Problem

type Responses = dict[int | str, dict[str, Any]]

TITLE = "Habit Tracker"
DESCRIPTION = """\
Keeps habits, counts the days they were done, and reminds.

Register, or sign in, at `/v1/auth/…`; send the `access_token` as `Authorization: Bearer …`; refresh
it before its 15 minutes are over. Days are `YYYY-MM-DD` in the person's own time zone, moments are
RFC 3339 in UTC, ids are UUIDs. A write may carry an `Idempotency-Key`: repeated within 24 hours, it
gets the same response and happens once. Every response has an `X-Request-ID`.

Errors are `application/problem+json`: `reason` is for programs, `detail` for people.
"""
TAGS = [
    {"name": "accounts", "description": "Accounts, sign-in and sessions."},
    {"name": "habits", "description": "Habits with their goals, schedules and reminders."},
    {"name": "check-ins", "description": "What was done on which day, changes and undo."},
    {"name": "progress", "description": "Streaks, completion, strength, and today's list."},
    {"name": "pauses", "description": "Days that do not count: holidays, illness."},
    {"name": "analytics", "description": "Summaries, reports and recommendations."},
    {"name": "notifications", "description": "Telegram, quiet hours, and what was sent."},
    {"name": "webhooks", "description": "Events posted to addresses of your own."},
    {"name": "data", "description": "Export and import."},
    {"name": "changes", "description": "What has changed, for clients that keep a copy."},
    {"name": "calendar", "description": "Reminders and due days in a calendar app."},
    {"name": "quick links", "description": "Addresses that check one habit in with one tap."},
    {"name": "operations", "description": "Health and metrics, for operators."},
]
_REQUEST_INVALID = (
    (
        422,
        "REQUEST_INVALID",
        "The request cannot be read: `colour` is not a field of this request.",
    ),
)
_SCHEMA_REF = "#/components/schemas/{model}"


def refusals(*cases: tuple[int, str, str]) -> Responses:
    """Return OpenAPI responses for refusals: `refused((409, "HABIT_ARCHIVED", "The habit …"))`."""
    statuses = {status for status, _, _ in cases}
    responses: Responses = {}
    for status, reason, detail in (*cases, *(_REQUEST_INVALID if 422 in statuses else ())):
        response = responses.setdefault(
            status,
            {
                "description": HTTPStatus(status).phrase,
                "content": {
                    MEDIA_TYPE: {
                        "schema": {"$ref": _SCHEMA_REF.format(model=Problem.__name__)},
                        "examples": {},
                    }
                },
            },
        )
        response["content"][MEDIA_TYPE]["examples"][reason] = {
            "value": _example(status, reason, detail)
        }
    return responses


def _example(status: int, reason: str, detail: str) -> Mapping[str, Any]:
    example: dict[str, Any] = {
        "type": "/problems/" + reason.lower().replace("_", "-"),
        "title": reason.replace("_", " ").capitalize(),
        "status": status,
        "detail": detail,
        "instance": "/v1/…",
        "reason": reason,
        "metadata": {},
        "request_id": "0198c3f2-7d5e-7c11-9f6a-3a5b8c1d2e4f",
    }
    if status == 422:
        example["errors"] = [{"field": "…", "message": "…"}]
    return example


COMMON_REFUSALS: Responses = refusals(
    *_REQUEST_INVALID,
    (413, "BODY_TOO_LARGE", "The body is too large. Send less at once."),
    (415, "BODY_COMPRESSED", "The body is compressed. Send it without Content-Encoding."),
    (429, "TOO_MANY_REQUESTS", "Too many requests in a short time. Wait as Retry-After says."),
    (503, "SERVICE_UNAVAILABLE", "A part of the service does not answer. Try again in a moment."),
    (504, "DEADLINE_EXCEEDED", "The answer took too long. Try again in a moment."),
)
"""Errors that any route may return; `app` adds them to all routes."""
UNAUTHENTICATED = refusals(
    (401, "ACCESS_TOKEN_MISSING", "The call needs an access token. Sign in and send it."),
    (401, "ACCESS_TOKEN_EXPIRED", "The access token has expired. Refresh it."),
)
"""Errors of routes that need an access token: `Router(responses=SIGNED_IN)`."""


def operation_id(route: APIRoute) -> str:
    """Return the function's name as operation id, so that generated clients read well."""
    return route.name


def install_schema(app: FastAPI) -> None:
    """Replace the app's schema function by one that adds the `Problem` schema."""

    def schema() -> dict[str, Any]:
        if app.openapi_schema is None:
            made = get_openapi(
                title=app.title,
                version=app.version,
                description=app.description,
                tags=app.openapi_tags,
                routes=app.routes,
            )
            problem_schemas = models_json_schema(
                [(Problem, "serialization"), (FieldError, "serialization")],
                ref_template=_SCHEMA_REF,
            )[1]["$defs"]
            made.setdefault("components", {}).setdefault("schemas", {}).update(problem_schemas)
            _drop_invalid_defaults(made)
            app.openapi_schema = made
        return app.openapi_schema

    app.openapi = schema  # type: ignore[method-assign]  # FastAPI's own way to extend it


def _drop_invalid_defaults(schema: dict[str, Any]) -> None:
    """Drop the default of days that can be left out: it is empty, and no day."""
    for operations in schema["paths"].values():
        for operation in operations.values():
            for parameter in operation.get("parameters", ()):
                shape = parameter["schema"]
                if shape.get("format") == "date" and shape.get("default") == "":
                    del shape["default"]
