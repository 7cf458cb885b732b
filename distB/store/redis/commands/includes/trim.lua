-- Removes what is older than the newest `keep` messages up to `last` (S4), and gives the seq of the oldest that is left.
local function trim(first, last, keep)
  local excess = {}
  while first <= last - keep do
    excess[#excess + 1] = 'message:' .. first
    first = first + 1
  end
  for from = 1, #excess, 1000 do
    redis.call('HDEL', SESSION, unpack(excess, from, math.min(from + 999, #excess)))
  end
  if #excess > 0 then redis.call('ZREMRANGEBYSCORE', IDS, '-inf', first - 1) end
  return first
end
