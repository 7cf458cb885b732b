-- Memory that a session takes, in bytes, estimated from up to 100 elements of each key.
-- KEYS 1 session, 2 ids, 3 answer, 4 watchers, 5 text prefix
-- Gives the sum; 0 where there is no such session.
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end -- MEMORY USAGE also sees what has expired
local total = 0
local function add(key) total = total + (redis.call('MEMORY', 'USAGE', key, 'SAMPLES', 100) or 0) end
for i = 1, 4 do add(KEYS[i]) end
local epoch = redis.call('HGET', KEYS[3], 'epoch')
if epoch then add(KEYS[5] .. epoch) end
return total
