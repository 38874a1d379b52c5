"""An edge before a real habits service, and a person who uses it."""

from tests.edge.data.conftest import ann, edge, habits, habits_url

__all__ = ["ann", "edge", "habits", "habits_url"]
