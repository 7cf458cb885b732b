-- Removes everything of a session, the running answer included: its owner is fenced from then on.
-- KEYS session, ids, answer, watchers, text prefix
-- Gives { session's fields, watchers } as they were, or nil where there was none.
-- @include keys
-- @include session
local session = stored_session()
if not session then return false end
local watchers = redis.pcall('HKEYS', WATCHERS)
if watchers.err then watchers = {} end -- whatever stands in its place goes, too
local epoch = redis.call('HGET', ANSWER, 'epoch')
redis.call('DEL', SESSION, IDS, ANSWER, WATCHERS)
if epoch then redis.call('DEL', TEXT_PREFIX .. epoch) end
return { session, watchers }
