-- How many entries a user's index has (S6). By ranks, in about twice as many steps as the number has bits: ZCARD is a right of its own.
-- KEYS the user's index
-- Gives the number; 0 where there is no index.
local function has(count) return redis.call('ZRANGE', KEYS[1], count - 1, count - 1)[1] end
local step = 1
while has(step) do step = step * 2 end
local count = 0
while step >= 1 do
  if has(count + step) then count = count + step end
  step = step / 2
end
return count
