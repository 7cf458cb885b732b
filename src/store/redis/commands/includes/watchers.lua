-- Addresses of the replicas with sockets of the session, but for `own`; '*' among them where the list was lost (lost.lua).
local function watchers_but(own)
  local others = {}
  for _, address in ipairs(redis.call('HKEYS', WATCHERS)) do
    if address ~= own then others[#others + 1] = address end
  end
  return others
end
