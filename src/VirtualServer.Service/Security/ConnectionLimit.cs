using System.Net;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace VirtualServers.Service.Security;

/// <summary>
/// Closes the connections of one address that exceed its share, so that it leaves some of <c>Limits:Connections</c> to the others.
/// </summary>
public sealed class ConnectionLimit(Limits limits) : IDisposable
{
    private readonly PartitionedRateLimiter<string> open = PartitionedRateLimiter.Create<string, string>(address =>
        RateLimitPartition.GetConcurrencyLimiter(
            address, _ => new() { PermitLimit = limits.ConnectionsPerAddress, QueueLimit = 0 }));

    /// <summary>Applies it to the connections of an endpoint.</summary>
    public void Guard(ListenOptions endpoint) => endpoint.Use(next => async connection =>
    {
        using var lease = open.AttemptAcquire(Admission.Block((connection.RemoteEndPoint as IPEndPoint)?.Address));
        // A connection ends with its delegate.
        if (lease.IsAcquired) await next(connection);
    });

    public void Dispose() => open.Dispose();
}
