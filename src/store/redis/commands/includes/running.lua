-- The answer slot in the order of every reply, its text last; false where no answer streams.
local function running_answer()
  local slot = redis.call('HMGET', KEYS[3], 'id', 'seq', 'attempt', 'owner', 'epoch', 'started_at', 'contributors',
    'takeovers', 'response_id', 'sequence')
  if not slot[1] then return false end
  slot[11] = redis.call('GETRANGE', KEYS[5] .. slot[5], 1, -1)
  return slot
end
