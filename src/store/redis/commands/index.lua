-- Enters a session in its user's index and refreshes the index (S6). A later activity is never overwritten by an earlier one.
-- KEYS 1 the user's index
-- ARGV 1 ttl (s), 2 session id, 3 last activity (epoch ms)
redis.call('ZADD', KEYS[1], 'GT', ARGV[3], ARGV[2])
redis.call('EXPIRE', KEYS[1], ARGV[1])
