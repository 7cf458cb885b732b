-- Makes a session, or finds it where an earlier try has made it.
-- KEYS 1 session, 2 ids, 3 answer, 4 watchers, 5 text prefix
-- ARGV 1 ttl (s), 2 user id or '', 3 created_at, 4 watcher or '', 5 id of the watch
-- Gives the session's fields.
-- @include session
-- @include refresh
-- @include watch
if redis.call('EXISTS', KEYS[1]) == 0 then
  redis.call('HSET', KEYS[1], 'user_id', ARGV[2], 'created_at', ARGV[3], 'last_activity', ARGV[3],
    'seq', 0, 'first_seq', 1, 'version', 0)
end
watch(ARGV[4], ARGV[5])
refresh(ARGV[1], redis.call('HGET', KEYS[3], 'epoch'))
return session_fields()
