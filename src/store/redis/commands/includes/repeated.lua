-- The reply to a user's message that is stored already under the seq `stored`: it, its answer, and the slot where that streams.
local function repeated(stored, running)
  local pair = redis.call('HMGET', KEYS[1], 'message:' .. stored, 'message:' .. (stored + 1))
  return { 'repeated', pair[1], pair[2], running and tonumber(running[2]) == stored + 1 and running }
end
