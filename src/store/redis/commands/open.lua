-- Refreshes a session, enters a watcher, and reads: whatever is stored later reaches that watcher.
-- KEYS session, ids, answer, watchers, text prefix
-- ARGV ttl (s), user id or '' for any, watcher or '', version of the caller's copy or '', id of the watch
-- Gives { session fields, messages or nil where the copy is current, slot or nil }, or nil where there is no such session.
-- @include keys
-- @include session
-- @include messages
-- @include running
-- @include refresh
-- @include watch
local ttl, user_id, watcher, known_version, watch_id = unpack(ARGV)
local session = stored_session()
if not session or (user_id ~= '' and session.user_id ~= user_id) then return false end
watch(watcher, watch_id)
local running = running_answer()
refresh(ttl, running and running.epoch)
local is_current = session.version == tonumber(known_version)
return { session, not is_current and messages_between(session, 1, session.seq), running }
