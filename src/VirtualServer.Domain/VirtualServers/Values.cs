namespace VirtualServers.Domain.VirtualServers;

/// <summary>The protocol a virtual server listens for (seed: protocol).</summary>
public enum Protocol
{
    /// <summary>TCP.</summary>
    Tcp = 1,

    /// <summary>UDP.</summary>
    Udp,

    /// <summary>ICMP, which has no ports.</summary>
    Icmp,

    /// <summary>SCTP.</summary>
    Sctp,

    /// <summary>HTTP/1.x over TCP.</summary>
    Http,

    /// <summary>HTTP over TLS over TCP.</summary>
    Https,

    /// <summary>HTTP/2 over TCP.</summary>
    Http2,

    /// <summary>gRPC, over HTTP/2 over TCP.</summary>
    Grpc,

    /// <summary>QUIC over UDP.</summary>
    Quic,

    /// <summary>DNS over UDP and TCP.</summary>
    Dns,

    /// <summary>Any protocol, said explicitly.</summary>
    Any,
}

/// <summary>How the source address of forwarded traffic is chosen (seed: source_nat_type).</summary>
public enum SourceNatType
{
    /// <summary>The load balancer chooses.</summary>
    Auto = 1,

    /// <summary>From the source NAT pool.</summary>
    Pool,

    /// <summary>One fixed address.</summary>
    Static,
}

/// <summary>The layer a virtual server balances at (seed: load_balancer_type).</summary>
public enum LoadBalancerType
{
    /// <summary>Frames.</summary>
    Layer2 = 1,

    /// <summary>Connections and datagrams.</summary>
    Layer4,

    /// <summary>Requests.</summary>
    Layer7,

    /// <summary>Names.</summary>
    Dns,
}

/// <summary>Where connections are accepted. Unique over all living virtual servers, with "unset" counted as a value like any other.</summary>
/// <param name="Vip">The IP address listened on.</param>
/// <param name="Port">0 to 65535; null and 0 are different values, and both mean any port.</param>
/// <param name="Protocol">The protocol listened for; null when not said.</param>
public sealed record Listener(Guid Vip, int? Port, Protocol? Protocol);

/// <summary>Which source addresses the backends see.</summary>
public sealed record SourceNat(Guid? Pool, SourceNatType? Type)
{
    /// <summary>Nothing said about source NAT.</summary>
    public static readonly SourceNat Unset = new(null, null);
}

/// <summary>Where a virtual server is configured and managed: exactly one device, redundancy group, chassis or cloud service.</summary>
public sealed record Placement(Kind Kind, Guid Id);
