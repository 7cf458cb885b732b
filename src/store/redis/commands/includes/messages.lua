-- JSON of the messages from..to that are kept, oldest first. Read in pieces: unpack has an upper limit.
local function messages_between(session, from, to)
  local messages = {}
  for first = math.max(from, session.first_seq), to, 1000 do
    local fields = {}
    for seq = first, math.min(first + 999, to) do
      fields[#fields + 1] = 'message:' .. seq
    end
    for _, json in ipairs(redis.call('HMGET', SESSION, unpack(fields))) do
      messages[#messages + 1] = json
    end
  end
  return messages
end
