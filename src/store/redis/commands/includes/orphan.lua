-- Bytes of an answer's JSON while its text is elsewhere: its ids and times have one length, its numbers hardly any.
local MOST_OF_EMPTY = 224

-- Ends the session's last answer where it streams though nobody has the slot, which was lost (G6): once another has the slot
-- nobody would (F4). Its text is kept where it is found, and so is taken from its owner, who is fenced. Else what was shown of it is
-- lost: a higher attempt makes clients drop it (D3). `metadata` is what it ends with, as JSON. Gives its JSON; false where there is none.
local function end_orphan(session, metadata)
  local field, text_key = 'message:' .. session.seq, TEXT_PREFIX .. session.version
  local message = redis.call('HGET', SESSION, field)
  if not message or #message > MOST_OF_EMPTY then return false end
  local head, attempt, created_at = string.match(message,
    '^(.*"role":"assistant","content":)"","status":"streaming","attempt":(%d+)(,"createdAt":"[^"]*","metadata":){}}$')
  if not head then return false end
  local text = redis.call('GETRANGE', text_key, 0, -1)
  if text == '' then attempt = attempt + 1 end
  local json = head .. cjson.encode(string.sub(text, 2)) .. ',"status":"error","attempt":' .. attempt .. created_at ..
    metadata .. '}'
  session.version = session.version + 1
  redis.call('HSET', SESSION, field, json, 'version', session.version)
  redis.call('DEL', text_key)
  return json
end
