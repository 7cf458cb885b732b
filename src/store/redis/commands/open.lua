-- Refreshes a session, enters a watcher, and reads: whatever is stored later reaches that watcher.
-- KEYS session, ids, answer, watchers, text prefix
-- ARGV ttl (s), user id or '' for any, watcher or '', the caller's state (session.lua) or '', id of the watch, the seq above which
--      messages are wanted, how many of the newest are wanted in any case, most bytes of JSON or '' for any number
-- Gives { session fields, messages or nil where the copy is current, slot or nil }, or nil where there is no such session.
-- @include keys
-- @include session
-- @include messages
-- @include running
-- @include refresh
-- @include watch
local ttl, user_id, watcher, known, watch_id, after, least, most_bytes = unpack(ARGV)
local session = stored_session()
if not session or (user_id ~= '' and session.user_id ~= user_id) then return false end
watch(session, watcher, watch_id)
local running = with_text(running_answer())
refresh(ttl, running and running.epoch)
if state_of(session) == known then return { session, false, running } end
local to = session.seq
local from = tonumber(after) > to and 1 or math.min(tonumber(after) + 1, to - tonumber(least) + 1)
return { session, messages_between(session, from, to, most_bytes), running }
