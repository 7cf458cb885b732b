-- Enters `address` among the watchers by its watch `id`: a later one of the same replica stands.
-- @include lost
local function watch(address, id)
  if address == '' then return end
  local known = redis.call('HGET', WATCHERS, address)
  if not known then
    note_lost_watchers()
    redis.call('HSET', SESSION, 'watched', 1)
  end
  if not known or tonumber(known) < tonumber(id) then redis.call('HSET', WATCHERS, address, id) end
end
