"""Whether the edge lives, whether everything it stands on answers, and what it counts."""

from edge.health.routes import router

__all__ = ["router"]
