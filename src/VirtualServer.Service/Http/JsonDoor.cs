using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Http.Features;
using VirtualServers.Domain;
using VirtualServers.Service.Api;
using VirtualServers.Service.Faults;

namespace VirtualServers.Service.Http;

/// <summary>
/// JSON over HTTP, by the routes of <c>google.api.http</c>. A request becomes the gRPC call that it stands for, and the answer of the call
/// becomes JSON: what surrounds a gRPC call (authentication, permissions, limits, deadlines, failures, log, metrics) surrounds it too.
/// The transcoding of ASP.NET Core is not used: it ignores fields that do not exist, knows neither deadlines nor a limit of the body, and
/// answers its own failures before any of that can.
/// </summary>
public sealed class JsonDoor(IServiceProvider services)
{
    /// <summary>The first segment of every route.</summary>
    public const string Prefix = "/v1";

    private static readonly Endpoint Document = new(
        http =>
        {
            http.Response.Headers[Failures.StatusHeader] = $"{StatusCode.OK:D}";
            return Task.CompletedTask;
        },
        EndpointMetadataCollection.Empty, OpenApi.Path);

    // The endpoints exist when the first request comes.
    private readonly Lazy<Dictionary<string, Endpoint>> endpoints = new(() => services.GetRequiredService<EndpointDataSource>().Endpoints
        .Where(endpoint => endpoint.Metadata.GetMetadata<GrpcMethodMetadata>() is not null)
        .ToDictionary(endpoint => endpoint.Metadata.GetMetadata<GrpcMethodMetadata>()!.Method.FullName));

    private readonly Lazy<HashSet<string>> grpcServices = new(() =>
        [.. services.GetRequiredService<EndpointDataSource>().Endpoints
            .Select(endpoint => endpoint.Metadata.GetMetadata<GrpcMethodMetadata>()?.Method.ServiceName).OfType<string>()]);

    /// <summary>Serves a request for a route, and refuses one for a path that is neither a route nor a call; lets calls pass.</summary>
    public async Task Serve(HttpContext http, RequestDelegate next)
    {
        if (http.Request.Path == OpenApi.Path)
        {
            await Describe(http, next);
            return;
        }

        if (IsCall(http.Request))
        {
            await next(http);
            return;
        }

        var isRefused = http.Items.ContainsKey(typeof(Refused));
        var (route, values, allowed) = isRefused ? Routes.None : Routes.Find(http.Request.Method, RawPath(http));
        var (sent, answer) = (Sent.Of(http.Request), new JsonAnswer(http, route));
        try
        {
            if (route is not null) Call(http, route, values);
            else if (!isRefused) Refuse(http, allowed);
            await next(http);
        }
        finally
        {
            answer.Release();
            sent.Restore(http.Request);
        }

        if (allowed.Count > 0 && route is null) http.Response.Headers.Allow = string.Join(", ", allowed);
        await answer.Finish(allowed.Count > 0 ? StatusCodes.Status405MethodNotAllowed : StatusCodes.Status404NotFound);
    }

    // The document is for every caller who may call at all, as server reflection is.
    private static async Task Describe(HttpContext http, RequestDelegate next)
    {
        var answer = new JsonAnswer(http, null);
        try
        {
            if (HttpMethods.IsGet(http.Request.Method) && !http.Items.ContainsKey(typeof(Refused))) http.SetEndpoint(Document);
            else if (!http.Items.ContainsKey(typeof(Refused))) Refuse(http, [HttpMethods.Get]);
            await next(http);
        }
        finally
        {
            answer.Release();
        }

        answer.Message = OpenApi.Text;
        await answer.Finish(StatusCodes.Status405MethodNotAllowed);
    }

    // Makes the request the gRPC call of the route.
    private void Call(HttpContext http, Route route, IReadOnlyDictionary<string, string> values)
    {
        var (request, message) = (http.Request, new JsonRequest(route, values, http.Request));
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = GrpcServices.MaxRequestBytes;
        var path = $"/{route.Method.Service.FullName}/{route.Method.Name}";
        http.SetEndpoint(endpoints.Value[path]);
        (request.Method, request.Path) = (HttpMethods.Post, path);
        (request.Protocol, request.ContentType) = (HttpProtocol.Http2, Failures.GrpcContent);
        foreach (var header in JsonAnswer.GrpcHeaders) request.Headers.Remove(header);
        request.Body = new FramedRequest(message.Read);
    }

    // gRPC answers requests for its own paths, and those with its content type.
    private bool IsCall(HttpRequest request) =>
        !request.Path.StartsWithSegments(Prefix, StringComparison.Ordinal)
        && (request.ContentType?.StartsWith(Failures.GrpcContent, StringComparison.Ordinal) == true
            || grpcServices.Value.Contains((request.Path.Value ?? "").Split('/').ElementAtOrDefault(1) ?? ""));

    private static void Refuse(HttpContext http, IReadOnlyList<string> allowed)
    {
        var path = (http.Request.Path.Value ?? "").InQuotes;
        http.SetEndpoint(null);
        http.Items[typeof(Refused)] = new Refused(new Violation(
            Reason.Unimplemented, "",
            allowed.Count > 0
                ? $"the path {path} has no method {http.Request.Method.InQuotes}: use {string.Join(" or ", allowed)}"
                : $"the path {path} does not exist: {OpenApi.Path} lists the paths"));
    }

    // As it was sent, because an escaped slash or colon is part of a name.
    private static string RawPath(HttpContext http)
    {
        var target = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        return target.StartsWith('/') ? target.Split('?')[0] : http.Request.Path.ToUriComponent();
    }

    // The parts of a request that change while it is a gRPC call.
    private sealed record Sent(string Method, PathString Path, string Protocol, string? ContentType, Stream Body)
    {
        public static Sent Of(HttpRequest request) =>
            new(request.Method, request.Path, request.Protocol, request.ContentType, request.Body);

        public void Restore(HttpRequest request) => (request.Method, request.Path, request.Protocol, request.ContentType, request.Body) =
            (Method, Path, Protocol, ContentType, Body);
    }
}
