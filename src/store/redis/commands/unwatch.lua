-- Ends one watch of a replica. Where the replica has begun another since, that one stands, however late this comes.
-- KEYS watchers
-- ARGV address, id of the watch
-- Gives nothing.
local watchers = KEYS[1]
local address, watch_id = unpack(ARGV)
if redis.call('HGET', watchers, address) == watch_id then redis.call('HDEL', watchers, address) end
return false
