"""Scopes: what a restricted access token may do; and the services that may act for people."""

PERSON_SCOPES = frozenset(
    ("habits:read", "habits:write", "check_ins:write", "analytics:read", "account:read")
)
"""What a personal access token may be for, and a token with which a service acts for a person."""
SERVICE_SCOPES = frozenset(("export",))
"""What a service may ask for itself."""
ACTORS = frozenset(("telegram", "analytics", "notifications", "habits", "edge"))
"""The services that may exchange tokens, as their certificates name them; `telegram` is the bot."""
ACTORS_OF_PROCESSES = {"notifications": "telegram"}
"""Other actors that a process may exchange tokens for, by the name in its certificate."""
