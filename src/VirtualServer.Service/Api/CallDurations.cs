using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Http.Features;
using VirtualServers.Service.Telemetry;

namespace VirtualServers.Service.Api;

/// <summary>
/// Measures every request with its outcome, those included that never become a call. Surrounds the one door for failures, which decides the
/// status.
/// </summary>
public sealed class CallDurations(Instruments instruments, TimeProvider clock)
{
    public async Task Measure(HttpContext http, RequestDelegate next)
    {
        var since = clock.GetTimestamp();
        try
        {
            await next(http);
        }
        finally
        {
            // The name of a method that does not exist is a text of the caller.
            var method = http.GetEndpoint()?.Metadata.GetMetadata<GrpcMethodMetadata>()?.Method.FullName ?? Failures.Unknown;
            instruments.Called(method, CodeOf(http).ToString(), clock.GetElapsedTime(since));
        }
    }

    // Of a caller that has left, the status was sent to nobody.
    private StatusCode CodeOf(HttpContext http)
    {
        var sent = http.Features.Get<IHttpResponseTrailersFeature>()?.Trailers[Failures.StatusHeader] is { Count: > 0 } trailer
            ? trailer
            : http.Response.Headers[Failures.StatusHeader];
        var code = Enum.TryParse<StatusCode>(sent, out var known) && Enum.IsDefined(known) ? known : StatusCode.Unknown;
        if (code == StatusCode.OK || !http.RequestAborted.IsCancellationRequested) return code;
        var call = http.Features.Get<IServerCallContextFeature>()?.ServerCallContext;
        return call?.Deadline <= clock.GetUtcNow().UtcDateTime ? StatusCode.DeadlineExceeded : StatusCode.Cancelled;
    }
}
