-- Reads one message by its id, without refreshing anything.
-- KEYS session, ids, answer, watchers, text prefix
-- ARGV user id or '' for any, message id
-- Gives { session fields, messages: it, or none, slot without its text or nil, ttl (ms; -1 where it has none) }, or nil where
--      there is no such session.
-- @include keys
-- @include session
-- @include running
-- @include ids
local user_id, message_id = unpack(ARGV)
local session = stored_session()
if not session or (user_id ~= '' and session.user_id ~= user_id) then return false end
mend_ids(session)
local seq = redis.call('ZSCORE', IDS, 'answer:' .. message_id) or redis.call('ZSCORE', IDS, message_id)
local message = seq and redis.call('HGET', SESSION, 'message:' .. seq)
return { session, { message or nil }, running_answer(), redis.call('PTTL', SESSION) }
