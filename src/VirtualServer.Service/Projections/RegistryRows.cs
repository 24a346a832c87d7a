using VirtualServers.Domain;
using VirtualServers.Domain.VirtualServers;
using VirtualServers.Service.Store;
using PoolField = VirtualServers.Domain.Pools.Field;

namespace VirtualServers.Service.Projections;

/// <summary>
/// The rows that the rules of conditions and the usages read, at one time. Now they are tables of their own; the rows of a past time have
/// the same columns, from the versions and references that held then.
/// </summary>
public sealed class RegistryRows
{
    /// <summary>The current rows.</summary>
    public static readonly RegistryRows Now = new(null);

    private readonly Argument? time;

    private RegistryRows(Argument? time)
    {
        this.time = time;
        (Servers, Directory, Uses) = time is null
            ? (VirtualServersTable.Name, DirectoryTable.Name, UsesTable.Name)
            : (PastServers, PastDirectory, PastUses);
    }

    /// <summary>The rows that held at a past time.</summary>
    public static RegistryRows AsOf(Argument time) => new(time);

    /// <summary>The live virtual servers, as <see cref="VirtualServersTable"/> has them, as far as rules of conditions read them.</summary>
    public Sql Servers { get; }

    /// <summary>Every object, as <see cref="DirectoryTable"/> has it. Of the members of a past pool, only whether there are any.</summary>
    public Sql Directory { get; }

    /// <summary>The references, as <see cref="UsesTable"/> has them; of a past time, only those of live objects.</summary>
    public Sql Uses { get; }

    /// <summary>Whether a row holds at the time: a version of an object, or a reference of the version that holds.</summary>
    public Sql Holds(string row) => time is null
        ? Sql.Text($"{row}.valid_until = 'infinity'")
        : $"{Sql.Text(row)}.valid_from <= {time} and {Sql.Text(row)}.valid_until > {time}";

    // The VIP is joined, so that the virtual servers of a VIP are found by it; the others are looked up where a rule reads them.
    private Sql PastServers =>
        $"""
        (select s.id, l.target as vip, coalesce(s.port, {Sql.Text($"{ListenerRow.NoPort}")}) as port, {Transports} as transports,
            {Target("s", [.. Placements.Select(Field.Of)])} as placement, s.enabled, {ObjectVersionsTable.FoldedName("s")} as folded_name,
            {Target("s", Field.Tenant)} as tenant, {Target("s", Field.LoadBalancerPool)} as pool,
            {Target("s", Field.SourceNatPool)} as source_nat_pool
        from {ObjectVersionsTable.Name} s
        join {UsesTable.Name} l on l.source = s.id and l.field = {Constant(Field.Vip)} and {Holds("l")}
        where s.kind = 'virtual_server' and s.live and {Holds("s")})
        """;

    private Sql PastDirectory =>
        $"""
        (select t.id, t.kind, t.scope, t.name, t.live as living, t.network, t.expires, {Target("t", PoolField.Tenant)} as tenant,
            cardinality(t.member_statuses) as members, cardinality(array_positions(t.member_statuses, 'Active')) as active_members
        from {ObjectVersionsTable.Name} t where {Holds("t")})
        """;

    private Sql PastUses =>
        $"""
        (select u.source, u.field, u.part, u.target, true as living
        from {UsesTable.Name} u join {ObjectVersionsTable.Name} s on s.id = u.source and s.live and {Holds("s")}
        where {Holds("u")})
        """;

    private static Kind[] Placements => [Kind.Device, Kind.DeviceRedundancyGroup, Kind.VirtualChassis, Kind.CloudService];

    private static Sql Transports => Sql.Text(
        $"case s.protocol {string.Join(
            ' ', Enum.GetValues<Protocol>().Select(protocol => $"when '{protocol}' then {(int)Conditions.TransportsOf(protocol)}"))} "
        + $"else {(int)Conditions.TransportsOf(null)} end");

    // The object that a row refers to by one of the fields, of which one is set at most.
    private Sql Target(string row, params string[] fields) =>
        $"""
        (select r.target from {UsesTable.Name} r
        where r.source = {Sql.Text(row)}.id and r.field in ({Sql.Join(", ", fields.Select(Constant))}) and {Holds("r")})
        """;

    private static Sql Constant(string field) => Sql.Text($"'{field}'");
}
