-- Gives every key of the session its full TTL; `epoch` is the running answer's, or false. The session itself comes last:
-- its parts may be gone a moment before it, never outlive it.
local function refresh(ttl, epoch)
  if epoch then
    redis.call('EXPIRE', KEYS[5] .. epoch, ttl)
    redis.call('EXPIRE', KEYS[3], ttl)
  end
  redis.call('EXPIRE', KEYS[4], ttl)
  redis.call('EXPIRE', KEYS[2], ttl)
  redis.call('EXPIRE', KEYS[1], ttl)
end
