-- JSON of the messages from..to that are kept, oldest first: of the newest as many as are no more than `most_bytes` together, and the
-- one before them, by which the caller sees that not all would fit. All, where `most_bytes` is ''. They are read in batches, because
-- unpack has an upper limit, and in small ones where bytes are counted: at most three of any size are read in vain.
local function messages_between(session, from, to, most_bytes)
  local left = tonumber(most_bytes)
  local batch = left and 4 or 1000
  local newest_first = {}
  from = math.max(from, session.first_seq)
  while to >= from and (not left or left >= 0) do
    local fields = {}
    for seq = to, math.max(from, to - batch + 1), -1 do fields[#fields + 1] = 'message:' .. seq end
    for _, json in ipairs(redis.call('HMGET', SESSION, unpack(fields))) do
      if left and left < 0 then break end
      newest_first[#newest_first + 1] = json
      left = left and left - #(json or '')
    end
    to = to - batch
  end
  local messages = {}
  for i = #newest_first, 1, -1 do messages[#messages + 1] = newest_first[i] end
  return messages
end
