namespace VirtualServers.Domain.VirtualServers;

/// <summary>What is legal and still not right with a virtual server (domain.md, section 3).</summary>
public enum ConditionType
{
    /// <summary>Another enabled virtual server takes the same traffic at the same place.</summary>
    Conflicted = 1,

    /// <summary>TLS shall end here, without certificate profiles.</summary>
    CertificatesMissing,

    /// <summary>Certificate profiles, and no TLS ends here.</summary>
    CertificatesUnused,

    /// <summary>A certificate profile is past its date.</summary>
    CertificateExpired,

    /// <summary>A certificate profile is near its date.</summary>
    CertificateExpiring,

    /// <summary>TLS shall end here, and the protocol has none.</summary>
    SslOffloadWithoutTls,

    /// <summary>Enabled without a pool.</summary>
    PoolUnset,

    /// <summary>Its pool has no members.</summary>
    PoolEmpty,

    /// <summary>Enabled without a port, and the protocol has ports.</summary>
    PortUnset,

    /// <summary>A port, and the protocol has none.</summary>
    PortIgnored,

    /// <summary>The protocol is not one of the layer it balances at.</summary>
    ProtocolTypeMismatch,

    /// <summary>Source NAT from a pool, without one.</summary>
    NatPoolMissing,

    /// <summary>A source NAT pool that nothing is taken from.</summary>
    NatPoolUnused,

    /// <summary>A source NAT pool, and nothing said about how it is used.</summary>
    NatTypeUnset,

    /// <summary>The source NAT pool is of another IP family than the VIP.</summary>
    NatFamilyMismatch,

    /// <summary>Its tenant is another than its pool's.</summary>
    TenantMismatch,

    /// <summary>Another virtual server has the name in other letters' case.</summary>
    NameDiffersOnlyByCase,
}

/// <summary>What a protocol travels on: two listeners can only meet where they share one.</summary>
[Flags]
public enum Transports
{
    /// <summary>TCP.</summary>
    Tcp = 1,

    /// <summary>UDP.</summary>
    Udp = 2,

    /// <summary>SCTP.</summary>
    Sctp = 4,

    /// <summary>ICMP.</summary>
    Icmp = 8,

    /// <summary>All of them: any protocol, or none said.</summary>
    All = Tcp | Udp | Sctp | Icmp,
}

/// <summary>
/// The rules of conditions that a virtual server alone can tell, and the words for all of them. Those that depend on others are found by the
/// store, among all of them at once (Store/ConditionRules.cs); each rule is in one of the two places.
/// </summary>
public static class Conditions
{
    private const int Told = 3;

    /// <summary>What the virtual server alone has of them.</summary>
    public static IEnumerable<ConditionType> Of(VirtualServer server)
    {
        var ((_, port, protocol), offload, certificates, (natPool, natType)) = (server.Listener, server.Tls.Offload, server.Tls.CertificateProfiles.Count, server.SourceNat);
        if (offload && certificates == 0) yield return ConditionType.CertificatesMissing;
        if (!offload && certificates > 0) yield return ConditionType.CertificatesUnused;
        if (offload && protocol is Protocol.Udp or Protocol.Icmp or Protocol.Sctp) yield return ConditionType.SslOffloadWithoutTls;
        if (server is { Enabled: true, LoadBalancerPool: null }) yield return ConditionType.PoolUnset;
        if (server.Enabled && port is null && HasPorts(protocol) && !IsDnsOnDns(server)) yield return ConditionType.PortUnset;
        if (port is not null && protocol is Protocol.Icmp) yield return ConditionType.PortIgnored;
        if (!Fits(protocol, server.LoadBalancerType)) yield return ConditionType.ProtocolTypeMismatch;
        if (natType is SourceNatType.Pool && natPool is null) yield return ConditionType.NatPoolMissing;
        if (natType is SourceNatType.Auto && natPool is not null) yield return ConditionType.NatPoolUnused;
        if (natType is null && natPool is not null) yield return ConditionType.NatTypeUnset;
    }

    /// <summary>What a protocol travels on.</summary>
    public static Transports TransportsOf(Protocol? protocol) => protocol switch
    {
        Protocol.Tcp or Protocol.Http or Protocol.Https or Protocol.Http2 or Protocol.Grpc => Transports.Tcp,
        Protocol.Udp or Protocol.Quic => Transports.Udp,
        Protocol.Sctp => Transports.Sctp,
        Protocol.Icmp => Transports.Icmp,
        Protocol.Dns => Transports.Tcp | Transports.Udp,
        _ => Transports.All,
    };

    /// <summary>Why, for programs: what exactly makes the condition true.</summary>
    public static string Reason(ConditionType type, VirtualServer server) => type switch
    {
        ConditionType.Conflicted => "LISTENERS_OVERLAP",
        ConditionType.CertificatesMissing => "SSL_OFFLOAD_WITHOUT_CERTIFICATES",
        ConditionType.CertificatesUnused => "CERTIFICATES_WITHOUT_SSL_OFFLOAD",
        ConditionType.CertificateExpired => "EXPIRATION_DATE_PASSED",
        ConditionType.CertificateExpiring => "EXPIRATION_DATE_NEAR",
        ConditionType.SslOffloadWithoutTls => "PROTOCOL_WITHOUT_TLS",
        ConditionType.PoolUnset => "ENABLED_WITHOUT_POOL",
        ConditionType.PoolEmpty => "POOL_WITHOUT_MEMBERS",
        ConditionType.PortUnset => "ENABLED_WITHOUT_PORT",
        ConditionType.PortIgnored => "PROTOCOL_WITHOUT_PORTS",
        ConditionType.ProtocolTypeMismatch => server.LoadBalancerType is LoadBalancerType.Dns ? "OTHER_PROTOCOL_ON_DNS" : "APPLICATION_PROTOCOL_ON_LAYER_4",
        ConditionType.NatPoolMissing => "TYPE_POOL_WITHOUT_PREFIX",
        ConditionType.NatPoolUnused => "TYPE_AUTO_WITH_PREFIX",
        ConditionType.NatTypeUnset => "PREFIX_WITHOUT_TYPE",
        ConditionType.NatFamilyMismatch => "IP_FAMILIES_DIFFER",
        ConditionType.TenantMismatch => "TENANTS_DIFFER",
        ConditionType.NameDiffersOnlyByCase => "NAMES_DIFFER_ONLY_BY_CASE",
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, null),
    };

    /// <summary>The condition in one sentence for people: what is the matter, and with whom.</summary>
    /// <param name="type">Which condition.</param>
    /// <param name="server">The virtual server that has it.</param>
    /// <param name="concerned">The first of the objects concerned.</param>
    /// <param name="count">How many are concerned in all.</param>
    public static string Sentence(ConditionType type, VirtualServer server, IReadOnlyList<Named> concerned, long count)
    {
        var who = string.Join(", ", concerned.Take(Told)) + (count > Told ? $" and {count - Told} more" : "");
        return type switch
        {
            ConditionType.Conflicted => $"it takes the same traffic at the same place as {who}: give one another port, protocol, vip or placement, or disable it",
            ConditionType.CertificatesMissing => "ssl_offload is on without certificate_profiles: there is nothing to offer to clients",
            ConditionType.CertificatesUnused => "it has certificate_profiles and ssl_offload is off: they are not offered to clients",
            ConditionType.CertificateExpired => $"the expiration_date of {who} has passed",
            ConditionType.CertificateExpiring => $"the expiration_date of {who} is near",
            ConditionType.SslOffloadWithoutTls => $"ssl_offload is on, and protocol {Spelled(server.Listener.Protocol)} has no TLS",
            ConditionType.PoolUnset => "it is enabled and has no load_balancer_pool: there is nobody to send its traffic to",
            ConditionType.PoolEmpty => $"{who} has no members",
            ConditionType.PortUnset => $"it is enabled and has no port: protocol {Spelled(server.Listener.Protocol)} is taken on any",
            ConditionType.PortIgnored => $"it has port {server.Listener.Port}, and protocol {Spelled(server.Listener.Protocol)} has no ports",
            ConditionType.ProtocolTypeMismatch when server.LoadBalancerType is LoadBalancerType.Dns => $"a DNS load balancer does not balance protocol {Spelled(server.Listener.Protocol)}",
            ConditionType.ProtocolTypeMismatch => $"protocol {Spelled(server.Listener.Protocol)} is balanced at layer 7, and load_balancer_type is layer 4",
            ConditionType.NatPoolMissing => "source_nat_type is pool and there is no source_nat_pool",
            ConditionType.NatPoolUnused => "source_nat_type is auto: the source_nat_pool is not used",
            ConditionType.NatTypeUnset => "it has a source_nat_pool and no source_nat_type that says how it is used",
            ConditionType.NatFamilyMismatch => $"{who} is of another IP family than the vip",
            ConditionType.TenantMismatch => $"{who} belongs to another tenant",
            ConditionType.NameDiffersOnlyByCase => $"its name differs only by case from that of {who}",
            _ => throw new ArgumentOutOfRangeException(nameof(type), type, null),
        };
    }

    private static bool HasPorts(Protocol? protocol) => protocol is not (null or Protocol.Icmp or Protocol.Any);

    private static bool IsDnsOnDns(VirtualServer server) => server is { Listener.Protocol: Protocol.Dns, LoadBalancerType: LoadBalancerType.Dns };

    private static bool Fits(Protocol? protocol, LoadBalancerType type) => type switch
    {
        LoadBalancerType.Layer4 => protocol is not (Protocol.Http or Protocol.Https or Protocol.Http2 or Protocol.Grpc),
        LoadBalancerType.Dns => protocol is null or Protocol.Dns or Protocol.Any,
        _ => true,
    };

    private static string Spelled(Protocol? protocol) => protocol?.ToString().ToUpperInvariant() ?? "unset";
}
