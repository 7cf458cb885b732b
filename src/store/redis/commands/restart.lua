-- Begins another attempt of the running answer by the same owner, from nothing, under a new epoch (F3, LLM_RESUME=restart).
-- KEYS 1 session, 2 ids, 3 answer, 4 watchers, 5 text prefix
-- ARGV 1 ttl (s), 2 epoch, 3 answer's seq, 4 its JSON, 5 its new attempt
-- Gives { epoch, watchers }, or nil where the caller is fenced or the session was lost (G6).
-- @include watchers
-- @include refresh
if redis.call('EXISTS', KEYS[1]) == 0 then return false end
local slot = redis.call('HMGET', KEYS[3], 'epoch', 'owner', 'claimed_from', 'attempt')
if slot[1] == ARGV[2] then
  local epoch = redis.call('HINCRBY', KEYS[1], 'version', 1)
  redis.call('HSET', KEYS[1], 'message:' .. ARGV[3], ARGV[4])
  redis.call('HSET', KEYS[3], 'epoch', epoch, 'attempt', ARGV[5], 'claimed_from', ARGV[2])
  redis.call('DEL', KEYS[5] .. ARGV[2])
  redis.call('SET', KEYS[5] .. epoch, '>')
  redis.call('HSET', KEYS[3], 'contributors', '', 'base', 0)
  redis.call('HDEL', KEYS[3], 'response_id', 'sequence')
  refresh(ARGV[1], epoch)
  slot[1] = epoch
elseif slot[3] ~= ARGV[2] or slot[4] ~= ARGV[5] then
  return false
end
return { tonumber(slot[1]), watchers_but(slot[2]) }
