-- Enters `address` among the watchers by its watch `id`: a later one of the same replica stands.
local function watch(address, id)
  if address == '' then return end
  local known = redis.call('HGET', KEYS[4], address)
  if not known or tonumber(known) < tonumber(id) then redis.call('HSET', KEYS[4], address, id) end
end
