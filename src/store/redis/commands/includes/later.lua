-- The later of two times in ISO 8601. A session's last activity never goes back, where a replica's clock is behind: its user's index
-- keeps the latest, and a page of a list that ends with this session would begin too far below (S6).
local function later(one, other) return one > other and one or other end
