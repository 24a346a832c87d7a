using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using VirtualServers.Service.Faults;

namespace VirtualServers.Service.Security;

/// <summary>Keeps the service on loopback, because it has no authentication yet.</summary>
public static class Loopback
{
    /// <summary>Fails the start, before anything is listened on, at an endpoint beyond loopback.</summary>
    public static void Require(ListenOptions endpoint)
    {
        if (endpoint.IPEndPoint is { } place && !IPAddress.IsLoopback(place.Address))
            throw new StartupException(
                $"it would listen on {place}, beyond loopback, without authentication: "
                + "set Urls to http://127.0.0.1:PORT or http://[::1]:PORT");
    }
}
