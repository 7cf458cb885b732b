-- What a reply of redis.pcall says of an item of a batch: 'elsewhere' where the key is at another node of a Cluster, 'foreign'
-- where it is not of our making (X6), nil where all is well. Any other error ends the script.
local function trouble(reply)
  if type(reply) ~= 'table' or not reply.err then return nil end
  if string.find(reply.err, 'non local key', 1, true) then return 'elsewhere' end
  if string.sub(reply.err, 1, 9) == 'WRONGTYPE' then return 'foreign' end
  error(reply)
end
