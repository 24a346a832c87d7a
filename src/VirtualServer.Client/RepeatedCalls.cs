using Grpc.Core;
using Grpc.Core.Interceptors;
using VirtualServers.V1;

namespace VirtualServers.Client;

/// <summary>
/// Repeats a unary call that was not executed, after the delay that the service names. The retry policy of the channel knows status codes
/// only, and RESOURCE_EXHAUSTED and ABORTED have other reasons too, which no repetition helps.
/// </summary>
internal sealed class RepeatedCalls(VirtualServerClientOptions options) : Interceptor
{
    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        TRequest request,
        ClientInterceptorContext<TRequest, TResponse> context,
        AsyncUnaryCallContinuation<TRequest, TResponse> continuation)
    {
        if (!options.HonorRetryInfo) return continuation(request, context);
        var disposal = CancellationTokenSource.CreateLinkedTokenSource(context.Options.CancellationToken);
        context = new(context.Method, context.Host, context.Options.WithCancellationToken(disposal.Token));
        var last = continuation(request, context);
        var response = Response();
        return new(response, Headers(), () => last.GetStatus(), () => last.GetTrailers(), Dispose);

        async Task<TResponse> Response()
        {
            for (var attempt = 1; ; attempt++)
            {
                try
                {
                    return await last.ResponseAsync.ConfigureAwait(false);
                }
                catch (RpcException refused) when (Pause(refused, context.Options, attempt) is { } pause)
                {
                    // A call that is canceled or disposed meanwhile is made once more, and ends at once as such.
                    await Task.Delay(pause, disposal.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                    last.Dispose();
                    last = continuation(request, context);
                }
            }
        }

        async Task<Metadata> Headers()
        {
            await ((Task)response).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return await last.ResponseHeadersAsync.ConfigureAwait(false);
        }

        void Dispose()
        {
            disposal.Cancel();
            last.Dispose();
        }
    }

    public override TResponse BlockingUnaryCall<TRequest, TResponse>(
        TRequest request,
        ClientInterceptorContext<TRequest, TResponse> context,
        BlockingUnaryCallContinuation<TRequest, TResponse> continuation)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return continuation(request, context);
            }
            catch (RpcException refused) when (options.HonorRetryInfo && Pause(refused, context.Options, attempt) is { } pause)
            {
                context.Options.CancellationToken.WaitHandle.WaitOne(pause);
            }
        }
    }

    // Null if the call is not to be repeated.
    private TimeSpan? Pause(RpcException refused, CallOptions call, int attempt)
    {
        if (attempt >= options.MaxAttempts || refused.AsRefusal() is not { RetryDelay: { } delay } refusal) return null;
        if (refusal.Reason is not (ErrorReason.TooManyCalls or ErrorReason.RateLimited or ErrorReason.Contended)) return null;
        // Callers that are refused together do not return together.
        delay *= 1 + (Random.Shared.NextDouble() / 4);
        return call.Deadline is { } deadline && DateTime.UtcNow + delay >= deadline ? null : delay;
    }
}
