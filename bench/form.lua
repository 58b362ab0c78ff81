-- One kind of request again and again: OP is cc, introspect or userinfo; PRODUCT is monban or keycloak.
local op, at = os.getenv("OP"), os.getenv("AT") or ""
local keycloak = os.getenv("PRODUCT") == "keycloak"
local base = keycloak and "/realms/bench/protocol/openid-connect" or ""
local form = {
  ["Content-Type"] = "application/x-www-form-urlencoded",
  ["Authorization"] = "Basic YmVuY2g6YmVuY2gtc2VjcmV0LTAxMjM0NTY3ODk=",
}
if op == "cc" then
  wrk.method, wrk.path, wrk.headers, wrk.body = "POST", base .. "/token", form, "grant_type=client_credentials"
elseif op == "introspect" then
  wrk.method, wrk.headers, wrk.body = "POST", form, "token=" .. at
  wrk.path = base .. (keycloak and "/token/introspect" or "/introspect")
elseif op == "userinfo" then
  wrk.method, wrk.path, wrk.headers = "GET", base .. "/userinfo", { ["Authorization"] = "Bearer " .. at }
end

-- The wrong answer may be a 200 too: it is counted apart.
local wrong = 0
function response(status, headers, body)
  if status ~= 200 or (op == "introspect" and not body:find('"active":true')) then
    wrong = wrong + 1
    if wrong < 3 then print("WRONG", status, body:sub(1, 200)) end
  end
end
