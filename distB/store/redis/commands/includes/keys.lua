-- The keys of one session, in the order in which every script is given them. The text's own has the epoch behind the prefix.
local SESSION, IDS, ANSWER, WATCHERS, TEXT_PREFIX = unpack(KEYS)
