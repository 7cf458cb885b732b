-- Gives every key of the session its full TTL; `epoch` is the running answer's, or false. The session itself comes last:
-- its parts may be gone a moment before it, never outlive it.
-- @include lost
local function refresh(ttl, epoch)
  if epoch then
    redis.call('EXPIRE', TEXT_PREFIX .. epoch, ttl)
    redis.call('EXPIRE', ANSWER, ttl)
  end
  if redis.call('EXPIRE', WATCHERS, ttl) == 0 and redis.call('HGET', SESSION, 'watched') then
    note_lost_watchers()
    redis.call('EXPIRE', WATCHERS, ttl)
  end
  redis.call('EXPIRE', IDS, ttl)
  redis.call('EXPIRE', SESSION, ttl)
end
