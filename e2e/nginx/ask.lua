-- Asks extauthz about a request, with its body if that is small, and answers in its words when it refuses.
local most = 8 * 1024 * 1024 -- client_body_buffer_size

local function small_body()
    local length = tonumber(ngx.var.http_content_length or 0)
    if ngx.var.http_transfer_encoding or not length or length > most then
        return nil
    end
    ngx.req.read_body()
    if ngx.req.get_body_file() then
        return nil -- HTTP/2 without a Content-Length
    end
    return ngx.req.get_body_data() or ""
end

-- The variables are shared, as with auth_request: both requests must have one $request_id.
local body, answer = small_body(), nil
if body then
    answer = ngx.location.capture("/-/ask-with-body", { method = ngx.HTTP_POST, body = body, share_all_vars = true })
else
    answer = ngx.location.capture("/-/ask", { method = ngx.HTTP_GET, share_all_vars = true })
end

local said = {}
for name, value in pairs(answer.header) do
    said[string.lower(name)] = value
end

if answer.status == ngx.HTTP_OK and not answer.truncated then
    for name in string.gmatch(said["x-extauthz-remove"] or "", "[^,]+") do
        ngx.req.clear_header(name)
    end
    ngx.var.extauthz_upstream = said["x-extauthz-upstream"]
    ngx.var.extauthz_workspace = said["x-mlflow-workspace"] or ""
    ngx.var.extauthz_principal = said["x-extauthz-principal"] or ""
    return
end

local status = tonumber(said["x-extauthz-status"])
if not status or status < 400 then -- nginx's own answer: extauthz did not
    ngx.status = ngx.HTTP_SERVICE_UNAVAILABLE
    ngx.header["Content-Type"] = "application/json"
    ngx.header["Retry-After"] = "5"
    ngx.print('{"error_code":"TEMPORARILY_UNAVAILABLE","message":"The authorization service does not answer; try again."}')
    return ngx.exit(ngx.HTTP_OK)
end
ngx.status = status
for _, name in ipairs({ "Content-Type", "WWW-Authenticate", "Retry-After" }) do
    ngx.header[name] = said[string.lower(name)]
end
ngx.print(said["x-extauthz-denial"])
return ngx.exit(ngx.HTTP_OK)
