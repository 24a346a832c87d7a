using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;
using Google.Rpc;

namespace VirtualServers.Service.Tests.Harness;

/// <summary>A gRPC message on the wire: its compression flag, its announced length, and its bytes.</summary>
internal sealed record Frame(byte Flag, uint Length, byte[] Bytes)
{
    public static Frame Of(byte[] bytes, byte flag = 0) => new(flag, (uint)bytes.Length, bytes);

    public byte[] ToArray()
    {
        var wire = new byte[5 + Bytes.Length];
        wire[0] = Flag;
        BinaryPrimitives.WriteUInt32BigEndian(wire.AsSpan(1), Length);
        Bytes.CopyTo(wire, 5);
        return wire;
    }
}

/// <summary>The answer to a raw call.</summary>
/// <param name="Status">grpc-status in headers or trailers; null without one.</param>
internal sealed record RawAnswer(HttpStatusCode Http, int? Status, string Message, ErrorInfo? Info, string? CorrelationId);

/// <summary>Calls made of HTTP/2 requests, as no gRPC client would send them.</summary>
internal sealed class RawCalls(string address) : IDisposable
{
    private readonly HttpClient http = new(new SocketsHttpHandler { EnableMultipleHttp2Connections = true })
    {
        BaseAddress = new Uri(address),
        DefaultRequestVersion = HttpVersion.Version20,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        Timeout = Eventually.Timeout,
    };

    /// <summary>Sends bytes as the body of a call.</summary>
    public async Task<RawAnswer> Send(
        string path, byte[] body, string? contentType = "application/grpc", HttpMethod? method = null,
        params IReadOnlyList<(string Name, string Value)> headers)
    {
        using var request = new HttpRequestMessage(method ?? HttpMethod.Post, path)
        {
            Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        if (request.Method != HttpMethod.Get) request.Content = new ByteArrayContent(body);
        if (contentType is not null && request.Content is { } content) content.Headers.ContentType = new MediaTypeHeaderValue(contentType);
        request.Headers.TryAddWithoutValidation("te", "trailers");
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        using var response = await http.SendAsync(request);
        await response.Content.ReadAsByteArrayAsync();
        return new(
            response.StatusCode,
            Header(response, "grpc-status") is { } status ? int.Parse(status, CultureInfo.InvariantCulture) : null,
            Uri.UnescapeDataString(Header(response, "grpc-message") ?? ""),
            Header(response, "grpc-status-details-bin") is { } details
                ? Google.Rpc.Status.Parser.ParseFrom(ByteString.FromBase64(details)).GetDetail<ErrorInfo>()
                : null,
            Header(response, "x-correlation-id"));
    }

    public void Dispose() => http.Dispose();

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) || response.TrailingHeaders.TryGetValues(name, out values)
            ? values.Single()
            : null;
}
