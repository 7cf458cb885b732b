-- Gives back what was taken from a quota, and counts the tokens of an answer that has ended (X5): once, with its entry.
-- KEYS the day's counts, answers at once: as in take.lua
-- ARGV messages and sessions to give back, tokens that were used, session id of the answer or '', the answer
-- Gives nothing. Where the answer is not among those at once it was counted before, and nothing is.
local COUNTS, ANSWERS = KEYS[1], KEYS[2]
local KEPT_S = 2 * 24 * 3600
local messages, sessions, tokens = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local session, answer = ARGV[4], ARGV[5]
if session ~= '' then
  local stored = redis.call('HGET', ANSWERS, session)
  local answers = stored and cjson.decode(stored) or {}
  if not answers[answer] then return end
  answers[answer] = nil
  if next(answers) then redis.call('HSET', ANSWERS, session, cjson.encode(answers)) else redis.call('HDEL', ANSWERS, session) end
end
if messages > 0 then redis.call('HINCRBY', COUNTS, 'messages', -messages) end
if sessions > 0 then redis.call('HINCRBY', COUNTS, 'sessions', -sessions) end
if tokens > 0 then redis.call('HINCRBY', COUNTS, 'tokens', tokens) end
redis.call('EXPIRE', COUNTS, KEPT_S)
