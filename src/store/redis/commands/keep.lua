-- Refreshes the TTL of running answers' sessions. Keys stand in ARGV, and of one answer also in KEYS, as in append.lua.
-- ARGV 1 ttl (s); then per answer: session key, ids key, answer key, watchers key, text key (with its epoch)
-- Gives per answer { watchers but the owner, user id, last_activity }, nil where it was lost: the text key is gone, or
--      -1 where the keys, or some of them, are at another node.
-- @include elsewhere
local function keep(first)
  local kept = redis.pcall('EXPIRE', ARGV[first + 4], ARGV[1])
  if elsewhere(kept) then return -1 end
  if kept == 0 then return false end
  for key = first + 3, first, -1 do
    if elsewhere(redis.pcall('EXPIRE', ARGV[key], ARGV[1])) then return -1 end
  end
  local owner = redis.call('HGET', ARGV[first + 2], 'owner')
  local watchers = {}
  for _, address in ipairs(redis.call('HKEYS', ARGV[first + 3])) do
    if address ~= owner then watchers[#watchers + 1] = address end
  end
  local session = redis.call('HMGET', ARGV[first], 'user_id', 'last_activity')
  return { watchers, session[1], session[2] }
end
local answers = {}
for i = 2, #ARGV, 5 do answers[#answers + 1] = keep(i) end
return answers
