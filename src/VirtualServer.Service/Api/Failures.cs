using Google.Protobuf;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Grpc.Core.Interceptors;
using VirtualServers.Domain;
using VirtualServers.Service.Security;
using VirtualServers.Service.Store;
using VirtualServers.Service.Telemetry;
using VirtualServers.Service.Wire;

namespace VirtualServers.Service.Api;

/// <summary>
/// The one door for failures: a refusal leaves as the status of its violations, a database that is away as UNAVAILABLE, and
/// what nobody foresaw as one neutral sentence, with the details in the log. Each is one log line.
/// </summary>
public sealed class Failures(Instruments instruments, ILogger<Failures> logger) : Interceptor
{
    public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation) =>
        Guard(context, () => continuation(request, context));

    public override Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(IAsyncStreamReader<TRequest> requestStream, ServerCallContext context, ClientStreamingServerMethod<TRequest, TResponse> continuation) =>
        Guard(context, async () =>
        {
            try
            {
                return await continuation(requestStream, context);
            }
            catch (InvalidProtocolBufferException)
            {
                throw Unreadable(context);
            }
        });

    /// <summary>
    /// A unary request is read before any interceptor is asked; when its bytes are no message, gRPC answers UNKNOWN without details. Here
    /// such a call gets the refusal that everything malformed gets: there is no answer yet, so its status still stands in the headers.
    /// </summary>
    public async Task TellUnreadable(HttpContext http, RequestDelegate next)
    {
        await next(http);
        if (http.Response.HasStarted || http.Features.Get<IServerCallContextFeature>()?.ServerCallContext is not { Status.DebugException: InvalidProtocolBufferException } context) return;

        var (refusal, headers) = (Refuse(context, Unreadable(context)), http.Response.Headers);
        headers[Caller.CorrelationHeader] = Caller.Of(context).CorrelationId;
        headers["grpc-status"] = $"{refusal.StatusCode:D}";
        headers["grpc-message"] = Uri.EscapeDataString(refusal.Status.Detail);
        foreach (var detail in refusal.Trailers) headers[detail.Key] = Convert.ToBase64String(detail.ValueBytes);
    }

    private async Task<TResponse> Guard<TResponse>(ServerCallContext context, Func<Task<TResponse>> call)
    {
        var caller = Caller.Of(context);
        context.GetHttpContext().Response.Headers[Caller.CorrelationHeader] = caller.CorrelationId;
        try
        {
            return caller.Violations is { Count: > 0 } violations ? throw new Refused(violations) : await call();
        }
        catch (Refused refused)
        {
            throw Refuse(context, refused);
        }
        catch (Exception exception) when (Outage.Caused(exception))
        {
            Log.StoreUnavailable(logger, context.Method, exception.GetBaseException().Message, caller.Actor, caller.CorrelationId);
            throw Leave(context, new(new Violation(Reason.StoreUnavailable, "", "the store is not available: try again, with the same request_id if you give one")));
        }
        catch (Exception exception) when (exception is not (RpcException or OperationCanceledException) && !context.CancellationToken.IsCancellationRequested)
        {
            Log.Failed(logger, exception, context.Method, caller.Actor, caller.CorrelationId);
            throw Leave(context, new(new Violation(Reason.Internal, "", $"the call failed: the service has logged why, under correlation id {caller.CorrelationId}")));
        }
    }

    private RpcException Refuse(ServerCallContext context, Refused refused)
    {
        var (caller, ordered) = (Caller.Of(context), Statuses.Ordered(refused.Violations));
        Log.Refused(logger, context.Method, Statuses.CodeOf(ordered[0].Reason).ToString(), string.Join(", ", ordered.Select(violation => violation.Reason.Spelled()).Distinct()), Statuses.Sentence(ordered), caller.Actor, caller.CorrelationId);
        return Leave(context, refused);
    }

    private static Refused Unreadable(ServerCallContext context) =>
        new(new Violation(Reason.FieldInvalid, "", $"the bytes sent are no request of {context.Method}: encode it as its protobuf message, with text in UTF-8"));

    private RpcException Leave(ServerCallContext context, Refused refused)
    {
        instruments.Refused(context.Method, Statuses.Ordered(refused.Violations)[0].Reason.Spelled());
        return Statuses.Of(refused).ToRpcException();
    }
}
