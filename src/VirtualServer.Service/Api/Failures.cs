using Grpc.AspNetCore.Server;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.AspNetCore.Http.Features;
using VirtualServers.Domain;
using VirtualServers.Service.Faults;
using VirtualServers.Service.Queries;
using VirtualServers.Service.Security;
using VirtualServers.Service.Telemetry;
using VirtualServers.Service.Wire;
using ErrorInfo = Google.Rpc.ErrorInfo;

namespace VirtualServers.Service.Api;

/// <summary>
/// The one door for failures. Every call that does not succeed, streams included, gets its status here: a rejected call that of its
/// violations, an unavailable database UNAVAILABLE, and an unforeseen exception one neutral sentence, with the details in the log. Each is
/// one log line and carries the correlation id; those that an unavailable database fails are one line together (RepeatedFailure.cs).
/// </summary>
public sealed class Failures(
    Gate gate, TenantNames tenants, StoreState state, Limits limits, Admission admission, Instruments instruments, TimeProvider clock,
    ILogger<Failures> logger) : Interceptor, IDisposable
{
    /// <summary>The name of the status among headers or trailers.</summary>
    public const string StatusHeader = "grpc-status";

    /// <summary>The method, in logs and metrics, of a request for none that exists.</summary>
    public const string Unknown = "unknown";

    /// <summary>The name of the message of the status, in percent-encoding.</summary>
    public const string MessageHeader = "grpc-message";

    /// <summary>The content type of a call.</summary>
    public const string GrpcContent = "application/grpc";

    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    private readonly RepeatedFailure outages = new("Access to PostgreSQL by calls", clock, logger);
    private readonly OncePerSecond turningAway = new(clock), unauthenticated = new(clock);

    // How far a call has come, in HttpContext.Items.
    private enum Stage
    {
        Unread, Handled, Reported,
    }

    public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation) =>
        Guard(context, () => continuation(request, context));

    public override Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream,
        ServerCallContext context,
        ClientStreamingServerMethod<TRequest, TResponse> continuation) =>
        Guard(context, () => WhileProven(context, continuation(new ReadableRequests<TRequest>(requestStream, context), context)));

    public override Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation) =>
        Guard(context, () => WhileProven(context, Completed(continuation(request, responseStream, context))));

    public override Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation) =>
        Guard(context, () => WhileProven(
            context, Completed(continuation(new ReadableRequests<TRequest>(requestStream, context), responseStream, context))));

    public void Dispose() => outages.Dispose();

    /// <summary>
    /// Surrounds gRPC, which reads a unary request before it calls any interceptor, writes the response after the last one, and answers
    /// requests that are no call by itself. It would answer such a failure with UNKNOWN or INTERNAL, without details. Here it gets the
    /// status of every other failure, because the status is not sent yet: it is among the headers, or the trailers of a response that has
    /// started.
    /// </summary>
    public async Task Conclude(HttpContext http, RequestDelegate next)
    {
        var method = http.GetEndpoint()?.Metadata.GetMetadata<GrpcMethodMetadata>()?.Method;
        using var place = new Admission.Place();
        if (await Enter(http, method, place) is { } refusal)
        {
            http.Response.ContentType = GrpcContent;
            Send(http, refusal);
            return;
        }

        Deadlines.Cap(http.Request, method, limits.Deadline);
        await next(http);

        var call = http.Features.Get<IServerCallContextFeature>()?.ServerCallContext;
        if (StageOf(http) == Stage.Reported || (call is null ? !IsFailure(http.Response) : call.Status.StatusCode == StatusCode.OK)) return;
        if (call is null) Send(http, Refuse(http, Unknown, NoCall(http)));
        else if (IsLeft(http, call)) ReportLeft(http, call);
        else if (StageOf(http) == Stage.Unread) Send(http, Refuse(http, call.Method, Unreadable.Refusal(call.Method, Cause(call))));
        else Send(http, Fail(http, call.Method, Cause(call)));
    }

    // The failure of a call that does not reach gRPC; null for one that does. Only a permitted call counts among those of all callers.
    private async ValueTask<RpcException?> Enter(HttpContext http, IMethod? method, Admission.Place place)
    {
        var name = method?.FullName ?? Unknown;
        try
        {
            var known = gate.Known(http);
            if (known is null && admission.AdmitAddress(http, place) is { } flooding)
            {
                Caller.Set(http, Identity.Nobody);
                return Sparsely(turningAway, http, name, flooding);
            }

            var forbidden = await gate.Enter(http, known);
            if (forbidden is { Reason: Reason.Unauthenticated }) return Sparsely(unauthenticated, http, name, forbidden);
            if (admission.AdmitSubject(http, place) is { } full) return Sparsely(turningAway, http, name, full);
            if (forbidden is not null) return Refuse(http, name, new(forbidden));
            if (method is not null && Deadlines.Malformed(http.Request) is { } endless) return Refuse(http, name, new(endless));
            if (method?.ServiceName == Grpc.Health.V1.Health.Descriptor.FullName) return null;
            return admission.AdmitAmongAll(place) is { } busy ? Sparsely(turningAway, http, name, busy) : null;
        }
        catch (Exception exception)
        {
            // The caller is not known when its credentials could not be read.
            Caller.Set(http, Identity.Nobody);
            return Fail(http, name, exception);
        }
        finally
        {
            http.Response.Headers[Caller.CorrelationHeader] = Caller.Of(http).CorrelationId;
        }
    }

    private async Task<TResponse> Guard<TResponse>(ServerCallContext context, Func<Task<TResponse>> call)
    {
        var (http, caller) = (context.GetHttpContext(), Caller.Of(context));
        http.Items[typeof(Stage)] = Stage.Handled;
        try
        {
            if (caller.Violations is { Count: > 0 } violations) throw new Refused(violations);
            if (!UsesStore(context)) return await call();
            var result = await state.Break(Limited(context, call));
            outages.Succeeded();
            return result;
        }
        catch (Refused refused)
        {
            throw Refuse(http, context.Method, refused);
        }
        catch (Exception exception) when (Outage.Caused(exception))
        {
            state.Report(exception);
            var sentence = exception.GetBaseException().Message;
            outages.Failed($"{sentence}; they end with UNAVAILABLE {Reason.StoreUnavailable.Spelled()}");
            Log.StoreUnavailable(logger, context.Method, sentence, caller.Actor, caller.CorrelationId);
            throw Leave(http, context.Method, new(new Violation(
                Reason.StoreUnavailable, "", "the store is unavailable: retry, with the same request_id if the request has one")));
        }
        catch (RpcException missing) when (missing.StatusCode == StatusCode.NotFound)
        {
            // grpc.health.v1 gives no details.
            throw Refuse(http, context.Method, new(new Violation(
                Reason.NotFound, "", $"{context.Method} does not know this name: use a name that the documentation lists")));
        }
        catch (InvalidOperationException) when (context.CancellationToken.IsCancellationRequested)
        {
            // So gRPC tells that a message cannot be sent, because the caller has left or the deadline has passed.
            throw new OperationCanceledException(context.CancellationToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !context.CancellationToken.IsCancellationRequested)
        {
            throw Fail(http, context.Method, exception);
        }
    }

    // The call of a caller whose tenants are known by id.
    private async Task<TResponse> Limited<TResponse>(ServerCallContext context, Func<Task<TResponse>> call)
    {
        var caller = Caller.Of(context);
        TenantScope[] scopes = [caller.ReadScope, caller.ChangeScope];
        if (scopes.Any(scope => scope.Tenants.Count > 0)) Caller.Limit(context, await tenants.Find(scopes, context.CancellationToken));
        return await call();
    }

    // A stream ends with the credentials of its caller; a health check has none. A timer has a longest time, so it is set again.
    private async Task<T> WhileProven<T>(ServerCallContext context, Task<T> call)
    {
        while (true)
        {
            var left = Caller.Of(context).Until - clock.GetUtcNow();
            if (left <= TimeSpan.Zero) throw new Refused(Caller.Expired);

            try
            {
                return await call.WaitAsync(left < LongestWait ? left : LongestWait, clock);
            }
            catch (TimeoutException) when (!call.IsCompleted)
            {
            }
        }
    }

    // Health and reflection answer while the database does not.
    private static bool UsesStore(ServerCallContext context) => context.Method.StartsWith("/virtualserver.", StringComparison.Ordinal);

    private static async Task<bool> Completed(Task call)
    {
        await call;
        return true;
    }

    private static Stage StageOf(HttpContext http) => http.Items.TryGetValue(typeof(Stage), out var stage) ? (Stage)stage! : Stage.Unread;

    // A response without a call: of a method that does not exist, or to a request that is not a gRPC call.
    private static bool IsFailure(HttpResponse response) =>
        response.StatusCode >= 400 || response.Headers[StatusHeader] is { Count: > 0 } status && status != $"{StatusCode.OK:D}";

    // The room that received the request may know better what is wrong with it.
    private static Refused NoCall(HttpContext http) => http.Items[typeof(Refused)] as Refused ?? new(
        http.Response.Headers[StatusHeader] == $"{StatusCode.Unimplemented:D}" || IsCall(http.Request)
            ? new Violation(
                Reason.Unimplemented, "", $"the method {Path(http)} does not exist: list the methods by server reflection")
            : new Violation(
                Reason.FieldInvalid, "",
                $"the request for {Path(http)} is not a gRPC call: send it by POST with the content type application/grpc"));

    private static bool IsCall(HttpRequest request) =>
        HttpMethods.IsPost(request.Method) && request.ContentType is { } type
        && (type == GrpcContent || type.StartsWith($"{GrpcContent}+", StringComparison.Ordinal));

    private static string Path(HttpContext http) => (http.Request.Path.Value ?? "").InQuotes;

    private static Exception Cause(ServerCallContext call) => call.Status.DebugException ?? new RpcException(call.Status);

    // The caller has cancelled the call, its connection is lost, or its deadline has passed.
    private static bool IsLeft(HttpContext http, ServerCallContext call) =>
        http.RequestAborted.IsCancellationRequested
        || call.Status is { DebugException: OperationCanceledException } or { StatusCode: StatusCode.DeadlineExceeded };

    private void ReportLeft(HttpContext http, ServerCallContext call)
    {
        var caller = Caller.Of(http);
        Log.Left(
            logger, call.Method, (call.Deadline <= DateTime.UtcNow ? StatusCode.DeadlineExceeded : StatusCode.Cancelled).ToString(),
            caller.Actor, caller.CorrelationId);
    }

    private static void Send(HttpContext http, RpcException refusal)
    {
        var response = http.Response;
        var headers = response.HasStarted ? http.Features.Get<IHttpResponseTrailersFeature>()?.Trailers : response.Headers;
        if (headers is null or { IsReadOnly: true }) return;
        headers[StatusHeader] = $"{refusal.StatusCode:D}";
        headers[MessageHeader] = Uri.EscapeDataString(refusal.Status.Detail);
        foreach (var detail in refusal.Trailers) headers[detail.Key] = Convert.ToBase64String(detail.ValueBytes);
    }

    // A flood of calls does not become a flood of log lines; the metric counts all of them.
    private RpcException Sparsely(OncePerSecond line, HttpContext http, string method, Violation violation) =>
        line.IsDue() ? Refuse(http, method, new(violation)) : Leave(http, method, new(violation));

    private RpcException Refuse(HttpContext http, string method, Refused refused)
    {
        var (caller, ordered) = (Caller.Of(http), Statuses.Ordered(refused.Violations));
        Log.Refused(
            logger, method, Statuses.CodeOf(ordered[0].Reason).ToString(),
            string.Join(", ", ordered.Select(violation => violation.Reason.Spelled()).Distinct()), Statuses.Sentence(ordered),
            caller.Actor, caller.CorrelationId);
        return Leave(http, method, refused);
    }

    private RpcException Fail(HttpContext http, string method, Exception exception)
    {
        var caller = Caller.Of(http);
        Log.Failed(logger, exception, method, caller.Actor, caller.CorrelationId);
        return Leave(http, method, new(new Violation(
            Reason.Internal, "",
            $"the call failed unexpectedly: the log of the service has the details under correlation id {caller.CorrelationId}")));
    }

    // The failure has its log line.
    private RpcException Leave(HttpContext http, string method, Refused refused)
    {
        http.Items[typeof(Stage)] = Stage.Reported;
        var status = Statuses.Of(refused);
        instruments.Refused(method, status.GetDetail<ErrorInfo>().Reason);
        return status.ToRpcException();
    }
}
