-- Gives back what was taken from a quota, and counts the tokens of an answer that has ended (X5).
-- KEYS the day's counts, answers at once: as in take.lua
-- ARGV messages and sessions to give back, tokens that were used, session id of the answer or ''
-- Gives the group that the answer began with, or nil where it is not among those at once.
local COUNTS, ANSWERS = KEYS[1], KEYS[2]
local KEPT_S = 2 * 24 * 3600
local messages, sessions, tokens, session = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4]
if messages > 0 then redis.call('HINCRBY', COUNTS, 'messages', -messages) end
if sessions > 0 then redis.call('HINCRBY', COUNTS, 'sessions', -sessions) end
if tokens > 0 then redis.call('HINCRBY', COUNTS, 'tokens', tokens) end
redis.call('EXPIRE', COUNTS, KEPT_S)
if session == '' then return false end
local answer = redis.call('HGET', ANSWERS, session)
redis.call('HDEL', ANSWERS, session)
return answer and answer:match('^%d+ (.*)$')
