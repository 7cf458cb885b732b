-- Enters `address` among the watchers of the session by its watch `id`: a later one of the same replica stands.
-- @include lost
local function watch(session, address, id)
  if address == '' then return end
  local known = redis.call('HGET', WATCHERS, address)
  if known and tonumber(known) >= tonumber(id) then return end
  redis.call('HSET', WATCHERS, address, id)
  if not session.watched then
    redis.call('HSET', SESSION, 'watched', 1)
  elseif not known and redis.call('HLEN', WATCHERS) == 1 then
    note_lost_watchers() -- there was none but the one that has just been entered
  end
end
