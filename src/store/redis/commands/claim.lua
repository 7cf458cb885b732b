-- Takes a running answer over from the owner that holds it under the given epoch (F1, F2): exactly one caller wins.
-- KEYS 1 session, 2 ids, 3 answer, 4 watchers, 5 text prefix
-- ARGV 1 ttl (s), 2 epoch, 3 new owner
-- Gives { session fields, slot, message, watchers }, or nil where the answer has ended, somebody else has taken it, or the
--      session was lost (G6).
-- @include session
-- @include running
-- @include watchers
-- @include refresh
if redis.call('EXISTS', KEYS[1]) == 0 then return false end
local slot = redis.call('HMGET', KEYS[3], 'epoch', 'owner', 'claimed_from', 'contributors', 'base', 'seq')
if slot[1] == ARGV[2] then
  local epoch = redis.call('HINCRBY', KEYS[1], 'version', 1)
  local old, new = KEYS[5] .. ARGV[2], KEYS[5] .. epoch
  -- Where the text was lost the answer is claimed all the same: else it would stay unfinished for ever.
  if redis.call('EXISTS', old) == 1 then redis.call('RENAME', old, new) end
  local bytes = math.max(0, redis.call('STRLEN', new) - 1)
  local contributors = slot[4]
  local previous = string.match(slot[2], '^(.*)%.') or slot[2]
  if bytes > tonumber(slot[5]) and string.match(contributors, '[^,]*$') ~= previous then
    contributors = contributors == '' and previous or contributors .. ',' .. previous
  end
  redis.call('HSET', KEYS[3], 'epoch', epoch, 'owner', ARGV[3], 'claimed_from', ARGV[2],
    'contributors', contributors, 'base', bytes)
  redis.call('HINCRBY', KEYS[3], 'takeovers', 1)
  refresh(ARGV[1], epoch)
elseif slot[2] ~= ARGV[3] or slot[3] ~= ARGV[2] then
  return false
end
return { session_fields(), running_answer(), redis.call('HGET', KEYS[1], 'message:' .. slot[6]), watchers_but(ARGV[3]) }
