-- Writes an answer's final state and frees the slot. Where the slot was lost (G6), the answer is still the caller's while the
-- session's version is the epoch of its claim. Where both are past that, the same state already in place is a success.
-- Where Redis has lost data an epoch may come again, of another answer.
-- KEYS session, ids, answer, watchers, text prefix
-- ARGV ttl (s), epoch, answer's id, its seq, its final JSON, last_activity
-- Gives { session fields, watchers }, or nil where the caller is fenced.
-- @include keys
-- @include session
-- @include watchers
-- @include refresh
local ttl, epoch, id, seq, json, last_activity = unpack(ARGV)
local held_under, owner, held = unpack(redis.call('HMGET', ANSWER, 'epoch', 'owner', 'id'))
local message = 'message:' .. seq
local version, stored = unpack(redis.call('HMGET', SESSION, 'version', message))
local function is_stored() return stored and string.find(stored, '{"id":"' .. id .. '"', 1, true) == 1 end
if version and (held_under == epoch and held == id or not held_under and version == epoch and is_stored()) then
  redis.call('HSET', SESSION, message, json, 'last_activity', last_activity, 'version', version + 1)
  redis.call('DEL', ANSWER, TEXT_PREFIX .. epoch)
  refresh(ttl, false)
elseif stored == json then
  owner = false -- of a later answer, if there is one
else
  return false
end
return { stored_session(), watchers_but(owner) }
