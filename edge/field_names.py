"""Translates names of fields: services name those of gRPC messages, clients those of REST.

This is the one place that knows both. A refusal's `habit.reminders[0].local_time` becomes
`reminders[0].time`; in sentences and metadata the names are replaced too.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from fastapi.routing import APIRoute

from chassis.errors import Violation

_CONTAINERS = (
    "habit",
    "account",
    "pause",
    "preferences",
    "change",
    "set",
    "add",
    "style",
    "token",
    "quick_link",
    "webhook",
)
"""Messages that hold what REST has at the top of a body or path."""
_NAMES: Mapping[str, str] = {
    "local_time": "time",
    "check_in_date": "date",
    "due_date": "date",
    "today_date": "date",
    "report_date": "date",
    "snooze_minutes": "minutes",
    "changes": "items",
    "quiet_from": "quiet_hours.from",
    "quiet_to": "quiet_hours.to",
    "request_id": "Idempotency-Key",
    "etag": "If-Match",
    "device": "User-Agent",
    "archive_time": "archived_at",
    "width_px": "width",
    "format": "extension",
    "day_count": "days",
    "wait_duration": "wait",
    "registration": "register",
    "p256dh_key": "keys.p256dh",
    "auth_secret": "keys.auth",
    "push_subscription_id": "subscription_id",
    "since_time": "since",
}
_CONTAINER = re.compile(rf"(?<![a-z_])(?:{'|'.join(_CONTAINERS)})\.")
_STEP = re.compile(r"[a-z_][a-z0-9_]*")


def names_of(route: object) -> dict[str, str]:
    """Return what fields of gRPC messages are called in a route, where the names differ."""
    return dict(_NAMES) | dict(_aliases(route))


def rest_name(field: str, names: Mapping[str, str]) -> str:
    """Return a field's path as a client writes it."""
    inner = _CONTAINER.sub("", field)
    return _STEP.sub(lambda step: names.get(step[0], step[0]), inner)


def rest_text(text: str, fields: Mapping[str, str], names: Mapping[str, str]) -> str:
    """Return a sentence with the fields in it named as a client writes them.

    Args:
        text: A sentence or a value of the metadata.
        fields: Paths of fields that are wrong, and their names in REST.
        names: As from `names_of`.
    """
    for field in sorted(fields, key=len, reverse=True):
        text = re.sub(rf"(?<![\w.]){re.escape(field)}(?![\w\[])", fields[field], text)
    return re.sub(r"(?<![\w.'\"])[a-z]+_[a-z_]+\b", lambda word: names.get(word[0], word[0]), text)


def rest_metadata(
    metadata: Mapping[str, str], fields: Mapping[str, str], names: Mapping[str, str]
) -> dict[str, str]:
    """Return a refusal's metadata as a client writes it; its `field` as in `errors[].field`."""
    translated = {key: rest_text(value, fields, names) for key, value in metadata.items()}
    if "field" in metadata:
        whole = (rest for wire, rest in fields.items() if wire.endswith(metadata["field"]))
        translated["field"] = next(whole, rest_name(metadata["field"], names))
    return translated


def rest_violations(
    violations: Sequence[Violation], names: Mapping[str, str]
) -> tuple[dict[str, str], list[Violation]]:
    """Return the fields that are wrong with their names in REST, and the violations in REST."""
    fields = {it.field: rest_name(it.field, names) for it in violations if it.field}
    return fields, [
        Violation(fields.get(it.field, ""), rest_text(it.message, fields, names))
        for it in violations
    ]


def _aliases(route: object) -> Iterator[tuple[str, str]]:
    """Yield parameters and headers that REST names otherwise, as `from_date` is `from`."""
    if isinstance(route, APIRoute):
        for parameter in (*route.dependant.query_params, *route.dependant.header_params):
            if parameter.alias != parameter.name:
                yield parameter.name, parameter.alias
