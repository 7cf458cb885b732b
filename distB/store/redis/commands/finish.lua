-- Writes an answer's final state and frees the slot. Where the slot was lost (G6), the answer is still the caller's while the
-- session's version is the epoch of its claim. Where both are past that, the same state already in place is a success.
-- KEYS session, ids, answer, watchers, text prefix
-- ARGV ttl (s), epoch, answer's seq, its final JSON, last_activity
-- Gives { session fields, watchers }, or nil where the caller is fenced.
-- @include keys
-- @include session
-- @include watchers
-- @include refresh
local ttl, epoch, seq, json, last_activity = unpack(ARGV)
local held_under, owner = unpack(redis.call('HMGET', ANSWER, 'epoch', 'owner'))
local message = 'message:' .. seq
local version = redis.call('HGET', SESSION, 'version')
if version and (held_under == epoch or (not held_under and version == epoch)) then
  redis.call('HSET', SESSION, message, json, 'last_activity', last_activity, 'version', version + 1)
  redis.call('DEL', ANSWER, TEXT_PREFIX .. epoch)
  refresh(ttl, false)
elseif redis.call('HGET', SESSION, message) == json then
  owner = false -- of a later answer, if there is one
else
  return false
end
return { stored_session(), watchers_but(owner) }
