-- Enters a session in its user's index and refreshes the index (S6). A later activity is never overwritten by an earlier one.
-- KEYS the user's index
-- ARGV ttl (s), session id, last activity (epoch ms)
local index = KEYS[1]
local ttl, session_id, last_activity = unpack(ARGV)
redis.call('ZADD', index, 'GT', last_activity, session_id)
redis.call('EXPIRE', index, ttl)
