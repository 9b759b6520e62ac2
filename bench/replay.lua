-- For wrk: replays the requests of a file in order, again and again, and prints what came of it as
-- JSON. The file holds, for each request, a line with its length in bytes, then its bytes.

local requests, count, at = {}, 0, 0

function init(arguments)
    local file = assert(io.open(arguments[1], "rb"))
    while true do
        local length = file:read("*l")
        if not length then break end
        count = count + 1
        requests[count] = file:read(tonumber(length))
    end
    file:close()
end

function request()
    at = at % count + 1
    return requests[at]
end

function done(summary, latency)
    local errors = summary.errors
    io.write(string.format(
        '\nRESULT {"requests": %d, "microseconds": %d, "refused": %d, "failed": %d, "p50": %d, "p95": %d}\n',
        summary.requests, summary.duration, errors.status,
        errors.connect + errors.read + errors.write + errors.timeout,
        latency:percentile(50), latency:percentile(95)))
end
