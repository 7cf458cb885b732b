-- Answers a user's message that is stored already under the seq `stored`, and gives the session its full TTL as any message does (S3).
-- The reply: it, its answer, the slot with its text where that streams, and the session's fields.
-- @include refresh
local function repeated(stored, running, session, ttl)
  refresh(ttl, running and running.epoch)
  local question, answer = unpack(redis.call('HMGET', SESSION, 'message:' .. stored, 'message:' .. (stored + 1)))
  local streams = running and running.seq == stored + 1
  return { 'repeated', question, answer, streams and with_text(running), session }
end
