-- Ends one watch of a replica. Where the replica has begun another since, that one stands, however late this comes. Of a dead
-- replica any is ended, and so is '*' (lost.lua).
-- KEYS session, ids, answer, watchers, text prefix
-- ARGV address, id of the watch or '' for any
-- Gives nothing.
-- @include keys
local address, watch_id = unpack(ARGV)
if watch_id ~= '' and redis.call('HGET', WATCHERS, address) ~= watch_id then return false end
local is_last = redis.call('HDEL', WATCHERS, address) == 1 and redis.call('EXISTS', WATCHERS) == 0
if is_last then redis.call('HDEL', SESSION, 'watched') end
return false
