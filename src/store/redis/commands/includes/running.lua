-- The answer slot in the order of every reply, its text last, which is nil where it was lost (G6); false where no answer
-- streams. Ends the script where the slot is not what one is.
local function running_answer()
  local slot = redis.call('HMGET', KEYS[3], 'id', 'seq', 'attempt', 'owner', 'epoch', 'started_at', 'contributors',
    'takeovers', 'response_id', 'sequence')
  if not slot[1] then return false end
  if not (tonumber(slot[2]) and tonumber(slot[3]) and slot[4] and tonumber(slot[5]) and tonumber(slot[6]) and slot[7]
    and tonumber(slot[8])) then
    error('the answer slot is broken')
  end
  local text = redis.call('GETRANGE', KEYS[5] .. slot[5], 0, -1)
  slot[11] = text ~= '' and string.sub(text, 2)
  return slot
end
