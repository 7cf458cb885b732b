-- Gives a session its full TTL.
-- KEYS 1 session, 2 ids, 3 answer, 4 watchers, 5 text prefix
-- ARGV 1 ttl (s)
-- Gives the session's fields, or nil where there is no such session.
-- @include session
-- @include refresh
local session = session_fields()
if not session[1] then return false end
refresh(ARGV[1], redis.call('HGET', KEYS[3], 'epoch'))
return session
