"""Refuses query parameters that a route does not have, so that a misspelled one is noticed."""

from collections.abc import Iterator

from fastapi import Depends, Request
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute

_REPEATED = "is given more than once"


async def _refuse_unknown_parameters(request: Request) -> None:
    """Refuse a request with a query parameter that its route does not have, or with one twice.

    Raises:
        RequestValidationError: It has such a parameter; the error names those that the route has.
    """
    if not request.scope["query_string"]:
        return
    known = _parameters_of(request.scope["route"])
    names = [name for name, _ in request.query_params.multi_items()]
    if unknown := next((name for name in names if name not in known), None):
        raise _error(unknown, f"is not a parameter of this request; {_in_words(known)}")
    if repeated := next((name for name in names if names.count(name) > 1), None):
        raise _error(repeated, _REPEATED)


require_known_query = Depends(_refuse_unknown_parameters)
"""A dependency of routers whose routes refuse query parameters that they do not have."""


def _error(name: str, message: str) -> RequestValidationError:
    return RequestValidationError([{"loc": ("query", name), "type": "value_error", "msg": message}])


def _in_words(known: tuple[str, ...]) -> str:
    return f"it has {', '.join(known)}" if known else "it has none"


def _parameters_of(route: APIRoute) -> tuple[str, ...]:
    """Return the names of a route's query parameters, in order."""
    return tuple(dict.fromkeys(_aliases(route.dependant)))


def _aliases(dependant: Dependant) -> Iterator[str]:
    for parameter in dependant.query_params:
        yield parameter.alias
    for inner in dependant.dependencies:
        yield from _aliases(inner)
