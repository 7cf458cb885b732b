-- Brings what a replica held while it was without Redis into its session: once, in order, after what Redis holds (G2, G4).
-- KEYS session, ids, answer, watchers, text prefix
-- ARGV ttl (s), user id or '', created_at, last_activity, owner, most messages to keep, watcher or '', id of the watch,
--      seq and state (session.lua) of the session as the owner last knew it here,
--      the state that an earlier such call left, which had no reply, or '',
--      started_at (epoch ms) of the last answer where it runs or '', then of that contributors, text, response id or '',
--      sequence, metadata of an answer that is ended because its slot was lost,
--      1 where the session is made if there is none, or '';
--      then seven per exchange: question's id or '' where Redis had it before, its JSON before and after seq,
--      answer's id, attempt, its JSON before and after seq
-- Gives { 'reconciled', session fields, messages, slot or nil, watchers }, { 'busy', slot without its text },
-- { 'behind', last seq }, or { 'gone' } where there is no session and none is made.
-- @include keys
-- @include session
-- @include messages
-- @include running
-- @include watchers
-- @include refresh
-- @include slot
-- @include orphan
-- @include trim
-- @include watch
-- @include ids
local ttl, user_id, created_at, last_activity, owner, keep, watcher, watch_id, base_seq, base_state, sent_state,
  started_at, contributors, text, response_id, sequence, lost, makes = unpack(ARGV, 1, 18)
local FIRST, EACH = 19, 7
keep, base_seq = tonumber(keep), tonumber(base_seq)
local runs = started_at ~= ''

local session = stored_session()
local last, version = session and session.seq or 0, session and session.version or 0
if not session and makes == '' then return { 'gone' } end
if last < base_seq then return { 'behind', last } end
if session then
  mend_ids(session)
else -- what was not lost with it is of a session that is no more, under numbers that are given again
  local epoch = redis.call('HGET', ANSWER, 'epoch')
  redis.call('DEL', IDS, ANSWER, TEXT_PREFIX .. (epoch or 0))
end

local running_id, running_owner, running_epoch, running_seq, running_attempt =
  unpack(redis.call('HMGET', ANSWER, 'id', 'owner', 'epoch', 'seq', 'attempt'))
local is_untouched = session and (state_of(session) == base_state or state_of(session) == sent_state)
local fields, ids = {}, {}
local frees, claims, claimed_id, attempt = false, false, false, false

-- The seq of the answer as it stands here; false where its question has to be added.
local function place_of(question)
  if question == '' then return base_seq end
  local seq = redis.call('ZSCORE', IDS, question)
  return seq and seq + 1
end

for i = FIRST, #ARGV, EACH do
  local question, question_head, question_tail, answer, answer_attempt, answer_head, answer_tail =
    unpack(ARGV, i, i + EACH - 1)
  local seq = place_of(question)
  -- Where its claim of a later attempt got no reply, the caller has that unawares, and brings an earlier one.
  local is_ours = running_id == answer and running_owner == owner and tonumber(answer_attempt) >= tonumber(running_attempt)
  local is_same = seq and tonumber(redis.call('ZSCORE', IDS, 'answer:' .. answer)) == tonumber(seq)
  local takes = is_ours or (is_untouched and is_same and running_id ~= answer)
  if not seq then
    last, seq, takes = last + 2, last + 2, true
    fields[#fields + 1] = 'message:' .. (seq - 1)
    fields[#fields + 1] = question_head .. (seq - 1) .. question_tail
    for _, entry in ipairs({ seq - 1, question, seq, 'answer:' .. answer }) do ids[#ids + 1] = entry end
  end
  if takes then
    fields[#fields + 1] = 'message:' .. seq
    fields[#fields + 1] = answer_head .. seq .. answer_tail
    frees = frees or is_ours
    if runs and i + EACH > #ARGV then claims, claimed_id, attempt = seq, answer, answer_attempt end
  end
end
if claims and running_id and not frees then return { 'busy', running_answer() } end

if not session then
  redis.call('HSET', SESSION, 'user_id', user_id, 'created_at', created_at, 'last_activity', created_at, 'seq', 0,
    'first_seq', 1, 'version', 0)
  if string.sub(base_state, 1, 2) ~= '0 ' then redis.call('HSET', SESSION, 'watched', 1) end -- by whoever did before it was lost
  session = stored_session()
end
if #fields > 0 then
  if not running_id then end_orphan(session, lost) end -- where it is the caller's, that is written below
  version = session.version + 1
  for from = 1, #fields, 1000 do
    redis.call('HSET', SESSION, unpack(fields, from, math.min(from + 999, #fields)))
  end
  for from = 1, #ids, 1000 do
    redis.call('ZADD', IDS, unpack(ids, from, math.min(from + 999, #ids)))
  end
  -- An answer that runs must not be trimmed before it has ended, nor its question.
  local runs_at = claims or (not frees and running_seq) or last
  local newest = math.min(last, runs_at + keep - 2)
  local first = trim(session.first_seq, newest, keep)
  local activity = last_activity > session.last_activity and last_activity or session.last_activity
  redis.call('HSET', SESSION, 'seq', last, 'first_seq', first, 'version', version, 'last_activity', activity)
  if frees then redis.call('DEL', ANSWER, TEXT_PREFIX .. running_epoch) end
  if claims then
    occupy(claimed_id, claims, attempt, owner, version, started_at)
    redis.call('HSET', ANSWER, 'contributors', contributors)
    redis.call('APPEND', TEXT_PREFIX .. version, text)
    if response_id ~= '' then redis.call('HSET', ANSWER, 'response_id', response_id, 'sequence', sequence) end
  end
end
watch(session, watcher, watch_id)
local slot = with_text(running_answer())
refresh(ttl, slot and slot.epoch)
session = stored_session()
return { 'reconciled', session, messages_between(session, 1, session.seq, ''), slot, watchers_but(owner) }
