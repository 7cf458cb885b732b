-- The answer slot, a HASH that is there while an answer runs:
--   id, seq, attempt, started_at  of the answer; started_at in epoch ms
--   owner         address of the replica that runs it
--   epoch         the session's version at which the owner took it, or began its text anew; part of the text key's name
--   claimed_from  the epoch before that: a claim that is repeated gets the same reply (F1)
--   base          bytes of the text at the owner's claim; an owner that added none is no contributor
--   contributors  ids of the replicas that added text before the owner, in order, joined by commas
--   takeovers     how often it was taken from an owner that had not handed it over (F4)
--   response_id, sequence  of a provider's stored response, where it goes on with one (F3)
-- Gives the empty answer slot to its first owner. The caller refreshes the TTLs.
local function occupy(id, seq, attempt, owner, epoch, started_at)
  redis.call('HSET', ANSWER, 'id', id, 'seq', seq, 'attempt', attempt, 'owner', owner, 'epoch', epoch,
    'started_at', started_at, 'contributors', '', 'takeovers', 0, 'base', 0)
  redis.call('SET', TEXT_PREFIX .. epoch, '>')
end
