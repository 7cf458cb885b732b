-- Finds a user's message by its id, with its answer (M2).
-- KEYS session, ids, answer, watchers, text prefix
-- ARGV ttl (s), user id or '' for any, message id
-- Gives { 'repeated', message, answer, slot or nil, session fields }, { 'missing' } where there is no such session, or { 'unknown' }.
-- @include keys
-- @include session
-- @include running
-- @include repeated
-- @include ids
local ttl, user_id, message_id = unpack(ARGV)
local session = stored_session()
if not session or (user_id ~= '' and session.user_id ~= user_id) then return { 'missing' } end
mend_ids(session)
local stored = redis.call('ZSCORE', IDS, message_id)
if not stored then return { 'unknown' } end
return repeated(stored, running_answer(), session, ttl)
