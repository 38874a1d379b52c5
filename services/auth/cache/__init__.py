"""What Redis keeps: sessions, and counts of failed attempts."""

from services.auth.cache.attempts import Attempts, Limits
from services.auth.cache.connection import open_redis
from services.auth.cache.sessions import Outcome, Rotation, Sessions

__all__ = ["Attempts", "Limits", "Outcome", "Rotation", "Sessions", "open_redis"]
