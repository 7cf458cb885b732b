-- Reads a session without refreshing it.
-- KEYS 1 session, 2 ids, 3 answer, 4 watchers, 5 text prefix
-- ARGV 1 lowest seq, 2 highest seq or '' for the last, 3 most messages (the newest of them) or '', 4 '1' for the slot too,
--      5 watcher to enter or '', 6 id of its watch
-- Gives { session fields, messages, slot or nil, ttl (ms) }, or nil where there is no such session.
-- @include session
-- @include messages
-- @include running
-- @include watch
local session = session_fields()
if not session[1] then return false end
local ttl = redis.call('PTTL', KEYS[1])
if ARGV[5] ~= '' then
  watch(ARGV[5], ARGV[6])
  redis.call('PEXPIRE', KEYS[4], ttl)
end
local from, to = tonumber(ARGV[1]), tonumber(session[4])
if ARGV[2] ~= '' then to = math.min(to, tonumber(ARGV[2])) end
if ARGV[3] ~= '' then from = math.max(from, to - tonumber(ARGV[3]) + 1) end
local running = ARGV[4] == '1' and running_answer()
return { session, messages_between(session, from, to), running, ttl }
