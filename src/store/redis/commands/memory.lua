-- What Redis says of its memory and how it evicts (INFO memory). A script can ask whether it may: a plain INFO would fill the
-- ACL LOG of a Redis whose user has no right to it.
-- KEYS: none. ARGV: none.
-- Gives the text of INFO; nil where the user may not have it.
if redis.acl_check_cmd('INFO', 'memory') then return redis.call('INFO', 'memory') end
