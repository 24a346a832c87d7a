using Grpc.Core;
using VirtualServers.Service.Faults;

namespace VirtualServers.Service.Api;

/// <summary>The requests of a stream. One that gRPC cannot read rejects the call, as it does for a unary call.</summary>
internal sealed class ReadableRequests<T>(IAsyncStreamReader<T> requests, ServerCallContext context) : IAsyncStreamReader<T>
{
    public T Current => requests.Current;

    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        try
        {
            return await requests.MoveNext(cancellationToken);
        }
        catch (Exception exception) when (context.CancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException("the caller has left", exception, context.CancellationToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            throw new Refused(Unreadable.Violation(context.Method, exception));
        }
    }
}
