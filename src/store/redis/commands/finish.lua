-- Writes an answer's final state and frees the slot. Where the slot was lost (G6), the answer is still the caller's while the
-- session's version is the epoch of its claim. Where both are past that, the same state already in place is a success.
-- KEYS 1 session, 2 ids, 3 answer, 4 watchers, 5 text prefix
-- ARGV 1 ttl (s), 2 epoch, 3 answer's seq, 4 its final JSON, 5 last_activity
-- Gives { session fields, watchers }, or nil where the caller is fenced.
-- @include session
-- @include watchers
-- @include refresh
local slot = redis.call('HMGET', KEYS[3], 'epoch', 'owner')
local field = 'message:' .. ARGV[3]
local owner = false
local version = redis.call('HGET', KEYS[1], 'version')
if version and (slot[1] == ARGV[2] or (not slot[1] and version == ARGV[2])) then
  owner = slot[2]
  redis.call('HSET', KEYS[1], field, ARGV[4], 'last_activity', ARGV[5], 'version', version + 1)
  redis.call('DEL', KEYS[3], KEYS[5] .. ARGV[2])
  refresh(ARGV[1], false)
elseif redis.call('HGET', KEYS[1], field) ~= ARGV[4] then
  return false
end
return { session_fields(), watchers_but(owner) }
