-- The reply to a user's message that is stored already under the seq `stored`: it, its answer, and the slot where that streams.
local function repeated(stored, running)
  local question, answer = unpack(redis.call('HMGET', SESSION, 'message:' .. stored, 'message:' .. (stored + 1)))
  return { 'repeated', question, answer, running and running.seq == stored + 1 and running }
end
