-- Appends to running answers of many sessions in one call (D1, F1). The fence is the key's name: a takeover renames it, so
-- a stale owner's key has length 0. Keys stand in ARGV because they lie in many slots: a Cluster's node takes a script with
-- keys of several of its slots only so. On an error what came before it is applied; the whole call can be repeated.
-- KEYS those of the one item, where Redis is to find out itself which node has them
-- ARGV number of items; then per item: text key, bytes it must have (marker byte counted), text;
--      number of those whose answer has to be looked at, because an epoch is given again where Redis has lost data (G6);
--      then per such item: its number, answer key, answer's id; then per bookmark: item's number, answer key, response id, sequence
-- Gives the numbers (from 1) of the items that were refused, negative where the keys are at another node: usually none. A key
-- of another type is no running answer's, and one with a bookmark needs its slot (G6): that item alone is refused.
-- @include trouble
local call, pcall = redis.call, redis.pcall
local refused, unstored = {}, {}
local function refuse(item, result)
  refused[#refused + 1] = result
  unstored[item] = true
end
local firsts = ARGV[1] * 3 + 3
local bookmarks = firsts + ARGV[firsts - 1] * 3
for i = firsts, bookmarks - 1, 3 do
  local item, id = tonumber(ARGV[i]), pcall('HGET', ARGV[i + 1], 'id')
  if type(id) == 'string' and id ~= ARGV[i + 2] then refuse(item, item) end
end
for item = 1, tonumber(ARGV[1]) do
  local i = item * 3 - 1
  local key, expected, text = ARGV[i], tonumber(ARGV[i + 1]), ARGV[i + 2]
  local length = not unstored[item] and pcall('STRLEN', key)
  if length == expected then
    call('APPEND', key, text)
  elseif length and length ~= expected + #text then -- else an earlier try of this item has stored it
    refuse(item, trouble(length) == 'elsewhere' and -item or item)
  end
end
for i = bookmarks, #ARGV, 4 do
  local marked, key, response_id, sequence = tonumber(ARGV[i]), ARGV[i + 1], ARGV[i + 2], ARGV[i + 3]
  if not unstored[marked] then
    local added = pcall('HSET', key, 'response_id', response_id, 'sequence', sequence)
    local bad = trouble(added)
    -- An answer's first one shows whether the slot was lost: it would be made again by this, without a TTL, or is another's.
    if not bad and added > 0 and call('HGET', key, 'epoch') ~= string.match(ARGV[3 * marked - 1], '%d+$') then
      call('HDEL', key, 'response_id', 'sequence')
      bad = 'lost'
    end
    if bad then refuse(marked, bad == 'elsewhere' and -marked or marked) end
  end
end
return refused
