-- Stores a user's message and its empty answer, and claims the answer slot (S4, M2, M3).
-- KEYS session, ids, answer, watchers, text prefix
-- ARGV ttl (s), user id or '' for any, message id, its JSON before and after seq, answer id, its JSON before and after seq,
--      answer attempt, owner, the caller's state (session.lua) or '', context size, most messages to keep, last_activity,
--      started_at (epoch ms), metadata of an answer that is ended because its slot was lost
-- A user's message is in ids under its id, an answer under `answer:<id>`: an id is of one role (X7).
-- Gives { 'started', session fields, epoch, answer's seq, watchers, context or nil, answer that was ended or nil }, { 'missing' },
--      { 'taken' }, { 'repeated', message, answer, slot or nil, session fields }, or { 'busy', slot without its text }.
-- @include keys
-- @include session
-- @include messages
-- @include running
-- @include repeated
-- @include watchers
-- @include refresh
-- @include trim
-- @include slot
-- @include orphan
-- @include ids
local ttl, user_id, message_id, message_head, message_tail, answer_id, answer_head, answer_tail, attempt, owner,
  known, context_size, keep, last_activity, started_at, lost = unpack(ARGV)
local session = stored_session()
if not session or (user_id ~= '' and session.user_id ~= user_id) then return { 'missing' } end
mend_ids(session)

local running = running_answer()
local stored = redis.call('ZSCORE', IDS, message_id)
local claimed_before = running and running.id == answer_id and running.owner == owner
if stored and not claimed_before then return repeated(stored, running, session, ttl) end
if not stored and redis.call('ZSCORE', IDS, 'answer:' .. message_id) then return { 'taken' } end
if running and not claimed_before then return { 'busy', running } end

local seq, epoch
local ended, is_current = false, false
if claimed_before then
  seq, epoch = running.seq, running.epoch
else
  ended = end_orphan(session, lost)
  is_current = state_of(session) == known
  seq, epoch = session.seq + 2, session.version + 1
  local first = trim(session.first_seq, seq, tonumber(keep))
  redis.call('HSET', SESSION, 'seq', seq, 'first_seq', first, 'version', epoch, 'last_activity', last_activity,
    'message:' .. (seq - 1), message_head .. (seq - 1) .. message_tail,
    'message:' .. seq, answer_head .. seq .. answer_tail)
  redis.call('ZADD', IDS, seq - 1, message_id, seq, 'answer:' .. answer_id)
  occupy(answer_id, seq, attempt, owner, epoch, started_at)
  session = stored_session()
end
refresh(ttl, epoch)

local context = not is_current and messages_between(session, seq - tonumber(context_size), seq - 1, '')
return { 'started', session, epoch, seq, watchers_but(owner), context, ended }
