-- Memory that a session takes, in bytes, estimated from up to 100 elements of each key.
-- KEYS session, ids, answer, watchers, text prefix
-- Gives the sum; 0 where there is no such session.
-- @include keys
if redis.call('EXISTS', SESSION) == 0 then return 0 end -- MEMORY USAGE also sees what has expired
local total = 0
local function add(key) total = total + (redis.call('MEMORY', 'USAGE', key, 'SAMPLES', 100) or 0) end
for _, key in ipairs({ SESSION, IDS, ANSWER, WATCHERS }) do add(key) end
local epoch = redis.call('HGET', ANSWER, 'epoch')
if epoch then add(TEXT_PREFIX .. epoch) end
return total
