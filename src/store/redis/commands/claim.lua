-- Takes a running answer over from the owner that holds it under the given epoch (F1, F2): exactly one caller wins.
-- KEYS session, ids, answer, watchers, text prefix
-- ARGV ttl (s), epoch, new owner, '1' where its owner handed it over (F5) or ''
-- Gives { session fields, slot, message, watchers }, or nil where the answer has ended, somebody else has taken it, or the
--      session was lost (G6).
-- @include keys
-- @include session
-- @include running
-- @include watchers
-- @include refresh
local ttl, epoch, new_owner, is_handed_over = unpack(ARGV)
if redis.call('EXISTS', SESSION) == 0 then return false end
local held_under, owner, claimed_from, contributors, base, seq =
  unpack(redis.call('HMGET', ANSWER, 'epoch', 'owner', 'claimed_from', 'contributors', 'base', 'seq'))
if held_under == epoch then
  local new_epoch = redis.call('HINCRBY', SESSION, 'version', 1)
  local old_text, new_text = TEXT_PREFIX .. epoch, TEXT_PREFIX .. new_epoch
  -- Where the text was lost the answer is claimed all the same: else it would stay unfinished for ever.
  if redis.call('EXISTS', old_text) == 1 then redis.call('RENAME', old_text, new_text) end
  local bytes = math.max(0, redis.call('STRLEN', new_text) - 1)
  local previous = string.match(owner, '^(.*)%.') or owner
  if bytes > tonumber(base) and string.match(contributors, '[^,]*$') ~= previous then
    contributors = contributors == '' and previous or contributors .. ',' .. previous
  end
  redis.call('HSET', ANSWER, 'epoch', new_epoch, 'owner', new_owner, 'claimed_from', epoch,
    'contributors', contributors, 'base', bytes)
  if is_handed_over == '' then redis.call('HINCRBY', ANSWER, 'takeovers', 1) end
  held_under = new_epoch
elseif owner ~= new_owner or claimed_from ~= epoch then
  return false
end
refresh(ttl, held_under)
local running = with_text(running_answer())
return { stored_session(), running, redis.call('HGET', SESSION, 'message:' .. seq), watchers_but(new_owner) }
