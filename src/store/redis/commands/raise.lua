-- Raises an answer's attempt with its content unchanged (G4). A running answer keeps its owner, under a new epoch.
-- KEYS 1 session, 2 ids, 3 answer, 4 watchers, 5 text prefix
-- ARGV 1 ttl (s), 2 version under which the caller saw the message, 3 its seq, 4 its JSON with the new attempt,
--      5 the new attempt, 6 its id
-- Gives { watchers }, or nil where the session has changed since.
-- @include watchers
-- @include refresh
local field = 'message:' .. ARGV[3]
local slot = redis.call('HMGET', KEYS[3], 'id', 'epoch')
local running = slot[1] == ARGV[6]
if redis.call('HGET', KEYS[1], field) ~= ARGV[4] then
  if redis.call('HGET', KEYS[1], 'version') ~= ARGV[2] then return false end
  local version = redis.call('HINCRBY', KEYS[1], 'version', 1)
  redis.call('HSET', KEYS[1], field, ARGV[4])
  if running then
    redis.call('RENAME', KEYS[5] .. slot[2], KEYS[5] .. version)
    redis.call('HSET', KEYS[3], 'epoch', version, 'attempt', ARGV[5])
    slot[2] = version
  end
  refresh(ARGV[1], running and slot[2])
end
return { watchers_but(false) }
