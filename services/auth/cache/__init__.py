"""The Redis room: sessions, and counters of failed sign-in attempts."""

from services.auth.cache.connection import open_redis
from services.auth.cache.login_limiter import LoginLimiter, LoginLimits
from services.auth.cache.sessions import Rotation, RotationOutcome, Sessions

__all__ = ["LoginLimiter", "LoginLimits", "Rotation", "RotationOutcome", "Sessions", "open_redis"]
