-- The session says that it is watched, and there is no list of those who watch it: it was lost apart from the session (G6). Anybody may
-- have been there: '*' stands for them until all replicas were told to look, and who watches has entered again.
local function note_lost_watchers()
  redis.call('HSET', WATCHERS, '*', 0)
end
