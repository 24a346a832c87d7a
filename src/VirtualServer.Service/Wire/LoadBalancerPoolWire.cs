using Google.Protobuf.WellKnownTypes;
using VirtualServers.Domain;
using VirtualServers.Domain.Pools;
using VirtualServers.Service.Views;
using static VirtualServers.Service.Wire.Masks;
using Field = VirtualServers.Domain.Pools.Field;

namespace VirtualServers.Service.Wire;

/// <summary>Pools and their members from and to the contract. Enums have the same numbers on both sides; unknown ones pass, to be refused by the rules.</summary>
public static class LoadBalancerPoolWire
{
    /// <summary>Where the pool stands in a request.</summary>
    public const string Prefix = "load_balancer_pool.";

    /// <summary>The pool as the contract has it.</summary>
    public static V1.LoadBalancerPool ToWire(View<LoadBalancerPool> view, Names names)
    {
        var content = view.Content;
        var wire = new V1.LoadBalancerPool
        {
            Name = content.Name,
            LoadBalancingAlgorithm = (V1.LoadBalancingAlgorithm)content.Algorithm,
            HealthCheckMonitor = names.Of(content.HealthCheckMonitor),
            Tenant = names.Of(content.Tenant),
            Description = content.Description,
        };
        foreach (var (key, value) in content.Labels) wire.Labels.Add(key, value);
        wire.Members.Add(ToWire(content.Members, names));
        return wire.Stamp(view);
    }

    /// <summary>The members as the contract has them, sorted by address text and port.</summary>
    public static IEnumerable<V1.PoolMember> ToWire(IEnumerable<Member> members, Names names) =>
        members.Select(member => ToWire(member, names)).OrderBy(member => member.IpAddress.Name, StringComparer.Ordinal).ThenBy(member => member.Port);

    /// <summary>All fields as asked for; what is left out is unset.</summary>
    public static Draft ToDraft(V1.LoadBalancerPool? wire) => ToDraft(wire ?? new(), All);

    /// <summary>The fields that a mask names, and what is wrong with the mask.</summary>
    public static Draft ToDraft(V1.LoadBalancerPool? wire, FieldMask? mask, out IReadOnlyList<Violation> malformed) =>
        ToDraft(wire ?? new(), Given(wire, mask, "load_balancer_pool", out malformed));

    /// <summary>Whole members.</summary>
    public static IReadOnlyList<MemberDraft> ToDrafts(IEnumerable<V1.PoolMember> wire) => [.. wire.Select(ToDraft)];

    /// <summary>A whole member.</summary>
    public static MemberDraft ToDraft(V1.PoolMember? wire) => ToDraft(wire ?? new(), All);

    /// <summary>The fields of a member that a mask names, and what is wrong with the mask.</summary>
    public static MemberDraft ToDraft(V1.PoolMember? wire, FieldMask? mask, out IReadOnlyList<Violation> malformed) =>
        ToDraft(wire ?? new(), Given(wire, mask, "member", out malformed));

    /// <summary>Which member a request is about; null when that can't be read, and why.</summary>
    public static MemberKey? ToKey(string id, V1.PoolMemberEndpoint? endpoint, out IReadOnlyList<Violation> malformed)
    {
        malformed = (id, endpoint) switch
        {
            ({ Length: > 0 }, _) => Requests.Id(id, "pool member", "member_id").Violations,
            (_, null) => [new(Reason.FieldRequired, "member_target", "a member is required: set member_id or endpoint")],
            (_, { IpAddress: null }) => [new(Reason.FieldRequired, "endpoint.ip_address", "endpoint.ip_address is required: the id or name of an IP address")],
            (_, { HasPort: false }) => [new(Reason.FieldRequired, "endpoint.port", "endpoint.port is required: 0 to 65535")],
            _ => [],
        };
        return malformed.Count > 0 ? null
            : id.Length > 0 ? new MemberKey.ById(Reference.ParseUuid(id)!.Value)
            : new MemberKey.ByEndpoint(ToReference(endpoint!.IpAddress)!.Value, endpoint.Port);
    }

    /// <summary>The member that a command about one changed, or the one it is about when it changed nothing.</summary>
    public static V1.PoolMember? One(V1.LoadBalancerPool? pool, Event<LoadBalancerPool>? happened, MemberKey? key) => (happened, key) switch
    {
        (Changed { Members: { } members }, _) => pool?.Members.FirstOrDefault(member => members.Added.Concat(members.Is).Any(one => one.Id.ToString() == member.Id)),
        (_, MemberKey.ById(var id)) => pool?.Members.FirstOrDefault(member => member.Id == id.ToString()),
        (_, MemberKey.ByEndpoint at) => pool?.Members.FirstOrDefault(member =>
            member.Port == at.Port && (at.IpAddress.Uuid is { } id ? member.IpAddress.Id == id.ToString() : member.IpAddress.Name == at.FieldReference.Name)),
        _ => null,
    };

    private static V1.PoolMember ToWire(Member member, Names names)
    {
        var wire = new V1.PoolMember
        {
            Id = member.Id.ToString(),
            IpAddress = names.Of(member.Endpoint.IpAddress),
            Port = member.Endpoint.Port,
            Status = (V1.PoolMemberStatus)member.Status,
            Label = member.Label,
            SslOffload = member.Tls.Offload,
            HealthCheckMonitor = names.Of(member.HealthCheckMonitor),
            Tenant = names.Of(member.Tenant),
        };
        wire.CertificateProfiles.Add(member.Tls.CertificateProfiles.Select(names.Of));
        return wire;
    }

    private static Draft ToDraft(V1.LoadBalancerPool wire, Func<string, bool> given) => new()
    {
        Name = If<string?>(given(Field.Name), wire.Name),
        LoadBalancingAlgorithm = If(given(Field.LoadBalancingAlgorithm), wire.LoadBalancingAlgorithm == 0 ? null : (LoadBalancingAlgorithm?)wire.LoadBalancingAlgorithm),
        HealthCheckMonitor = If(given(Field.HealthCheckMonitor), ToReference(wire.HealthCheckMonitor)),
        Tenant = If(given(Field.Tenant), ToReference(wire.Tenant)),
        Labels = If<IReadOnlyDictionary<string, string>>(given(Field.Labels), new Dictionary<string, string>(wire.Labels)),
        Description = If<string?>(given(Field.Description), wire.Description),
        Members = If(given(Field.Members), ToDrafts(wire.Members)),
    };

    // Ids are made up here, because the rules are pure: a member that is new takes the one it is offered.
    private static MemberDraft ToDraft(V1.PoolMember wire, Func<string, bool> given) => new(Guid.CreateVersion7())
    {
        IpAddress = If(given(Field.IpAddress), ToReference(wire.IpAddress)),
        Port = If(given(Field.Port), wire.HasPort ? wire.Port : (int?)null),
        Status = If(given(Field.Status), wire.Status == 0 ? null : (MemberStatus?)wire.Status),
        Label = If<string?>(given(Field.Label), wire.Label),
        SslOffload = If(given(Field.SslOffload), wire.SslOffload),
        CertificateProfiles = If<IReadOnlyList<Reference>>(given(Field.CertificateProfiles), [.. wire.CertificateProfiles.Select(profile => ToReference(profile)!.Value)]),
        HealthCheckMonitor = If(given(Field.HealthCheckMonitor), ToReference(wire.HealthCheckMonitor)),
        Tenant = If(given(Field.Tenant), ToReference(wire.Tenant)),
    };
}
