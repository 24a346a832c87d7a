namespace VirtualServers.Domain.VirtualServers;

/// <summary>Conditions report configurations that are valid but probably wrong (domain.md, section 3).</summary>
public enum ConditionType
{
    /// <summary>Another enabled virtual server receives the same traffic at the same placement, both on equal ports.</summary>
    Conflicted = 1,

    /// <summary>ssl_offload is enabled without certificate profiles.</summary>
    CertificatesMissing,

    /// <summary>Certificate profiles are set while ssl_offload is disabled.</summary>
    CertificatesUnused,

    /// <summary>The expiration date of a certificate profile has passed.</summary>
    CertificateExpired,

    /// <summary>The expiration date of a certificate profile is near.</summary>
    CertificateExpiring,

    /// <summary>ssl_offload is enabled with a protocol that does not support TLS.</summary>
    SslOffloadWithoutTls,

    /// <summary>The virtual server is enabled without a pool.</summary>
    PoolUnset,

    /// <summary>The pool has no members.</summary>
    PoolEmpty,

    /// <summary>The virtual server is enabled without a port, and its protocol has ports.</summary>
    PortUnset,

    /// <summary>A port is set with a protocol that has no ports.</summary>
    PortIgnored,

    /// <summary>The protocol does not belong to the load balancer type.</summary>
    ProtocolTypeMismatch,

    /// <summary>source_nat_type is POOL without a source NAT pool.</summary>
    NatPoolMissing,

    /// <summary>source_nat_type is AUTO with a source NAT pool.</summary>
    NatPoolUnused,

    /// <summary>A source NAT pool is set without source_nat_type.</summary>
    NatTypeUnset,

    /// <summary>The IP family of the source NAT pool differs from that of the VIP.</summary>
    NatFamilyMismatch,

    /// <summary>The tenant of the pool differs from that of the virtual server.</summary>
    TenantMismatch,

    /// <summary>The name of another virtual server differs only by case.</summary>
    NameDiffersOnlyByCase,

    /// <summary>As <see cref="Conflicted"/>, but one of the two takes any port and the other a given one.</summary>
    ListenerShadowed,

    /// <summary>The pool has members, and none of them is active.</summary>
    PoolInactive,
}

/// <summary>How serious a condition is.</summary>
public enum ConditionSeverity
{
    /// <summary>Traffic is or will be wrong.</summary>
    Error = 1,

    /// <summary>Probably not meant.</summary>
    Warning,

    /// <summary>Worth knowing.</summary>
    Info,
}

/// <summary>The transports that a protocol uses. Two listeners can conflict only if they share a transport.</summary>
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

    /// <summary>All transports: protocol ANY, or no protocol.</summary>
    All = Tcp | Udp | Sctp | Icmp,
}

/// <summary>
/// The rules of conditions that depend on the virtual server alone, and the severities and sentences of all conditions. Conditions that
/// depend on other objects are evaluated by the store, for all virtual servers at once. Each rule is in one of the two places.
/// </summary>
public static class Conditions
{
    private const int MaxListed = 3;

    /// <summary>The conditions that the virtual server has on its own.</summary>
    public static IEnumerable<ConditionType> Of(VirtualServer server)
    {
        var ((_, port, protocol), (natPool, natType)) = (server.Listener, server.SourceNat);
        var (offload, certificates) = (server.Tls.Offload, server.Tls.CertificateProfiles.Count);
        if (offload && certificates == 0) yield return ConditionType.CertificatesMissing;
        if (!offload && certificates > 0) yield return ConditionType.CertificatesUnused;
        if (offload && protocol is Protocol.Udp or Protocol.Icmp or Protocol.Sctp) yield return ConditionType.SslOffloadWithoutTls;
        if (server is { Enabled: true, LoadBalancerPool: null }) yield return ConditionType.PoolUnset;
        if (server.Enabled && port is null && HasPorts(protocol) && !IsDnsOnDns(server)) yield return ConditionType.PortUnset;
        if (port is not null && protocol is Protocol.Icmp) yield return ConditionType.PortIgnored;
        if (!IsBalancedBy(protocol, server.LoadBalancerType)) yield return ConditionType.ProtocolTypeMismatch;
        if (natType is SourceNatType.Pool && natPool is null) yield return ConditionType.NatPoolMissing;
        if (natType is SourceNatType.Auto && natPool is not null) yield return ConditionType.NatPoolUnused;
        if (natType is null && natPool is not null) yield return ConditionType.NatTypeUnset;
    }

    /// <summary>The severity of a condition. Of a pool without active members: an error only while it is enabled.</summary>
    /// <param name="type">The type of the condition.</param>
    /// <param name="enabled">Whether the virtual server that has it is enabled.</param>
    public static ConditionSeverity SeverityOf(ConditionType type, bool enabled) => type switch
    {
        ConditionType.PoolEmpty or ConditionType.PoolInactive => enabled ? ConditionSeverity.Error : ConditionSeverity.Info,
        ConditionType.Conflicted or ConditionType.CertificatesMissing or ConditionType.CertificateExpired
            or ConditionType.SslOffloadWithoutTls or ConditionType.NatPoolMissing or ConditionType.NatFamilyMismatch =>
            ConditionSeverity.Error,
        ConditionType.ListenerShadowed or ConditionType.CertificatesUnused or ConditionType.PortIgnored or ConditionType.NatPoolUnused =>
            ConditionSeverity.Info,
        ConditionType.CertificateExpiring or ConditionType.PoolUnset or ConditionType.PortUnset or ConditionType.ProtocolTypeMismatch
            or ConditionType.NatTypeUnset or ConditionType.TenantMismatch or ConditionType.NameDiffersOnlyByCase =>
            ConditionSeverity.Warning,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, null),
    };

    /// <summary>The transports that a protocol uses.</summary>
    public static Transports TransportsOf(Protocol? protocol) => protocol switch
    {
        Protocol.Tcp or Protocol.Http or Protocol.Https or Protocol.Http2 or Protocol.Grpc => Transports.Tcp,
        Protocol.Udp or Protocol.Quic => Transports.Udp,
        Protocol.Sctp => Transports.Sctp,
        Protocol.Icmp => Transports.Icmp,
        Protocol.Dns => Transports.Tcp | Transports.Udp,
        _ => Transports.All,
    };

    /// <summary>The cause of the condition, for programs.</summary>
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
        ConditionType.ProtocolTypeMismatch when server.LoadBalancerType is LoadBalancerType.Dns => "OTHER_PROTOCOL_ON_DNS",
        ConditionType.ProtocolTypeMismatch => "APPLICATION_PROTOCOL_ON_LAYER_4",
        ConditionType.NatPoolMissing => "TYPE_POOL_WITHOUT_PREFIX",
        ConditionType.NatPoolUnused => "TYPE_AUTO_WITH_PREFIX",
        ConditionType.NatTypeUnset => "PREFIX_WITHOUT_TYPE",
        ConditionType.NatFamilyMismatch => "IP_FAMILIES_DIFFER",
        ConditionType.TenantMismatch => "TENANTS_DIFFER",
        ConditionType.NameDiffersOnlyByCase => "NAMES_DIFFER_ONLY_BY_CASE",
        ConditionType.ListenerShadowed => "GIVEN_PORT_WITHIN_ANY_PORT",
        ConditionType.PoolInactive => "POOL_WITHOUT_ACTIVE_MEMBERS",
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, null),
    };

    /// <summary>The condition in one sentence, for people.</summary>
    /// <param name="type">The type of the condition.</param>
    /// <param name="server">The virtual server that has it.</param>
    /// <param name="concerned">The first of the objects concerned.</param>
    /// <param name="count">The number of objects concerned.</param>
    public static string Sentence(ConditionType type, VirtualServer server, IReadOnlyList<Named> concerned, long count)
    {
        var others = string.Join(", ", concerned.Take(MaxListed)) + (count > MaxListed ? $" and {count - MaxListed} more" : "");
        var (port, protocol) = (server.Listener.Port, NameOf(server.Listener.Protocol));
        return type switch
        {
            ConditionType.Conflicted =>
                $"it receives the same traffic at the same placement as {others}: "
                + "change the port, protocol, vip or placement of one, or disable one",
            ConditionType.CertificatesMissing =>
                "ssl_offload is enabled without certificate_profiles: no certificate can be presented to clients",
            ConditionType.CertificatesUnused =>
                "certificate_profiles are set and ssl_offload is disabled: they are not presented to clients",
            ConditionType.CertificateExpired => $"the expiration_date of {others} has passed",
            ConditionType.CertificateExpiring => $"the expiration_date of {others} is near",
            ConditionType.SslOffloadWithoutTls => $"ssl_offload is enabled and protocol {protocol} does not support TLS",
            ConditionType.PoolUnset => "it is enabled without load_balancer_pool: its traffic has no destination",
            ConditionType.PoolEmpty => $"{others} has no members",
            ConditionType.PortUnset => $"it is enabled without port: protocol {protocol} is accepted on any port",
            ConditionType.PortIgnored => $"port {port} is ignored: protocol {protocol} has no ports",
            ConditionType.ProtocolTypeMismatch when server.LoadBalancerType is LoadBalancerType.Dns =>
                $"load_balancer_type is DNS: protocol {protocol} is not balanced by it",
            ConditionType.ProtocolTypeMismatch => $"load_balancer_type is LAYER_4: protocol {protocol} is balanced at layer 7",
            ConditionType.NatPoolMissing => "source_nat_type is POOL without source_nat_pool: no source addresses are available",
            ConditionType.NatPoolUnused => "source_nat_type is AUTO: source_nat_pool is not used",
            ConditionType.NatTypeUnset => "source_nat_pool is set without source_nat_type: how it is used is undefined",
            ConditionType.NatFamilyMismatch => $"the IP family of {others} differs from that of the vip",
            ConditionType.TenantMismatch => $"{others} belongs to a different tenant",
            ConditionType.NameDiffersOnlyByCase => $"its name differs only by case from that of {others}",
            ConditionType.ListenerShadowed when port is null or 0 =>
                $"it accepts any port at the same placement as {others} with a given port: most load balancers prefer the given port",
            ConditionType.ListenerShadowed =>
                $"it accepts port {port} at the same placement as {others} with any port: most load balancers prefer the given port",
            ConditionType.PoolInactive => $"{others} has members, and none of them is ACTIVE",
            _ => throw new ArgumentOutOfRangeException(nameof(type), type, null),
        };
    }

    private static bool HasPorts(Protocol? protocol) => protocol is not (null or Protocol.Icmp or Protocol.Any);

    private static bool IsDnsOnDns(VirtualServer server) =>
        server is { Listener.Protocol: Protocol.Dns, LoadBalancerType: LoadBalancerType.Dns };

    private static bool IsBalancedBy(Protocol? protocol, LoadBalancerType type) => type switch
    {
        LoadBalancerType.Layer4 => protocol is not (Protocol.Http or Protocol.Https or Protocol.Http2 or Protocol.Grpc),
        LoadBalancerType.Dns => protocol is null or Protocol.Dns or Protocol.Any,
        _ => true,
    };

    private static string NameOf(Protocol? protocol) => protocol?.ToString().ToUpperInvariant() ?? "unset";
}
