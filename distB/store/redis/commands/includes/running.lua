-- The answer slot, by name and in the order of every reply, its text last, which is nil where it was lost (G6); false where
-- no answer streams. Ends the script where the slot is not what one is.
-- @include count
local function running_answer()
  local slot = redis.call('HMGET', ANSWER, 'id', 'seq', 'attempt', 'owner', 'epoch', 'started_at', 'contributors',
    'takeovers', 'response_id', 'sequence')
  if not slot[1] then return false end
  slot.id, slot.owner = slot[1], slot[4]
  slot.seq, slot.attempt, slot.epoch = count(slot[2]), count(slot[3]), count(slot[5])
  local started_at, contributors, takeovers = count(slot[6]), slot[7], count(slot[8])
  if not (slot.seq and slot.attempt and slot.owner and slot.epoch and started_at and contributors and takeovers) then
    error('the answer slot is broken')
  end
  local text = redis.call('GETRANGE', TEXT_PREFIX .. slot.epoch, 0, -1)
  slot[11] = text ~= '' and string.sub(text, 2)
  return slot
end
