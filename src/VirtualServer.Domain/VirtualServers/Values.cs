namespace VirtualServers.Domain.VirtualServers;

/// <summary>The protocol of a listener (seed: protocol).</summary>
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

    /// <summary>Any protocol, set explicitly.</summary>
    Any,
}

/// <summary>The way the source address of forwarded traffic is chosen (seed: source_nat_type).</summary>
public enum SourceNatType
{
    /// <summary>The load balancer chooses the address.</summary>
    Auto = 1,

    /// <summary>An address of the source NAT pool.</summary>
    Pool,

    /// <summary>One fixed address.</summary>
    Static,
}

/// <summary>The layer at which traffic is balanced (seed: load_balancer_type).</summary>
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

/// <summary>
/// The VIP, port and protocol on which traffic is accepted. Unique among live virtual servers; unset is a value of its own. Stored in
/// events: only add optional properties.
/// </summary>
/// <param name="Vip">The IP address.</param>
/// <param name="Port">0 to 65535; null and 0 are different values, and both accept any port.</param>
/// <param name="Protocol">The protocol; null when unset.</param>
public sealed record Listener(Guid Vip, int? Port, Protocol? Protocol);

/// <summary>The source addresses of traffic to the backends. Stored in events: only add optional properties.</summary>
public sealed record SourceNat(Guid? Pool, SourceNatType? Type)
{
    /// <summary>No source NAT settings.</summary>
    public static readonly SourceNat Unset = new(null, null);
}

/// <summary>
/// The device, redundancy group, chassis or cloud service on which a virtual server is configured. Stored in events: only add optional
/// properties.
/// </summary>
public sealed record Placement(Kind Kind, Guid Id)
{
    /// <summary>The kinds of objects on which a virtual server can be placed.</summary>
    public static IReadOnlyList<Kind> Kinds { get; } = [Kind.Device, Kind.DeviceRedundancyGroup, Kind.VirtualChassis, Kind.CloudService];
}
