-- Reads one message by its id, without refreshing anything.
-- KEYS session, ids, answer, watchers, text prefix
-- ARGV message id
-- Gives { session fields, messages: it, or none, slot or nil, ttl (ms) }, or nil where there is no such session.
-- @include keys
-- @include session
-- @include running
-- @include ids
local message_id = ARGV[1]
local session = stored_session()
if not session then return false end
mend_ids(session)
local seq = redis.call('ZSCORE', IDS, 'answer:' .. message_id) or redis.call('ZSCORE', IDS, message_id)
local message = seq and redis.call('HGET', SESSION, 'message:' .. seq)
return { session, { message or nil }, running_answer(), redis.call('PTTL', SESSION) }
