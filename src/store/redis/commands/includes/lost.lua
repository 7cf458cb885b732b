-- The session says that it is watched, and the list of those who watch it may be lost apart from it (G6). Then anybody may be
-- missing there: '*' stands for them until all replicas were told to look, and who watches has entered again.
local function note_lost_watchers()
  if redis.call('EXISTS', WATCHERS) == 0 and redis.call('HGET', SESSION, 'watched') then
    redis.call('HSET', WATCHERS, '*', 0)
  end
end
