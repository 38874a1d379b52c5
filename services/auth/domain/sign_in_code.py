"""Sign-in codes: 60 random bits, written so that a person can type them."""

import secrets

# Crockford's base 32: no I, L, O or U, which are mistaken for others.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MISTAKEN = str.maketrans("ILO", "110")
_GROUPS, _GROUP_LENGTH = 3, 4


def new_sign_in_code() -> str:
    """Return a code such as `4QMT-7WXP-2KDA`."""
    groups = (
        "".join(secrets.choice(_ALPHABET) for _ in range(_GROUP_LENGTH)) for _ in range(_GROUPS)
    )
    return "-".join(groups)


def read_sign_in_code(text: str) -> str:
    """Return a code as it was created, however it was typed; empty when it can be none."""
    letters = "".join(filter(str.isalnum, text.upper())).translate(_MISTAKEN)
    if len(letters) != _GROUPS * _GROUP_LENGTH or not set(letters) <= set(_ALPHABET):
        return ""
    size = _GROUP_LENGTH
    return "-".join(letters[at : at + size] for at in range(0, len(letters), size))
