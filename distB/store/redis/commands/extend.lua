-- Gives a session its full TTL.
-- KEYS session, ids, answer, watchers, text prefix
-- ARGV ttl (s)
-- Gives the session's fields, or nil where there is no such session.
-- @include keys
-- @include session
-- @include refresh
local ttl = ARGV[1]
local session = stored_session()
if session then refresh(ttl, redis.call('HGET', ANSWER, 'epoch')) end
return session
