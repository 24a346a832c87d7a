using System.Net.Http.Headers;

namespace VirtualServers.Service.Tests.Harness;

/// <summary>Sends a bearer token with each call that has none.</summary>
internal sealed class Credentials(string token, HttpMessageHandler? handler = null)
    : DelegatingHandler(handler ?? new SocketsHttpHandler { EnableMultipleHttp2Connections = true })
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Headers.Authorization ??= new AuthenticationHeaderValue("Bearer", token);
        return base.SendAsync(request, cancellationToken);
    }
}
