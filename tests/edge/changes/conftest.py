"""An edge before a real habits service, and a person who uses it."""

from tests.edge.habits.conftest import ann, bob, edge, habits, habits_url

__all__ = ["ann", "bob", "edge", "habits", "habits_url"]
