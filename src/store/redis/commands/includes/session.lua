-- The session's own fields in the order of every reply; the first is false where there is no such session.
local function session_fields()
  return redis.call('HMGET', KEYS[1], 'created_at', 'user_id', 'last_activity', 'seq', 'first_seq', 'version')
end
