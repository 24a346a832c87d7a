using System.Text;
using Google.Protobuf;
using Google.Rpc;
using Microsoft.AspNetCore.Http.Features;
using VirtualServers.Service.Api;

namespace VirtualServers.Service.Http;

/// <summary>
/// Stands between a gRPC call and its response: takes the message and the status, and writes them as JSON. The messages of a stream become
/// lines, each with one result; an error after the first is the last line.
/// </summary>
internal sealed class JsonAnswer : IHttpResponseTrailersFeature, IHttpResetFeature
{
    /// <summary>What gRPC writes about a call, and what it negotiates with a client.</summary>
    public static readonly string[] GrpcHeaders =
        [Failures.StatusHeader, Failures.MessageHeader, JsonStatus.DetailsHeader, "grpc-encoding", "grpc-accept-encoding"];

    private const string Json = "application/json", JsonLines = "application/x-ndjson";

    private readonly HttpContext http;
    private readonly Route? route;
    private readonly IHttpResponseBodyFeature body;
    private readonly StreamResponseBodyFeature taken;
    private readonly IHttpResponseTrailersFeature? trailers;
    private readonly IHttpResetFeature? reset;

    /// <summary>Takes what is written from now on, until <see cref="Release"/>.</summary>
    public JsonAnswer(HttpContext http, Route? route)
    {
        (this.http, this.route) = (http, route);
        body = http.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        (trailers, reset) = (http.Features.Get<IHttpResponseTrailersFeature>(), http.Features.Get<IHttpResetFeature>());
        taken = new(new FramedResponse(Take));
        http.Features.Set<IHttpResponseBodyFeature>(taken);
        http.Features.Set<IHttpResponseTrailersFeature>(this);
        http.Features.Set<IHttpResetFeature>(this);
    }

    public IHeaderDictionary Trailers { get; set; } = new HeaderDictionary();

    /// <summary>The message as JSON.</summary>
    public string Message { get; set; } = "{}";

    private bool Streams => route is { Method.IsServerStreaming: true };

    /// <summary>At its deadline, gRPC resets the stream of HTTP/2, on which this answer is still to be sent.</summary>
    public void Reset(int errorCode)
    {
    }

    public void Release()
    {
        http.Features.Set(body);
        http.Features.Set(trailers);
        http.Features.Set(reset);
    }

    /// <summary>Writes the answer of a call that has ended.</summary>
    /// <param name="notRouted">The status of HTTP for a request without a route.</param>
    public async Task Finish(int notRouted)
    {
        if (http.RequestAborted.IsCancellationRequested) return;
        // gRPC leaves the last bytes to the end of the response.
        await taken.CompleteAsync();
        var (response, status) = (http.Response, JsonStatus.Of(http.Response.Headers, Trailers));
        if (!response.HasStarted) Clear();
        if (response.HasStarted)
        {
            if (status.Code != (int)Code.Ok) await Write($"{{\"error\":{JsonStatus.Format(status)}}}\n");
        }
        else if (status.Code == (int)Code.Ok)
        {
            response.ContentType = Streams ? JsonLines : Json;
            if (!Streams) await Write(Message);
        }
        else
        {
            JsonStatus.Describe(status, response);
            if (route is null && status.Code == (int)Code.Unimplemented) response.StatusCode = notRouted;
            response.ContentType = Json;
            await Write(JsonStatus.Format(status));
        }
    }

    private async ValueTask Take(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        var json = JsonFormatter.Default.Format(route!.Method.OutputType.Parser.ParseFrom(bytes.Span));
        if (!Streams)
        {
            Message = json;
            return;
        }

        if (!http.Response.HasStarted)
        {
            http.Response.ContentType = JsonLines;
            Clear();
        }

        await Write($"{{\"result\":{json}}}\n");
    }

    private void Clear()
    {
        foreach (var header in GrpcHeaders) http.Response.Headers.Remove(header);
    }

    private async Task Write(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        if (!http.Response.HasStarted && !Streams) http.Response.ContentLength = bytes.Length;
        await body.Stream.WriteAsync(bytes, http.RequestAborted);
        await body.Stream.FlushAsync(http.RequestAborted);
    }
}
