-- Refreshes the TTL of running answers' sessions. Keys stand in ARGV, as in append.lua.
-- ARGV 1 ttl (s); then per answer: session key, ids key, answer key, watchers key, text key (with its epoch)
-- Gives per answer { watchers but the owner, user id, last_activity }, or nil where it was lost: the text key is gone.
local answers = {}
for i = 2, #ARGV, 5 do
  local kept = redis.call('EXPIRE', ARGV[i + 4], ARGV[1]) == 1
  local answer = false
  if kept then
    for key = i + 3, i, -1 do redis.call('EXPIRE', ARGV[key], ARGV[1]) end
    local owner = redis.call('HGET', ARGV[i + 2], 'owner')
    local watchers = {}
    for _, address in ipairs(redis.call('SMEMBERS', ARGV[i + 3])) do
      if address ~= owner then watchers[#watchers + 1] = address end
    end
    local session = redis.call('HMGET', ARGV[i], 'user_id', 'last_activity')
    answer = { watchers, session[1], session[2] }
  end
  answers[#answers + 1] = answer
end
return answers
