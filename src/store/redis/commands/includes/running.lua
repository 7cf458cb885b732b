-- The answer slot, by name and in the order of every reply; false where no answer streams. Its text comes last. It is empty,
-- because it is long and asked for often (X6), or nil where it was lost (G6). Ends the script where the slot is not what one is.
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
  slot[11] = redis.call('STRLEN', TEXT_PREFIX .. slot.epoch) > 0 and ''
  return slot
end

-- The same slot with its text, for what shows it.
local function with_text(running)
  if running and running[11] then
    running[11] = string.sub(redis.call('GETRANGE', TEXT_PREFIX .. running.epoch, 0, -1), 2)
  end
  return running
end
