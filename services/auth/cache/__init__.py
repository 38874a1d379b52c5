"""The Redis room: sessions, sign-in codes, revoked sessions, and the counters of rate limits."""

from services.auth.cache.codes import SignInCodes
from services.auth.cache.connection import open_redis
from services.auth.cache.pending_sign_ins import PendingSignIns
from services.auth.cache.rate_limiter import RateLimiter
from services.auth.cache.sessions import Rotation, RotationOutcome, Sessions, StoredSession

__all__ = [
    "PendingSignIns",
    "RateLimiter",
    "Rotation",
    "RotationOutcome",
    "Sessions",
    "SignInCodes",
    "StoredSession",
    "open_redis",
]
