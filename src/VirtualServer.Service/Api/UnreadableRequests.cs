using Google.Protobuf;
using VirtualServers.Domain;
using VirtualServers.Service.Security;
using VirtualServers.Service.Store;
using VirtualServers.Service.Telemetry;
using VirtualServers.Service.Wire;

namespace VirtualServers.Service.Api;

/// <summary>
/// Bytes that are no message of the method: gRPC reads them before it asks any interceptor, so such a call ends as UNKNOWN without a word.
/// Seen from outside gRPC it is told by having failed without passing <see cref="Failures"/>, and leaves as what it is: INVALID_ARGUMENT.
/// </summary>
public static class UnreadableRequests
{
    private const string StatusHeader = "grpc-status";
    private const string Unknown = "2";

    public static WebApplication UseUnreadableRequests(this WebApplication app)
    {
        var (instruments, logger) = (app.Services.GetRequiredService<Instruments>(), app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(UnreadableRequests)));
        app.Use(async (http, next) =>
        {
            await next(http);
            var headers = http.Response.Headers;
            if (http.Response.HasStarted || headers[StatusHeader] != Unknown || headers.ContainsKey(Caller.CorrelationHeader)) return;

            var method = http.Request.Path.Value ?? "";
            var violation = new Violation(Reason.FieldInvalid, "", "the request's bytes are no message of this method: compare the caller's proto files with the service's");
            var status = Statuses.Of(new Refused(violation));
            headers[StatusHeader] = $"{status.Code}";
            headers["grpc-message"] = Uri.EscapeDataString(status.Message);
            headers["grpc-status-details-bin"] = Convert.ToBase64String(status.ToByteArray()).TrimEnd('=');
            instruments.Refused(method, violation.Reason.Spelled());
            Log.Refused(logger, method, Statuses.CodeOf(violation.Reason).ToString(), violation.Reason.Spelled(), violation.Message, "unread", http.TraceIdentifier);
        });
        return app;
    }
}
