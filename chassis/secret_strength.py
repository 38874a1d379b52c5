"""Whether a secret is long and random enough for production: `openssl rand -hex 32` always is."""

import itertools
import re

MIN_LENGTH = 16
"""Characters. Sixteen random hexadecimal digits are 64 bits."""
MIN_DISTINCT = 8
"""Different characters: fewer are a repeated pattern, such as `aaaa…` or `abcabc…`."""

_COMMON_WORDS = re.compile(
    "development|default|secret|password|passwort|passwd|change|example|habit|tracker|letmein"
    "|qwerty|admin|postgres|redis|valkey|rabbit|guest|production|token|demo|insecure|replace|"
    "correct|horse|battery|staple"
)
_MAX_RUN = 7
_WAY_OUT = "Make one with: openssl rand -hex 32."


def weakness(secret: str) -> str | None:
    """Return in one sentence why a secret is too weak for production, or None if it is not."""
    if len(secret) < MIN_LENGTH:
        return f"is shorter than {MIN_LENGTH} characters. {_WAY_OUT}"
    if len(set(secret)) < MIN_DISTINCT or _repeats(secret):
        return f"repeats the same few characters and can be guessed. {_WAY_OUT}"
    if _longest_run(secret) > _MAX_RUN:
        return f"is a sequence, such as 12345678, and can be guessed. {_WAY_OUT}"
    if _COMMON_WORDS.search(secret.lower()):
        return f"contains a common word and can be guessed. {_WAY_OUT}"
    return None


def _repeats(secret: str) -> bool:
    """Return whether the secret is one part of at most half its length, repeated."""
    return secret in (secret + secret)[1:-1]


def _longest_run(secret: str) -> int:
    """Return the length of the longest run of equal or neighboring characters, as `3456` or `dcb`.

    A random text of hexadecimal digits has runs of two or three.
    """
    longest = run = 1
    step: int | None = None
    for before, after in itertools.pairwise(secret):
        difference = ord(after) - ord(before)
        if abs(difference) <= 1 and difference == step:
            run += 1
        elif abs(difference) <= 1:
            step, run = difference, 2
        else:
            step, run = None, 1
        longest = max(longest, run)
    return longest
