-- Takes messages, sessions and an answer from the quota of a user or a group: all of it, or nothing (X5).
-- KEYS the day's counts (HASH: messages, sessions, tokens, and when what lapsed was last looked for, in epoch ms),
--      answers at once (HASH: by session id, JSON: by answer, when it lapses, in epoch ms, and the group)
-- ARGV now (epoch ms), an answer lapses after (ms), messages, sessions, session id of the answer or '', the answer, its group or '',
--      most messages, sessions, tokens and answers (0: any number)
-- Gives what is used up, or nil.
local COUNTS, ANSWERS = KEYS[1], KEYS[2]
local KEPT_S, LOOKED_AFTER_MS, MANY = 2 * 24 * 3600, 60000, 1000
local now, lapse, messages, sessions = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local session, answer, group = ARGV[5], ARGV[6], ARGV[7]
local most = { messages = tonumber(ARGV[8]), sessions = tonumber(ARGV[9]), tokens = tonumber(ARGV[10]), answers = tonumber(ARGV[11]) }

local function counted(name) return tonumber(redis.call('HGET', COUNTS, name) or 0) end
local function exceeds(name, more)
  return more > 0 and most[name] > 0 and counted(name) + more > most[name]
end

local function still_there(stored)
  local answers = stored and cjson.decode(stored) or {}
  for each, begun in pairs(answers) do
    if begun[1] <= now then answers[each] = nil end
  end
  return answers
end

-- Once a minute at most, and only where there are many: so it costs a message nothing.
local function forget_lapsed()
  if now - counted('looked_at') < LOOKED_AFTER_MS then return end
  redis.call('HSET', COUNTS, 'looked_at', now)
  redis.call('EXPIRE', COUNTS, KEPT_S)
  local all = redis.call('HGETALL', ANSWERS)
  for i = 1, #all, 2 do
    if not next(still_there(all[i + 1])) then redis.call('HDEL', ANSWERS, all[i]) end
  end
end

local function has_no_answer_left()
  local bound = most.answers > 0 and most.answers or MANY
  if redis.call('HLEN', ANSWERS) < bound then return false end
  forget_lapsed()
  return most.answers > 0 and redis.call('HLEN', ANSWERS) >= bound
end

if exceeds('messages', messages) then return 'messages' end
if exceeds('sessions', sessions) then return 'sessions' end
if session ~= '' then
  if exceeds('tokens', 1) then return 'tokens' end
  local stored = redis.call('HGET', ANSWERS, session)
  if not stored and has_no_answer_left() then return 'answers' end
  local answers = still_there(stored)
  if answers[answer] then return 'answers' end -- begun again twice in one millisecond: each call gives back its own
  answers[answer] = { now + lapse, group }
  redis.call('HSET', ANSWERS, session, cjson.encode(answers))
  redis.call('EXPIRE', ANSWERS, lapse / 1000)
end
if messages > 0 then redis.call('HINCRBY', COUNTS, 'messages', messages) end
if sessions > 0 then redis.call('HINCRBY', COUNTS, 'sessions', sessions) end
redis.call('EXPIRE', COUNTS, KEPT_S)
return false
