-- Claims the answer slot for another attempt at the session's last answer (M5).
-- KEYS 1 session, 2 ids, 3 answer, 4 watchers, 5 text prefix
-- ARGV 1 ttl (s), 2 answer id, 3 its seq, 4 its attempt, 5 its JSON, 6 owner, 7 version under which the caller saw it,
--      8 last_activity, 9 started_at (epoch ms)
-- Gives { 'started', session fields, epoch, answer's seq, watchers, nil: the caller's copy is current }, { 'busy', slot },
--      { 'conflict' } or { 'missing' }.
-- @include session
-- @include running
-- @include watchers
-- @include refresh
-- @include slot
local session = session_fields()
if not session[1] then return { 'missing' } end

local seq, epoch = tonumber(ARGV[3]), ARGV[7] + 1
local running = running_answer()
local claimed_before = running and running[1] == ARGV[2] and running[3] == ARGV[4] and running[4] == ARGV[6]
  and tonumber(running[5]) == epoch
if not claimed_before then
  if running then return { 'busy', running } end
  if session[6] ~= ARGV[7] or session[4] ~= ARGV[3] then return { 'conflict' } end
  redis.call('HSET', KEYS[1], 'version', epoch, 'last_activity', ARGV[8], 'message:' .. seq, ARGV[5])
  occupy(ARGV[2], seq, ARGV[4], ARGV[6], epoch, ARGV[9])
  session = session_fields()
end
refresh(ARGV[1], epoch)
return { 'started', session, epoch, seq, watchers_but(ARGV[6]), false }
