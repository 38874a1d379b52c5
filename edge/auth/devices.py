"""The client of a request in words, such as `Firefox on Linux`, and its address."""

from functools import lru_cache

from fastapi import Request
from ua_parser import parse

_MAX_LENGTH = 80


def device_of(request: Request) -> str:
    """Return the client in words; the first product that it names when it is no browser we know."""
    return _in_words(request.headers.get("user-agent", "")[:512])


def address_of(request: Request) -> str:
    """Return the network address of the client; empty when unknown."""
    return request.client.host if request.client else ""


@lru_cache(maxsize=1_000)
def _in_words(user_agent: str) -> str:
    found = parse(user_agent)
    browser = found.user_agent.family if found.user_agent else ""
    system = found.os.family if found.os else ""
    words = " on ".join(filter(None, (browser, system)))
    return (words or user_agent.partition(" ")[0].partition("/")[0])[:_MAX_LENGTH]
