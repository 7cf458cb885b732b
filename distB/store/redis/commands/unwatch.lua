-- Ends one watch of a replica. Where the replica has begun another since, that one stands, however late this comes. Of a dead
-- replica any is ended.
-- KEYS watchers
-- ARGV address, id of the watch or '' for any
-- Gives nothing.
local watchers = KEYS[1]
local address, watch_id = unpack(ARGV)
if watch_id == '' or redis.call('HGET', watchers, address) == watch_id then redis.call('HDEL', watchers, address) end
return false
