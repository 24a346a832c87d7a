using System.Net;
using VirtualServers.Domain;
using VirtualServers.Service.Faults;

namespace VirtualServers.Service.Http;

/// <summary>
/// Refuses a request of HTTP/1.1 without TLS that names a host other than this machine: a page of any site in a browser on this machine
/// could resolve a name of its own to loopback, and would then be the same origin as the service.
/// </summary>
internal static class LoopbackHost
{
    public static Task Check(HttpContext http, RequestDelegate next)
    {
        var request = http.Request;
        if (!request.IsHttps && !HttpProtocol.IsHttp2(request.Protocol) && !IsLoopback(request.Host.Host))
        {
            http.SetEndpoint(null);
            http.Items[typeof(Refused)] = new Refused(new Violation(
                Reason.FieldInvalid, "host",
                $"the host {request.Host.Host.InQuotes} is not this machine, and the connection has no TLS: use localhost or 127.0.0.1"));
        }

        return next(http);
    }

    private static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
