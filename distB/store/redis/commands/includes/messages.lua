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

-- The seq from..to + 1 from which on the newest messages up to `to` are more than `bytes` of JSON, the oldest of them counted:
-- the caller sees that not all would fit. All, where `bytes` is ''. No more than one that is not to be sent is read.
local function newest_within(from, to, bytes)
  local left = tonumber(bytes)
  local first = to + 1
  while first > from and (not left or left >= 0) do
    first = left and first - 1 or from
    left = left and left - #(redis.call('HGET', SESSION, 'message:' .. first) or '')
  end
  return first
end
