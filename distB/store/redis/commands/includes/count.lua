-- The count that a text says; false where it says none. From 1e14 on Lua writes a number with fewer digits than it has.
local function count(text)
  local number = tonumber(text or '')
  return number and number >= 0 and number < 1e14 and number % 1 == 0 and number
end
