-- The count that a text says; false where it says none: Lua itself takes what it begins with. From 1e14 on Lua writes a number with fewer digits than it has.
local function count(text)
  local number = string.find(text or '', '^%d+$') and tonumber(text)
  return number and number < 1e14 and number
end
