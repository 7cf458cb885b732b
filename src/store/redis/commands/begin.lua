-- Stores a user's message and its empty answer, and claims the answer slot (S4, M2, M3).
-- KEYS 1 session, 2 ids, 3 answer, 4 watchers, 5 text prefix
-- ARGV 1 ttl (s), 2 user id or '' for any, 3 message id, 4 5 its JSON before and after seq, 6 answer id, 7 8 its JSON,
--      9 answer attempt, 10 owner, 11 version of the caller's copy or '', 12 context size, 13 most messages to keep,
--      14 last_activity, 15 started_at (epoch ms)
-- A user's message is in ids under its id, an answer under `answer:<id>`: an id is of one role (X7).
-- Gives { 'started', session fields, epoch, answer's seq, watchers, context or nil }, { 'missing' }, { 'taken' },
--      { 'repeated', message, answer, slot or nil }, or { 'busy', slot }.
-- @include session
-- @include messages
-- @include running
-- @include repeated
-- @include watchers
-- @include refresh
-- @include trim
-- @include slot
local session = session_fields()
if not session[1] or (ARGV[2] ~= '' and session[2] ~= ARGV[2]) then return { 'missing' } end

local running = running_answer()
local stored = redis.call('ZSCORE', KEYS[2], ARGV[3])
local claimed_before = running and running[1] == ARGV[6] and running[4] == ARGV[10]
if stored and not claimed_before then return repeated(stored, running) end
if not stored and redis.call('ZSCORE', KEYS[2], 'answer:' .. ARGV[3]) then return { 'taken' } end
if running and not claimed_before then return { 'busy', running } end

local seq, epoch
if claimed_before then
  seq, epoch = tonumber(running[2]), tonumber(running[5])
else
  seq, epoch = session[4] + 2, session[6] + 1
  local first = trim(tonumber(session[5]), seq, tonumber(ARGV[13]))
  redis.call('HSET', KEYS[1], 'seq', seq, 'first_seq', first, 'version', epoch, 'last_activity', ARGV[14],
    'message:' .. (seq - 1), ARGV[4] .. (seq - 1) .. ARGV[5],
    'message:' .. seq, ARGV[7] .. seq .. ARGV[8])
  redis.call('ZADD', KEYS[2], seq - 1, ARGV[3], seq, 'answer:' .. ARGV[6])
  occupy(ARGV[6], seq, ARGV[9], ARGV[10], epoch, ARGV[15])
  session = session_fields()
end
refresh(ARGV[1], epoch)

local current = tonumber(ARGV[11]) == epoch - 1
local context = not current and messages_between(session, seq - tonumber(ARGV[12]), seq - 1)
return { 'started', session, epoch, seq, watchers_but(ARGV[10]), context }
