-- Ends one watch of a replica. Where the replica has begun another since, that one stands, however late this comes.
-- KEYS 1 watchers
-- ARGV 1 address, 2 id of the watch
-- Gives nothing.
if redis.call('HGET', KEYS[1], ARGV[1]) == ARGV[2] then redis.call('HDEL', KEYS[1], ARGV[1]) end
return false
