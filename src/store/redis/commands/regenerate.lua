-- Claims the answer slot for another attempt at the session's last answer (M5).
-- KEYS session, ids, answer, watchers, text prefix
-- ARGV ttl (s), answer id, its seq, its attempt, its JSON, owner, version and state (session.lua) in which the caller
--      saw it, last_activity, started_at (epoch ms)
-- Gives { 'started', session fields, epoch, answer's seq, watchers, nil: the caller's copy is current }, { 'busy', slot
--      without its text }, { 'conflict' } or { 'missing' }.
-- @include keys
-- @include session
-- @include running
-- @include watchers
-- @include refresh
-- @include slot
local ttl, answer_id, seq, attempt, json, owner, version, known, last_activity, started_at = unpack(ARGV)
seq, attempt, version = tonumber(seq), tonumber(attempt), tonumber(version)
local session = stored_session()
if not session then return { 'missing' } end

local epoch = version + 1
local running = running_answer()
local claimed_before = running and running.id == answer_id and running.attempt == attempt and running.owner == owner
  and running.epoch == epoch
if not claimed_before then
  if running then return { 'busy', running } end
  if state_of(session) ~= known or session.seq ~= seq then return { 'conflict' } end
  redis.call('HSET', SESSION, 'version', epoch, 'last_activity', last_activity, 'message:' .. seq, json)
  occupy(answer_id, seq, attempt, owner, epoch, started_at)
  session = stored_session()
end
refresh(ttl, epoch)
return { 'started', session, epoch, seq, watchers_but(owner), false }
