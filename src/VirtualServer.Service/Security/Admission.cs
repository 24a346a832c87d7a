using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using VirtualServers.Domain;

namespace VirtualServers.Service.Security;

/// <summary>
/// Admits calls while the limits have room. A call that is not admitted is refused at once, before its message is read; nothing waits in
/// a queue, because a caller that waits holds memory and learns nothing.
/// </summary>
public sealed class Admission : IDisposable
{
    // A caller that exceeds its own limits must not use up those of all.
    private readonly Bound[] bounds;

    public Admission(Limits limits) => bounds =
    [
        new(InProgress(limits.CallsPerCaller, perCaller: true), IsGlobal: false, Reason.TooManyCalls,
            caller => $"the caller {caller.InQuotes} has {limits.CallsPerCaller} calls in progress: wait until some of them have ended"),
        new(PerSecond(limits.CallsPerSecondPerCaller, perCaller: true), IsGlobal: false, Reason.RateLimited,
            caller => $"the caller {caller.InQuotes} exceeds {limits.CallsPerSecondPerCaller} calls in a second: send fewer"),
        new(InProgress(limits.Calls, perCaller: false), IsGlobal: true, Reason.TooManyCalls,
            _ => $"the service has {limits.Calls} calls in progress: retry later"),
        new(PerSecond(limits.CallsPerSecond, perCaller: false), IsGlobal: true, Reason.RateLimited,
            _ => $"the service receives more than {limits.CallsPerSecond} calls in a second: retry later"),
    ];

    /// <summary>A place for a call, to be disposed at its end; or the violation for which there is none.</summary>
    /// <param name="always">
    /// For checks of health: the limits of all callers do not apply, so that a service that is busy is not taken for one that is dead.
    /// </param>
    public (Place? Place, Violation? Violation) Admit(HttpContext http, bool always)
    {
        var caller = CallerOf(http);
        var place = new Place(bounds.Length);
        foreach (var bound in bounds)
        {
            if (always && bound.IsGlobal) continue;
            var lease = bound.Limiter.AttemptAcquire(caller);
            if (lease.IsAcquired)
            {
                place.Add(lease);
                continue;
            }

            lease.Dispose();
            place.Dispose();
            return (null, new(bound.Reason, "", bound.Sentence(caller)));
        }

        return (place, null);
    }

    /// <summary>
    /// Who shares the limits of one caller: the authenticated subject; without one, all calls from the same address. A claimed actor would
    /// give everybody as many limits as names.
    /// </summary>
    public static string CallerOf(HttpContext http) =>
        Caller.Of(http).Subject is { Length: > 0 } subject ? subject : Block(http.Connection.RemoteIpAddress);

    /// <summary>An address; of IPv6 the network of 64 bits, because a machine can choose any address in it.</summary>
    public static string Block(IPAddress? address)
    {
        if (address is null) return "local";
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        if (address.AddressFamily is not AddressFamily.InterNetworkV6 || IPAddress.IsLoopback(address)) return address.ToString();
        return $"{new IPAddress([.. address.GetAddressBytes()[..8], .. new byte[8]])}/64";
    }

    public void Dispose()
    {
        foreach (var bound in bounds) bound.Limiter.Dispose();
    }

    private static PartitionedRateLimiter<string> InProgress(int limit, bool perCaller) =>
        PartitionedRateLimiter.Create<string, string>(caller => RateLimitPartition.GetConcurrencyLimiter(
            perCaller ? caller : "", _ => new() { PermitLimit = limit, QueueLimit = 0 }));

    private static PartitionedRateLimiter<string> PerSecond(int limit, bool perCaller) =>
        PartitionedRateLimiter.Create<string, string>(caller => RateLimitPartition.GetTokenBucketLimiter(
            perCaller ? caller : "",
            _ => new() { TokenLimit = limit, TokensPerPeriod = limit, ReplenishmentPeriod = TimeSpan.FromSeconds(1), QueueLimit = 0 }));

    /// <summary>The place of one call in progress.</summary>
    public sealed class Place(int size) : IDisposable
    {
        private readonly RateLimitLease[] leases = new RateLimitLease[size];
        private int count;

        public void Add(RateLimitLease lease) => leases[count++] = lease;

        public void Dispose()
        {
            foreach (var lease in leases.AsSpan(0, count)) lease.Dispose();
            count = 0;
        }
    }

    private sealed record Bound(PartitionedRateLimiter<string> Limiter, bool IsGlobal, Reason Reason, Func<string, string> Sentence);
}
