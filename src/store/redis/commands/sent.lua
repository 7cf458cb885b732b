-- Finds a user's message by its id, with its answer, without touching anything (M2).
-- KEYS 1 session, 2 ids, 3 answer, 4 watchers, 5 text prefix
-- ARGV 1 user id or '' for any, 2 message id
-- Gives { 'repeated', message, answer, slot or nil }, { 'missing' } where there is no such session, or { 'unknown' }.
-- @include session
-- @include running
-- @include repeated
local session = session_fields()
if not session[1] or (ARGV[1] ~= '' and session[2] ~= ARGV[1]) then return { 'missing' } end
local stored = redis.call('ZSCORE', KEYS[2], ARGV[2])
if not stored then return { 'unknown' } end
return repeated(stored, running_answer())
