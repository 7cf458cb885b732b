-- Reads a session without refreshing it.
-- KEYS session, ids, answer, watchers, text prefix
-- ARGV user id or '' for any, lowest seq, highest seq or '' for the last, most messages (the newest of them) or '', their most bytes of JSON or '',
--      '1' for the slot too, watcher to enter or '', id of its watch
-- Gives { session fields, messages, slot or nil, ttl (ms; -1 where it has none) }, or nil where there is no such session.
--      The slot is without its text where the lowest seq is above the session's: nothing is read that would show it.
-- @include keys
-- @include session
-- @include messages
-- @include running
-- @include watch
local user_id, lowest, highest, most, most_bytes, with_slot, watcher, watch_id = unpack(ARGV)
local session = stored_session()
if not session or (user_id ~= '' and session.user_id ~= user_id) then return false end
local ttl = redis.call('PTTL', SESSION)
if watcher ~= '' then
  watch(session, watcher, watch_id)
  if ttl >= 0 then redis.call('EXPIRE', WATCHERS, math.floor(ttl / 1000) + 1) end
end
local from, to = tonumber(lowest), session.seq
if highest ~= '' then to = math.min(to, tonumber(highest)) end
if most ~= '' then from = math.max(from, to - tonumber(most) + 1) end
local running = with_slot == '1' and running_answer()
if from <= session.seq then running = with_text(running) end
return { session, messages_between(session, from, to, most_bytes), running, ttl }
