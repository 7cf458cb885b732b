-- Refreshes the TTL of running answers' sessions. Keys stand in ARGV, and of one answer also in KEYS, as in append.lua.
-- ARGV 1 ttl (s); then per answer: session key, ids key, answer key, watchers key, text key (with its epoch)
-- Gives per answer { watchers but the owner, user id, last_activity }, nil where it was lost: its text, its slot or its
--      session is gone or no longer what it was (G6); or -1 where the keys, or some of them, are at another node.
-- @include trouble
local pcall = redis.pcall
local function keep(first)
  local kept = pcall('EXPIRE', ARGV[first + 4], ARGV[1])
  if trouble(kept) then return -1 end
  if kept == 0 then return false end
  for key = first + 3, first, -1 do
    local refreshed = pcall('EXPIRE', ARGV[key], ARGV[1])
    if trouble(refreshed) then return -1 end
    if refreshed == 0 and (key == first or key == first + 2) then return false end
  end
  local owner = pcall('HGET', ARGV[first + 2], 'owner')
  local addresses = pcall('HKEYS', ARGV[first + 3])
  local session = pcall('HMGET', ARGV[first], 'user_id', 'last_activity')
  if trouble(owner) or trouble(addresses) or trouble(session) then return false end
  local watchers = {}
  for _, address in ipairs(addresses) do
    if address ~= owner then watchers[#watchers + 1] = address end
  end
  return { watchers, session[1], session[2] }
end
local answers = {}
for i = 2, #ARGV, 5 do answers[#answers + 1] = keep(i) end
return answers
