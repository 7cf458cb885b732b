-- Appends to running answers of many sessions in one call (D1, F1). The fence is the key's name: a takeover renames it, so
-- a stale owner's key has length 0. Keys stand in ARGV because they lie in many slots: a Cluster's node takes a script with
-- keys of several of its slots only so. On an error what came before it is applied; the whole call can be repeated.
-- ARGV 1 number of items n; then n times: text key, bytes it must have (marker byte counted), text;
--      then per bookmark: item's number, answer key, response id, sequence
-- Gives the numbers (from 1) of the items that were refused: usually none.
local call = redis.call
local refused, fenced = {}, {}
local bookmarks = ARGV[1] * 3 + 2
local item = 0
for i = 2, bookmarks - 1, 3 do
  item = item + 1
  local key, text = ARGV[i], ARGV[i + 2]
  local expected, length = tonumber(ARGV[i + 1]), call('STRLEN', key)
  if length == expected then
    call('APPEND', key, text)
  elseif length ~= expected + #text then -- else an earlier try of this item has stored it
    refused[#refused + 1] = item
    fenced[item] = true
  end
end
for i = bookmarks, #ARGV, 4 do
  if not fenced[tonumber(ARGV[i])] then
    call('HSET', ARGV[i + 1], 'response_id', ARGV[i + 2], 'sequence', ARGV[i + 3])
  end
end
return refused
