-- Begins another attempt of the running answer by the same owner, from nothing, under a new epoch (F3, LLM_RESUME=restart).
-- KEYS session, ids, answer, watchers, text prefix
-- ARGV ttl (s), epoch, answer's id, its seq, its JSON, its new attempt
-- Gives { epoch, watchers }, or nil where the caller is fenced or the session was lost (G6).
-- @include keys
-- @include watchers
-- @include refresh
local ttl, epoch, id, seq, json, new_attempt = unpack(ARGV)
if redis.call('EXISTS', SESSION) == 0 then return false end
local held_under, owner, claimed_from, attempt, held =
  unpack(redis.call('HMGET', ANSWER, 'epoch', 'owner', 'claimed_from', 'attempt', 'id'))
if held ~= id then return false end -- where Redis has lost data an epoch may come again, of another answer
if held_under == epoch then
  held_under = redis.call('HINCRBY', SESSION, 'version', 1)
  redis.call('HSET', SESSION, 'message:' .. seq, json)
  redis.call('HSET', ANSWER, 'epoch', held_under, 'attempt', new_attempt, 'claimed_from', epoch)
  redis.call('DEL', TEXT_PREFIX .. epoch)
  redis.call('SET', TEXT_PREFIX .. held_under, '>')
  redis.call('HSET', ANSWER, 'contributors', '', 'base', 0)
  redis.call('HDEL', ANSWER, 'response_id', 'sequence')
  refresh(ttl, held_under)
elseif claimed_from ~= epoch or attempt ~= new_attempt then
  return false
end
return { tonumber(held_under), watchers_but(owner) }
