-- Gives the empty answer slot to its first owner. The caller refreshes the TTLs.
local function occupy(id, seq, attempt, owner, epoch, started_at)
  redis.call('HSET', ANSWER, 'id', id, 'seq', seq, 'attempt', attempt, 'owner', owner, 'epoch', epoch,
    'started_at', started_at, 'contributors', '', 'takeovers', 0, 'base', 0)
  redis.call('SET', TEXT_PREFIX .. epoch, '>')
end
