using System.Net.Sockets;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Npgsql;
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
        Guard(context, () => continuation(requestStream, context));

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
            var ordered = Statuses.Ordered(refused.Violations);
            Log.Refused(logger, context.Method, Statuses.CodeOf(ordered[0].Reason).ToString(), string.Join(", ", ordered.Select(violation => violation.Reason.Spelled()).Distinct()), Statuses.Sentence(ordered), caller.Actor, caller.CorrelationId);
            throw Leave(context, refused);
        }
        catch (Exception exception) when (IsStoreAway(exception))
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

    private RpcException Leave(ServerCallContext context, Refused refused)
    {
        instruments.Refused(context.Method, Statuses.Ordered(refused.Violations)[0].Reason.Spelled());
        return Statuses.Of(refused).ToRpcException();
    }

    // Refused connections, broken ones, time-outs, shutdowns and full disks: the command may be sent again later.
    private static bool IsStoreAway(Exception? exception) => exception switch
    {
        null => false,
        PostgresException { SqlState: var state } => state.StartsWith("08", StringComparison.Ordinal) || state.StartsWith("53", StringComparison.Ordinal) || state.StartsWith("57", StringComparison.Ordinal),
        NpgsqlException { InnerException: SocketException or IOException or TimeoutException } => true,
        NpgsqlException { IsTransient: true } => true,
        _ => IsStoreAway(exception.InnerException),
    };
}
