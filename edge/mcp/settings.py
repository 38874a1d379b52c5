"""Settings of the MCP server over stdio."""

from chassis.settings import ProcessSettings


class McpSettings(ProcessSettings, frozen=True, kw_only=True):
    """Settings of the MCP server that an assistant starts itself."""

    habits_url: str
    """Where the Habit Tracker is, such as `https://habits.example`."""
    habits_token: str
    """A personal token, as `POST /v1/me/tokens` creates it; its scopes are what the assistant may
    do."""
