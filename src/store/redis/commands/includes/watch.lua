-- Enters `address` among the watchers by its watch `id`: a later one of the same replica stands.
-- @include lost
local function watch(address, id)
  if address == '' then return end
  local known = redis.call('HGET', WATCHERS, address)
  local was_watched = not known and redis.call('HSET', SESSION, 'watched', 1) == 0
  if was_watched and redis.call('EXISTS', WATCHERS) == 0 then note_lost_watchers() end
  if not known or tonumber(known) < tonumber(id) then redis.call('HSET', WATCHERS, address, id) end
end
