-- Makes a session, or finds it where an earlier try has made it.
-- KEYS session, ids, answer, watchers, text prefix
-- ARGV ttl (s), user id or '', created_at, watcher or '', id of the watch
-- Gives the session's fields.
-- @include keys
-- @include session
-- @include refresh
-- @include watch
local ttl, user_id, created_at, watcher, watch_id = unpack(ARGV)
local session = stored_session()
local epoch = session and redis.call('HGET', ANSWER, 'epoch')
if not session then
  redis.call('HSET', SESSION, 'user_id', user_id, 'created_at', created_at, 'last_activity', created_at,
    'seq', 0, 'first_seq', 1, 'version', 0)
  session = stored_session()
end
watch(session, watcher, watch_id)
refresh(ttl, epoch)
return session
