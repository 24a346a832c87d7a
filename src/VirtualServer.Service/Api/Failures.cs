using Google.Protobuf;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Grpc.Core.Interceptors;
using VirtualServers.Domain;
using VirtualServers.Service.Faults;
using VirtualServers.Service.Security;
using VirtualServers.Service.Telemetry;
using VirtualServers.Service.Wire;

namespace VirtualServers.Service.Api;

/// <summary>
/// Turns every failed call, streams included, into a status: a rejected call gets the status of its violations, an unavailable database
/// UNAVAILABLE, and an unforeseen exception one neutral sentence, with the details in the log. Each failure is one log line.
/// </summary>
public sealed class Failures(Instruments instruments, ILogger<Failures> logger) : Interceptor
{
    public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation) =>
        Guard(context, () => continuation(request, context));

    public override Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream,
        ServerCallContext context,
        ClientStreamingServerMethod<TRequest, TResponse> continuation) =>
        Guard(context, () => continuation(requestStream, context));

    public override Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation) =>
        Guard(context, () => Completed(continuation(request, responseStream, context)));

    public override Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation) =>
        Guard(context, () => Completed(continuation(requestStream, responseStream, context)));

    /// <summary>
    /// gRPC reads a unary request before it calls any interceptor. When the bytes are not a valid message, gRPC answers UNKNOWN without
    /// details. The service gives such a call the status of every other malformed call instead: the response has not started, so the status
    /// is still in the headers.
    /// </summary>
    public async Task ReportUnreadable(HttpContext http, RequestDelegate next)
    {
        await next(http);
        var call = http.Features.Get<IServerCallContextFeature>()?.ServerCallContext;
        if (http.Response.HasStarted || call is not { Status.DebugException: InvalidProtocolBufferException }) return;

        var (refusal, headers) = (Refuse(call, Unreadable(call)), http.Response.Headers);
        headers[Caller.CorrelationHeader] = Caller.Of(call).CorrelationId;
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
        catch (InvalidProtocolBufferException)
        {
            throw Refuse(context, Unreadable(context));
        }
        catch (Exception exception) when (Outage.Caused(exception))
        {
            Log.StoreUnavailable(logger, context.Method, exception.GetBaseException().Message, caller.Actor, caller.CorrelationId);
            throw Leave(
                context, Reason.StoreUnavailable, "the store is unavailable: retry, with the same request_id if the request has one");
        }
        catch (Exception exception) when (!IsEnd(exception) && !context.CancellationToken.IsCancellationRequested)
        {
            Log.Failed(logger, exception, context.Method, caller.Actor, caller.CorrelationId);
            throw Leave(
                context, Reason.Internal,
                $"the call failed unexpectedly: the log of the service has the details under correlation id {caller.CorrelationId}");
        }
    }

    private static bool IsEnd(Exception exception) => exception is RpcException or OperationCanceledException;

    private static async Task<bool> Completed(Task call)
    {
        await call;
        return true;
    }

    private RpcException Refuse(ServerCallContext context, Refused refused)
    {
        var (caller, ordered) = (Caller.Of(context), Statuses.Ordered(refused.Violations));
        Log.Refused(
            logger, context.Method, Statuses.CodeOf(ordered[0].Reason).ToString(),
            string.Join(", ", ordered.Select(violation => violation.Reason.Spelled()).Distinct()), Statuses.Sentence(ordered),
            caller.Actor, caller.CorrelationId);
        return Leave(context, refused);
    }

    private static Refused Unreadable(ServerCallContext context) => new(new Violation(
        Reason.FieldInvalid, "", $"the request of {context.Method} cannot be read: encode it as its protobuf message, with text in UTF-8"));

    private RpcException Leave(ServerCallContext context, Reason reason, string message) =>
        Leave(context, new(new Violation(reason, "", message)));

    private RpcException Leave(ServerCallContext context, Refused refused)
    {
        instruments.Refused(context.Method, Statuses.Ordered(refused.Violations)[0].Reason.Spelled());
        return Statuses.Of(refused).ToRpcException();
    }
}
