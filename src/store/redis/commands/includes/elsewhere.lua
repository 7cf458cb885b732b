-- Whether a reply of redis.pcall says that the key is at another node of a Cluster. Any other error ends the script.
local function elsewhere(reply)
  if type(reply) ~= 'table' or not reply.err then return false end
  if string.find(reply.err, 'non local key', 1, true) then return true end
  error(reply)
end
