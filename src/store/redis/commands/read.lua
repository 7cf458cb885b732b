-- Reads a session without touching it.
-- KEYS 1 session, 2 ids, 3 answer, 4 watchers, 5 text prefix
-- ARGV 1 lowest seq, 2 highest seq or '' for the last, 3 most messages (the newest of them) or '', 4 '1' for the slot too
-- Gives { session fields, messages, slot or nil, ttl (ms) }, or nil where there is no such session.
-- @include session
-- @include messages
-- @include running
local session = session_fields()
if not session[1] then return false end
local from, to = tonumber(ARGV[1]), tonumber(session[4])
if ARGV[2] ~= '' then to = math.min(to, tonumber(ARGV[2])) end
if ARGV[3] ~= '' then from = math.max(from, to - tonumber(ARGV[3]) + 1) end
local running = ARGV[4] == '1' and running_answer()
return { session, messages_between(session, from, to), running, redis.call('PTTL', KEYS[1]) }
