-- Brings what a replica held while it was without Redis into its session: once, in order, after what Redis holds (G2, G4).
-- KEYS 1 session, 2 ids, 3 answer, 4 watchers, 5 text prefix
-- ARGV 1 ttl (s), 2 user id or '', 3 created_at, 4 last_activity, 5 owner, 6 most messages to keep,
--      7 watcher or '', 8 id of the watch, 9 seq and 10 version of the session as the owner last knew it here,
--      11 started_at (epoch ms) of the last answer where it runs or '', then of that 12 contributors, 13 text,
--      14 response id or '', 15 sequence;
--      then seven per exchange: question's id or '' where Redis had it before, its JSON before and after seq,
--      answer's id, attempt, its JSON before and after seq
-- Gives { 'settled', session fields, messages, slot or nil, watchers }, { 'busy', slot } or { 'behind', last seq }.
-- @include session
-- @include messages
-- @include running
-- @include watchers
-- @include refresh
-- @include slot
-- @include trim
-- @include watch
local owner, keep, base_seq, runs = ARGV[5], tonumber(ARGV[6]), tonumber(ARGV[9]), ARGV[11] ~= ''
local FIRST, EACH = 16, 7

local session = session_fields()
local last, version = tonumber(session[4] or 0), tonumber(session[6] or 0)
if last < base_seq then return { 'behind', last } end

local running = redis.call('HMGET', KEYS[3], 'id', 'owner', 'epoch', 'seq')
local is_untouched = session[6] == ARGV[10]
local fields, ids = {}, {}
local frees, claims, attempt = false, false, false

-- The seq of the answer as it stands here; false where its question has to be added.
local function place_of(question)
  if question == '' then return base_seq end
  local seq = redis.call('ZSCORE', KEYS[2], question)
  return seq and seq + 1
end

for i = FIRST, #ARGV, EACH do
  local question, answer = ARGV[i], ARGV[i + 3]
  local seq = place_of(question)
  local is_ours = running[1] == answer and running[2] == owner
  local takes = is_ours or (is_untouched and running[1] ~= answer)
  if not seq then
    last, seq, takes = last + 2, last + 2, true
    fields[#fields + 1] = 'message:' .. (seq - 1)
    fields[#fields + 1] = ARGV[i + 1] .. (seq - 1) .. ARGV[i + 2]
    for _, entry in ipairs({ seq - 1, question, seq, 'answer:' .. answer }) do ids[#ids + 1] = entry end
  end
  if takes then
    fields[#fields + 1] = 'message:' .. seq
    fields[#fields + 1] = ARGV[i + 5] .. seq .. ARGV[i + 6]
    frees = frees or is_ours
    if runs and i + EACH > #ARGV then claims, attempt = seq, ARGV[i + 4] end
  end
end
if claims and running[1] and not frees then return { 'busy', running_answer() } end

if not session[1] then
  redis.call('HSET', KEYS[1], 'user_id', ARGV[2], 'created_at', ARGV[3], 'last_activity', ARGV[3], 'seq', 0,
    'first_seq', 1, 'version', 0)
  session = session_fields()
end
if #fields > 0 then
  version = version + 1
  for from = 1, #fields, 1000 do
    redis.call('HSET', KEYS[1], unpack(fields, from, math.min(from + 999, #fields)))
  end
  for from = 1, #ids, 1000 do
    redis.call('ZADD', KEYS[2], unpack(ids, from, math.min(from + 999, #ids)))
  end
  -- Another answer that runs must not be trimmed before it has ended, nor its question.
  local newest = running[1] and not frees and math.min(last, running[4] + keep - 2) or last
  local first = trim(tonumber(session[5]), newest, keep)
  local activity = ARGV[4] > session[3] and ARGV[4] or session[3]
  redis.call('HSET', KEYS[1], 'seq', last, 'first_seq', first, 'version', version, 'last_activity', activity)
  if frees then redis.call('DEL', KEYS[3], KEYS[5] .. running[3]) end
  if claims then
    occupy(ARGV[#ARGV - 3], claims, attempt, owner, version, ARGV[11])
    redis.call('HSET', KEYS[3], 'contributors', ARGV[12])
    redis.call('APPEND', KEYS[5] .. version, ARGV[13])
    if ARGV[14] ~= '' then redis.call('HSET', KEYS[3], 'response_id', ARGV[14], 'sequence', ARGV[15]) end
  end
end
watch(ARGV[7], ARGV[8])
local slot = running_answer()
refresh(ARGV[1], slot and slot[5])
session = session_fields()
return { 'settled', session, messages_between(session, 1, tonumber(session[4])), slot, watchers_but(owner) }
