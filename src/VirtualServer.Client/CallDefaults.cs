using Google.Protobuf;
using Grpc.Core;
using Grpc.Core.Interceptors;
using VirtualServers.V1;

namespace VirtualServers.Client;

/// <summary>Gives each call what it does not bring itself: a deadline, a request id, the actor and the correlation id.</summary>
internal sealed class CallDefaults(VirtualServerClientOptions options) : Interceptor
{
    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        TRequest request,
        ClientInterceptorContext<TRequest, TResponse> context,
        AsyncUnaryCallContinuation<TRequest, TResponse> continuation) =>
        continuation(Identified(request), WithDeadline(WithHeaders(context)));

    public override TResponse BlockingUnaryCall<TRequest, TResponse>(
        TRequest request,
        ClientInterceptorContext<TRequest, TResponse> context,
        BlockingUnaryCallContinuation<TRequest, TResponse> continuation) =>
        continuation(Identified(request), WithDeadline(WithHeaders(context)));

    public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(
        ClientInterceptorContext<TRequest, TResponse> context,
        AsyncClientStreamingCallContinuation<TRequest, TResponse> continuation) => continuation(WithHeaders(context));

    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
        TRequest request,
        ClientInterceptorContext<TRequest, TResponse> context,
        AsyncServerStreamingCallContinuation<TRequest, TResponse> continuation) => continuation(request, WithHeaders(context));

    public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(
        ClientInterceptorContext<TRequest, TResponse> context,
        AsyncDuplexStreamingCallContinuation<TRequest, TResponse> continuation) => continuation(WithHeaders(context));

    // The request remains as the caller has made it: the next call with it is another command.
    private static TRequest Identified<TRequest>(TRequest request) where TRequest : class
    {
        if (request is not (IMutation { RequestId: "" } and IDeepCloneable<TRequest> original)) return request;
        var identified = original.Clone();
        ((IMutation)identified).RequestId = Guid.NewGuid().ToString();
        return identified;
    }

    private ClientInterceptorContext<TRequest, TResponse> WithDeadline<TRequest, TResponse>(
        ClientInterceptorContext<TRequest, TResponse> context)
        where TRequest : class
        where TResponse : class =>
        context.Options.Deadline is null ? With(context, context.Options.WithDeadline(DateTime.UtcNow + options.Deadline)) : context;

    private ClientInterceptorContext<TRequest, TResponse> WithHeaders<TRequest, TResponse>(
        ClientInterceptorContext<TRequest, TResponse> context)
        where TRequest : class
        where TResponse : class
    {
        var headers = new Metadata();
        foreach (var given in context.Options.Headers ?? []) headers.Add(given);
        // The service rejects a header that is given twice.
        Add("x-actor", options.Actor);
        Add("x-correlation-id", options.CorrelationId);
        return headers.Count == 0 ? context : With(context, context.Options.WithHeaders(headers));

        void Add(string header, Func<string?>? value)
        {
            if (headers.Get(header) is null && value?.Invoke() is { } text) headers.Add(header, text);
        }
    }

    private static ClientInterceptorContext<TRequest, TResponse> With<TRequest, TResponse>(
        ClientInterceptorContext<TRequest, TResponse> context, CallOptions options)
        where TRequest : class
        where TResponse : class =>
        new(context.Method, context.Host, options);
}
