-- The session's own fields in the order of every reply; the first is false where there is no such session. Ends the script
-- where they are not what a session has: a span that nobody made would keep Redis from everybody else (X6).
local function session_fields()
  local session = redis.call('HMGET', KEYS[1], 'created_at', 'user_id', 'last_activity', 'seq', 'first_seq', 'version')
  if session[1] then
    local last, first, version = tonumber(session[4]), tonumber(session[5]), tonumber(session[6])
    if not (session[2] and session[3] and last and first and version) or not (first >= 1 and first <= last + 1)
      or not (last - first <= 200000) then
      error('the fields of the session are broken')
    end
  end
  return session
end
