-- The session's own fields, by name and in the order of every reply, and by name alone whether it is watched; false where there is no such session. Ends the script
-- where they are not what a session has: a span that nobody made would keep Redis from everybody else (X6).
-- @include count
local function stored_session()
  local session =
    redis.call('HMGET', SESSION, 'created_at', 'user_id', 'last_activity', 'seq', 'first_seq', 'version', 'watched')
  if not session[1] then return false end
  session.watched, session[7] = session[7], nil
  session.user_id, session.last_activity = session[2], session[3]
  session.seq, session.first_seq, session.version = count(session[4]), count(session[5]), count(session[6])
  local last, first = session.seq, session.first_seq
  if not (session.user_id and session.last_activity and last and first and session.version)
    or not (first >= 1 and first <= last + 1) or not (last - first <= 200000) then
    error('the fields of the session are broken')
  end
  return session
end

-- Tells this state of the session from any other, also where Redis has lost data and its version is given again.
local function state_of(session)
  return session.version .. ' ' .. session.seq .. ' ' .. session.last_activity
end
