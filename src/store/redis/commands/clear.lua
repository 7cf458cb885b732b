-- Removes everything of a session, the running answer included: its owner is fenced from then on.
-- KEYS 1 session, 2 ids, 3 answer, 4 watchers, 5 text prefix
-- Gives the session's fields as they were, or nil where there was none.
-- @include session
local session = session_fields()
if not session[1] then return false end
local epoch = redis.call('HGET', KEYS[3], 'epoch')
redis.call('DEL', KEYS[1], KEYS[2], KEYS[3], KEYS[4])
if epoch then redis.call('DEL', KEYS[5] .. epoch) end
return session
