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
    // A caller that exceeds its own limits must not use up those of all, so that those of all come last.
    private readonly Bound[] perCaller, global;

    public Admission(Limits limits)
    {
        perCaller =
        [
            new(InProgress(limits.CallsPerCaller, perCaller: true), Reason.TooManyCalls,
                caller =>
                    $"the caller {caller.InQuotes} has {limits.CallsPerCaller} calls in progress: wait until some of them have ended"),
            new(PerSecond(limits.CallsPerSecondPerCaller, perCaller: true), Reason.RateLimited,
                caller => $"the caller {caller.InQuotes} exceeds {limits.CallsPerSecondPerCaller} calls in a second: send fewer"),
        ];
        global =
        [
            new(InProgress(limits.Calls, perCaller: false), Reason.TooManyCalls,
                _ => $"the service has {limits.Calls} calls in progress: retry later"),
            new(PerSecond(limits.CallsPerSecond, perCaller: false), Reason.RateLimited,
                _ => $"the service receives more than {limits.CallsPerSecond} calls in a second: retry later"),
        ];
    }

    /// <summary>
    /// Admits a call by its address, before its credentials are verified: wrong ones cost a signature, and have no subject whose limits
    /// could apply. A call with credentials that are known needs no such place. Returns the violation of a call that is not admitted.
    /// </summary>
    public Violation? AdmitAddress(HttpContext http, Place place) => Admit(perCaller, Block(http.Connection.RemoteIpAddress), place);

    /// <summary>
    /// Admits a call by its authenticated subject instead of its address, which a gateway shares with its callers. A caller without one
    /// keeps the place of its address: a claimed actor would give everybody as many limits as names.
    /// </summary>
    public Violation? AdmitSubject(HttpContext http, Place place)
    {
        if (Caller.Of(http).Subject is not { Length: > 0 } subject) return null;
        place.Release();
        return Admit(perCaller, subject, place);
    }

    /// <summary>
    /// Admits a permitted call among those of all callers. Checks of health need no such place, so that a service that is busy is not
    /// taken for one that is dead.
    /// </summary>
    public Violation? AdmitAmongAll(Place place) => Admit(global, "", place);

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
        foreach (var bound in perCaller.Concat(global)) bound.Limiter.Dispose();
    }

    private static Violation? Admit(Bound[] bounds, string caller, Place place)
    {
        foreach (var bound in bounds)
        {
            var lease = bound.Limiter.AttemptAcquire(caller);
            if (!lease.IsAcquired)
            {
                lease.Dispose();
                return new(bound.Reason, "", bound.Sentence(caller));
            }

            place.Add(lease);
        }

        return null;
    }

    private static PartitionedRateLimiter<string> InProgress(int limit, bool perCaller) =>
        PartitionedRateLimiter.Create<string, string>(caller => RateLimitPartition.GetConcurrencyLimiter(
            perCaller ? caller : "", _ => new() { PermitLimit = limit, QueueLimit = 0 }));

    private static PartitionedRateLimiter<string> PerSecond(int limit, bool perCaller) =>
        PartitionedRateLimiter.Create<string, string>(caller => RateLimitPartition.GetTokenBucketLimiter(
            perCaller ? caller : "",
            _ => new() { TokenLimit = limit, TokensPerPeriod = limit, ReplenishmentPeriod = TimeSpan.FromSeconds(1), QueueLimit = 0 }));

    /// <summary>The place of one call in progress, to be disposed at its end.</summary>
    public sealed class Place : IDisposable
    {
        private readonly List<RateLimitLease> leases = new(4);

        public void Add(RateLimitLease lease) => leases.Add(lease);

        public void Release()
        {
            foreach (var lease in leases) lease.Dispose();
            leases.Clear();
        }

        public void Dispose() => Release();
    }

    private sealed record Bound(PartitionedRateLimiter<string> Limiter, Reason Reason, Func<string, string> Sentence);
}
