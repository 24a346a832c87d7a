using Google.Protobuf.WellKnownTypes;
using VirtualServers.Domain;
using VirtualServers.Domain.Pools;
using VirtualServers.Service.Commands;
using VirtualServers.Service.Queries;
using VirtualServers.Service.Store;
using static VirtualServers.Service.Wire.Masks;
using Field = VirtualServers.Domain.Pools.Field;

namespace VirtualServers.Service.Wire;

/// <summary>
/// Pools and their members from and to the contract. Enum values have the same numbers on both sides; unknown ones pass, and the rules
/// reject them.
/// </summary>
public static class LoadBalancerPoolWire
{
    /// <summary>The pool after a command; null when there is none.</summary>
    public static V1.LoadBalancerPool? ToWire(Executed<LoadBalancerPool> done) => RegistryObjects.ToWire(done, ToWire);

    /// <summary>The pool as it was read.</summary>
    public static V1.LoadBalancerPool ToWire(Loaded<LoadBalancerPool> loaded) => ToWire(loaded.View!, loaded.Names);

    /// <summary>The pool in the contract.</summary>
    public static V1.LoadBalancerPool ToWire(View<LoadBalancerPool> view, Names names)
    {
        var content = view.Content;
        var wire = new V1.LoadBalancerPool
        {
            Name = content.Name,
            LoadBalancingAlgorithm = (V1.LoadBalancingAlgorithm)content.Algorithm,
            HealthCheckMonitor = names.ToReference(content.HealthCheckMonitor),
            Tenant = names.ToReference(content.Tenant),
            Description = content.Description,
        };
        foreach (var (key, value) in content.Labels) wire.Labels.Add(key, value);
        wire.Members.Add(ToWire(content.Members, names));
        return wire.Stamp(view);
    }

    /// <summary>Members in the contract, in the order of address text and port.</summary>
    public static IEnumerable<V1.PoolMember> ToWire(IEnumerable<Member> members, Names names) =>
        members.Select(member => ToWire(member, names))
            .OrderBy(member => member.IpAddress.Name, StringComparer.Ordinal)
            .ThenBy(member => member.Port);

    /// <summary>The draft of a create: every field, unset where the request leaves it out.</summary>
    public static Draft ToDraft(V1.LoadBalancerPool? wire) => ToDraft(wire ?? new(), All);

    /// <summary>The draft of an update: the fields that the mask names, and the violations of the mask.</summary>
    public static Draft ToDraft(V1.LoadBalancerPool? wire, FieldMask? mask, out IReadOnlyList<Violation> malformed) =>
        ToDraft(wire ?? new(), Given(wire, mask, "load_balancer_pool", out malformed));

    /// <summary>Whole members.</summary>
    public static IReadOnlyList<MemberDraft> ToDrafts(IEnumerable<V1.PoolMember> wire) => [.. wire.Select(member => ToDraft(member))];

    /// <summary>A whole member.</summary>
    public static MemberDraft ToDraft(V1.PoolMember? wire) => ToDraft(wire ?? new(), All);

    /// <summary>The draft of a member: the fields that the mask names, and the violations of the mask.</summary>
    public static MemberDraft ToDraft(V1.PoolMember? wire, FieldMask? mask, out IReadOnlyList<Violation> malformed) =>
        ToDraft(wire ?? new(), Given(wire, mask, "member", out malformed));

    /// <summary>The member that a request names; null, with the violations, when it names none.</summary>
    public static MemberKey? ToKey(string id, V1.PoolMemberEndpoint? endpoint, out IReadOnlyList<Violation> malformed)
    {
        malformed = (id, endpoint) switch
        {
            ({ Length: > 0 }, _) => Requests.Id(id, "pool member", "member_id").Violations,
            (_, null) => Requests.Missing("a member is required: set member_id or endpoint", "member_id", "endpoint").Violations,
            (_, { IpAddress: null }) =>
            [
                new(Reason.FieldRequired, "endpoint.ip_address", "endpoint.ip_address is required: give the id or name of an IP address"),
            ],
            (_, { HasPort: false }) => [new(Reason.FieldRequired, "endpoint.port", "endpoint.port is required: use 0 to 65535")],
            (_, { Port: var port }) when !Check.IsPort(port) =>
                [new(Reason.FieldInvalid, "endpoint.port", $"endpoint.port {port} is out of range: use 0 to 65535")],
            _ => [],
        };
        return malformed.Count > 0 ? null
            : id.Length > 0 ? new MemberKey.ById(Reference.ParseUuid(id)!.Value)
            : new MemberKey.ByEndpoint(ToReference(endpoint!.IpAddress)!.Value, endpoint.Port);
    }

    /// <summary>The member that a command changed; the member that it is for when it changed nothing.</summary>
    public static V1.PoolMember? Member(Executed<LoadBalancerPool> done, MemberKey? key)
    {
        var member = done.View?.Content.Members.FirstOrDefault((done.Happened, key) switch
        {
            (Changed { Members: { } members }, _) => one => members.Added.Concat(members.Is).Any(changed => changed.Id == one.Id),
            (_, MemberKey.ById(var id)) => one => one.Id == id,
            (_, MemberKey.ByEndpoint at) => one => one.Endpoint.Port == at.Port && (at.IpAddress.Uuid is { } id
                ? one.Endpoint.IpAddress == id
                : done.Names.Of(one.Endpoint.IpAddress) is { } address && at.FieldReference.Describes(address)),
            _ => _ => false,
        });
        return member is null ? null : ToWire(member, done.Names);
    }

    /// <summary>The members that a command added, changed or removed.</summary>
    public static IEnumerable<V1.PoolMember> Members(Executed<LoadBalancerPool> done, Func<MembersChange, ValueSet<Member>> which) =>
        done.Happened is Changed { Members: { } change } ? ToWire(which(change), done.Names) : [];

    private static V1.PoolMember ToWire(Member member, Names names)
    {
        var wire = new V1.PoolMember
        {
            Id = member.Id.ToString(),
            IpAddress = names.ToReference(member.Endpoint.IpAddress),
            Port = member.Endpoint.Port,
            Status = (V1.PoolMemberStatus)member.Status,
            Label = member.Label,
            SslOffload = member.Tls.Offload,
            HealthCheckMonitor = names.ToReference(member.HealthCheckMonitor),
            Tenant = names.ToReference(member.Tenant),
        };
        wire.CertificateProfiles.Add(member.Tls.CertificateProfiles.Select(names.ToReference));
        return wire;
    }

    private static Draft ToDraft(V1.LoadBalancerPool wire, Func<string, bool> given) => new()
    {
        Name = If<string?>(given(Field.Name), wire.Name),
        LoadBalancingAlgorithm = If(
            given(Field.LoadBalancingAlgorithm),
            wire.LoadBalancingAlgorithm == 0 ? null : (LoadBalancingAlgorithm?)wire.LoadBalancingAlgorithm),
        HealthCheckMonitor = If(given(Field.HealthCheckMonitor), ToReference(wire.HealthCheckMonitor)),
        Tenant = If(given(Field.Tenant), ToReference(wire.Tenant)),
        Labels = If(given(Field.Labels), ToLabels(wire.Labels)),
        Description = If<string?>(given(Field.Description), wire.Description),
        Members = If(given(Field.Members), ToDrafts(wire.Members)),
    };

    // Ids are generated here, because the rules are pure. A new member takes the offered id.
    private static MemberDraft ToDraft(V1.PoolMember wire, Func<string, bool> given) => new(Guid.CreateVersion7())
    {
        IpAddress = If(given(Field.IpAddress), ToReference(wire.IpAddress)),
        Port = If(given(Field.Port), wire.HasPort ? wire.Port : (int?)null),
        Status = If(given(Field.Status), wire.Status == 0 ? null : (MemberStatus?)wire.Status),
        Label = If(given(Field.Label), wire.HasLabel ? wire.Label : null),
        SslOffload = If(given(Field.SslOffload), wire.SslOffload),
        CertificateProfiles = If(given(Field.CertificateProfiles), ToReferences(wire.CertificateProfiles)),
        HealthCheckMonitor = If(given(Field.HealthCheckMonitor), ToReference(wire.HealthCheckMonitor)),
        Tenant = If(given(Field.Tenant), ToReference(wire.Tenant)),
    };
}
