-- Refreshes with rotation: each answer's token is used next. RTFILE holds more tokens than connections.
local pool, wrong = {}, 0
for line in io.lines(os.getenv("RTFILE")) do pool[#pool + 1] = line end
local base = os.getenv("PRODUCT") == "keycloak" and "/realms/bench/protocol/openid-connect" or ""
local headers = {
  ["Content-Type"] = "application/x-www-form-urlencoded",
  ["Authorization"] = "Basic YmVuY2g6YmVuY2gtc2VjcmV0LTAxMjM0NTY3ODk=",
}
function request()
  return wrk.format("POST", base .. "/token", headers, "grant_type=refresh_token&refresh_token=" .. (table.remove(pool) or "empty"))
end
function response(status, _, body)
  local token = status == 200 and body:match('"refresh_token":"([^"]+)"')
  if token then
    pool[#pool + 1] = token
  else
    wrong = wrong + 1
    if wrong < 3 then print("WRONG", status, body:sub(1, 200)) end
  end
end
