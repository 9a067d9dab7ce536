-- What wrk sends: `wrk -s load.lua URL -- read|list|insert FILE_WITH_KEYS`.
local headers = { ["Content-Type"] = "application/json" }
local keys = {}

function init(arguments)
    local kind, path = arguments[1], wrk.path
    for key in io.lines(arguments[2]) do
        keys[#keys + 1] = key
    end
    if kind == "read" then
        request = function()
            return wrk.format("GET", path .. "/" .. keys[math.random(#keys)])
        end
    elseif kind == "list" then
        local prepared = wrk.format("GET", path)
        request = function()
            return prepared
        end
    else
        local prepared = wrk.format("POST", path, headers, '{"name": "Somebody"}')
        request = function()
            return prepared
        end
    end
end

function done(summary, latency)
    local errors = summary.errors
    local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
    io.write(string.format(
        '{"requests": %d, "microseconds": %d, "failed": %d, "p50": %d, "p99": %d}\n',
        summary.requests, summary.duration, failed,
        latency:percentile(50), latency:percentile(99)
    ))
end
