-- Refreshes the TTL of running answers' sessions. Keys stand in ARGV, and of one answer also in KEYS, as in append.lua.
-- ARGV ttl (s); then per answer: session key, ids key, answer key, watchers key, text key (with its epoch)
-- Gives per answer { watchers but the owner ('*': lost.lua), user id, last_activity }, nil where it was lost: its text, its slot or its
--      session is gone or no longer what it was (G6); or -1 where the keys, or some of them, are at another node.
-- @include trouble
local pcall = redis.pcall
local ttl = ARGV[1]
local function keep(session_key, ids, answer, watchers, text)
  local kept = pcall('EXPIRE', text, ttl)
  if trouble(kept) then return -1 end
  if kept == 0 then return false end
  for _, key in ipairs({ watchers, answer, ids, session_key }) do
    local refreshed = pcall('EXPIRE', key, ttl)
    if trouble(refreshed) then return -1 end
    if refreshed == 0 and (key == session_key or key == answer) then return false end
  end
  local slot = pcall('HMGET', answer, 'owner', 'epoch')
  local addresses = pcall('HKEYS', watchers)
  local session = pcall('HMGET', session_key, 'user_id', 'last_activity', 'watched')
  if trouble(slot) or trouble(addresses) or trouble(session) then return false end
  local owner, epoch = unpack(slot)
  if epoch ~= string.match(text, '%d+$') then return false end
  local others = {}
  for _, address in ipairs(addresses) do
    if address ~= owner then others[#others + 1] = address end
  end
  local user_id, last_activity, watched = unpack(session)
  if watched and #addresses == 0 then
    others = { '*' }
    redis.call('HSET', watchers, '*', 0)
    redis.call('EXPIRE', watchers, ttl)
  end
  return { others, user_id, last_activity }
end
local answers = {}
for i = 2, #ARGV, 5 do answers[#answers + 1] = keep(unpack(ARGV, i, i + 4)) end
return answers
