"""The Lua scripts of sessions. Each makes one step of a session's life atomic.

Keys: `auth:session:ID` is a hash; `auth:sessions:ACCOUNT` a sorted set of session ids by last use;
`auth:revoked` a sorted set of ended sessions, by when the last access token of each has expired.
"""

# Refuses the access tokens of a session everywhere: stored for processes that start or missed the
# message, and published for those that run.
_REVOKE = """
local function revoke(id, ttl)
    local time = redis.call('TIME')
    local now = time[1] * 1000 + math.floor(time[2] / 1000)
    local expiry = string.format('%.0f', now + ttl)
    redis.call('ZREMRANGEBYSCORE', REVOKED, '-inf', string.format('%.0f', now))
    redis.call('ZADD', REVOKED, expiry, id)
    redis.call('PEXPIRE', REVOKED, ttl)
    redis.call('PUBLISH', CHANNEL, id .. ' ' .. expiry)
end
"""


def with_revoke(script: str, *, key: str, channel: str) -> str:
    """Return a script that may call `revoke(id, ttl_ms)`."""
    return _REVOKE.replace("REVOKED", f"'{key}'").replace("CHANNEL", f"'{channel}'") + script


CREATE = """
local session, index = KEYS[1], KEYS[2]
local id, account, salt, digest, device, place, now, ttl, most, prefix, token_ttl = unpack(ARGV)
redis.call('HSET', session, 'account', account, 'salt', salt, 'current', digest,
           'device', device, 'place', place, 'create_ms', now, 'use_ms', now)
redis.call('PEXPIRE', session, ttl)
redis.call('ZREMRANGEBYSCORE', index, '-inf', now - ttl)
redis.call('ZADD', index, now, id)
redis.call('PEXPIRE', index, ttl)
for _, old in ipairs(redis.call('ZRANGE', index, 0, -most - 1)) do
    redis.call('DEL', prefix .. old)
    redis.call('ZREM', index, old)
    revoke(old, token_ttl)
end
"""
ROTATE = """
local session, index = KEYS[1], KEYS[2]
local id, spent, successor, place, now, grace, ttl, absolute, token_ttl = unpack(ARGV)
local known = redis.call('HMGET', session, 'current', 'previous', 'use_ms', 'create_ms')
if not known[1] then return {'ended', 0} end
local left = known[4] + absolute - now
if left <= 0 then
    redis.call('DEL', session)
    redis.call('ZREM', index, id)
    revoke(id, token_ttl)
    return {'ended', 0}
end
if spent == known[1] then
    redis.call('HSET', session, 'previous', spent, 'current', successor, 'use_ms', now)
    if place ~= '' then redis.call('HSET', session, 'place', place) end
    redis.call('PEXPIRE', session, string.format('%.0f', math.min(ttl, left)))
    redis.call('ZADD', index, now, id)
    redis.call('PEXPIRE', index, ttl)
    return {'rotated', tonumber(now)}
end
if spent == known[2] and now - known[3] <= tonumber(grace) then
    return {'rotated', tonumber(known[3])}
end
redis.call('DEL', session)
redis.call('ZREM', index, id)
revoke(id, token_ttl)
return {'reused', 0}
"""
END = """
local session, index = KEYS[1], KEYS[2]
local id, token_ttl = unpack(ARGV)
redis.call('DEL', session)
redis.call('ZREM', index, id)
revoke(id, token_ttl)
"""
END_ALL = """
local index = KEYS[1]
local prefix, token_ttl, kept = unpack(ARGV)
for _, id in ipairs(redis.call('ZRANGE', index, 0, -1)) do
    if id ~= kept then
        redis.call('DEL', prefix .. id)
        redis.call('ZREM', index, id)
        revoke(id, token_ttl)
    end
end
"""
REVOKE = """
for at = 2, #ARGV do revoke(ARGV[at], ARGV[1]) end
"""
