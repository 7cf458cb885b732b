-- Makes the list of ids again from the messages that are kept, where it was lost apart from the session (G6): else a message that is
-- sent again would be stored twice, and none of those would be found by its id. Where it is there this costs one look.
local function mend_ids(session)
  if session.seq < session.first_seq or redis.call('EXISTS', IDS) == 1 then return end
  for from = session.first_seq, session.seq, 500 do
    local fields, entries = {}, {}
    for seq = from, math.min(from + 499, session.seq) do fields[#fields + 1] = 'message:' .. seq end
    for i, json in ipairs(redis.call('HMGET', SESSION, unpack(fields))) do
      local id, role = string.match(json or '', '^{"id":"([^"\\]+)","seq":%d+,"role":"(%a+)"')
      if id then
        entries[#entries + 1] = from + i - 1
        entries[#entries + 1] = role == 'assistant' and 'answer:' .. id or id
      end
    end
    if #entries > 0 then redis.call('ZADD', IDS, unpack(entries)) end
  end
  local ms = redis.call('PTTL', SESSION)
  if ms >= 0 then redis.call('EXPIRE', IDS, math.floor(ms / 1000) + 1) end -- an operator may have taken it away
end
