-- How long sessions have left. Their keys stand in ARGV, as in append.lua.
-- ARGV session keys
-- Gives per session what PTTL gives: milliseconds, -1 without a TTL, -2 where it is gone; or -3 where the key is at another node.
-- @include trouble
local times = {}
for i, key in ipairs(ARGV) do
  local ms = redis.pcall('PTTL', key)
  times[i] = trouble(ms) and -3 or ms
end
return times
