-- Refreshes a session, enters a watcher, and reads: whatever is stored later reaches that watcher.
-- KEYS 1 session, 2 ids, 3 answer, 4 watchers, 5 text prefix
-- ARGV 1 ttl (s), 2 user id or '' for any, 3 watcher or '', 4 version of the caller's copy or '',
--      5 id of the watch
-- Gives { session fields, messages or nil where the copy is current, slot or nil }, or nil where there is no such session.
-- @include session
-- @include messages
-- @include running
-- @include refresh
-- @include watch
local session = session_fields()
if not session[1] or (ARGV[2] ~= '' and session[2] ~= ARGV[2]) then return false end
watch(ARGV[3], ARGV[5])
local running = running_answer()
refresh(ARGV[1], running and running[5])
local messages = session[6] ~= ARGV[4] and messages_between(session, 1, tonumber(session[4]))
return { session, messages, running }
