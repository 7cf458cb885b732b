-- Reads a session without refreshing it.
-- KEYS session, ids, answer, watchers, text prefix
-- ARGV lowest seq, highest seq or '' for the last, most messages (the newest of them) or '', their most bytes of JSON or '',
--      '1' for the slot too, watcher to enter or '', id of its watch
-- Gives { session fields, messages, slot or nil, ttl (ms) }, or nil where there is no such session.
-- @include keys
-- @include session
-- @include messages
-- @include running
-- @include watch
local lowest, highest, most, most_bytes, with_slot, watcher, watch_id = unpack(ARGV)
local session = stored_session()
if not session then return false end
local ttl = redis.call('PTTL', SESSION)
if watcher ~= '' then
  watch(session, watcher, watch_id)
  redis.call('EXPIRE', WATCHERS, math.ceil(ttl / 1000))
end
local from, to = tonumber(lowest), session.seq
if highest ~= '' then to = math.min(to, tonumber(highest)) end
if most ~= '' then from = math.max(from, to - tonumber(most) + 1) end
local running = with_slot == '1' and running_answer()
return { session, messages_between(session, from, to, most_bytes), running, ttl }
