using VirtualServers.Domain;
using VirtualServers.Domain.VirtualServers;
using VirtualServers.Service.Store;
using static VirtualServers.Domain.VirtualServers.ConditionType;

namespace VirtualServers.Service.Projections;

/// <summary>How the service determines a condition of virtual servers.</summary>
public abstract record ConditionRule(ConditionType Type)
{
    /// <summary>A condition that depends on the virtual server alone: <see cref="Conditions.Of"/> in the domain. Stored with it.</summary>
    public sealed record Own(ConditionType Type) : ConditionRule(Type);

    /// <summary>
    /// A condition that depends on other objects and that only commands change. Stored by the transaction that changes it.
    /// </summary>
    /// <param name="Find">Finds (virtual_server, type, other) for the virtual servers in <c>changed v</c>, on the rows of a time.</param>
    /// <param name="Locks">
    /// The locks of a transaction that changes the row of a virtual server: two concurrent transactions that could create the condition
    /// together without seeing each other are serialized.
    /// </param>
    public sealed record Kept(ConditionType Type, Func<RegistryRows, Sql> Find, Func<ListenerRow, IEnumerable<AdvisoryLock>> Locks)
        : ConditionRule(Type)
    {
        /// <summary>Whether two virtual servers have it with each other, so that it is shown on both.</summary>
        public bool IsMutual { get; init; }

        /// <summary>The changes of other objects that it depends on.</summary>
        public IReadOnlyList<ConditionTrigger> Triggers { get; init; } = [];
    }

    /// <summary>A condition that depends on the time or on the members of a pool. Evaluated when it is read.</summary>
    /// <param name="Find">
    /// Finds (virtual_server, type, other, enabled) on the rows of a time; for one virtual server, or for all when the last argument is
    /// null. Where the severity depends on it, enabled says whether the virtual server is enabled; elsewhere it is true.
    /// </param>
    /// <param name="Hint">Whether an object <c>t</c> may cause it in the virtual servers that refer to it.</param>
    public sealed record OnRead(
        ConditionType Type, Func<RegistryRows, ExpirationWindow, Sql?, Sql> Find, Func<ExpirationWindow, Sql> Hint) : ConditionRule(Type);
}

/// <summary>The moment for which conditions are read, and the end of the period in which an expiration date counts as near.</summary>
public sealed record ExpirationWindow(Argument Now, Argument Soon);

/// <summary>A change of an object that changes conditions of the virtual servers that refer to it.</summary>
/// <param name="Column">The column of the virtual servers that holds the object.</param>
/// <param name="Fires">Whether an event is such a change.</param>
/// <param name="Locks">The locks that its transaction takes.</param>
public sealed record ConditionTrigger(string Column, Func<RowChange, bool> Fires, Func<RowChange, IEnumerable<AdvisoryLock>> Locks);

/// <summary>
/// The one table of conditions: for each type, how the service determines it. Writing, reading and filtering derive from it.
/// </summary>
public static class ConditionRules
{
    private static readonly Sql NoPort = Sql.Text($"{ListenerRow.NoPort}");
    private static readonly Sql MaxPort = Sql.Text($"{ushort.MaxValue}");

    private static readonly ConditionTrigger TenantOfPool =
        new("pool", change => change.Before is { } before && before.Directory.Tenant != change.After.Directory.Tenant, LockObject);

    // Rare: the owner of an address or prefix gives its id to one of the other family.
    private static readonly ConditionTrigger FamilyOfVip =
        new("vip", change => change.After.Kind is Kind.IpAddress && ChangesFamily(change), LockFamilies);

    private static readonly ConditionTrigger FamilyOfPrefix =
        new("source_nat_pool", change => change.After.Kind is Kind.Prefix && ChangesFamily(change), LockFamilies);

    public static readonly IReadOnlyList<ConditionRule> All =
    [
        new ConditionRule.Kept(
            Conflicted,
            rows => Overlapping(
                rows, Conflicted,
                $"o.port between case when v.port > 0 then v.port else {NoPort} end and case when v.port > 0 then v.port else 0 end"),
            LockListener) { IsMutual = true },
        new ConditionRule.Own(CertificatesMissing),
        new ConditionRule.Own(CertificatesUnused),
        new ConditionRule.OnRead(
            CertificateExpired,
            (rows, window, one) => Expires(rows, CertificateExpired, $"c.expires <= {window.Now}::timestamptz", one),
            window => $"t.expires <= {window.Soon}::timestamptz"),
        new ConditionRule.OnRead(
            CertificateExpiring,
            (rows, window, one) => Expires(
                rows, CertificateExpiring, $"c.expires > {window.Now}::timestamptz and c.expires <= {window.Soon}::timestamptz", one),
            window => $"t.expires <= {window.Soon}::timestamptz"),
        new ConditionRule.Own(SslOffloadWithoutTls),
        new ConditionRule.Own(PoolUnset),
        new ConditionRule.OnRead(
            PoolEmpty,
            (rows, _, one) =>
                $"""
                select v.id as virtual_server, {Quoted(PoolEmpty)} as type, p.id as other, v.enabled
                from {rows.Servers} v join {rows.Directory} p on p.id = v.pool where p.members = 0{Only("v.id", one)}
                """,
            _ => Sql.Text("t.members = 0")),
        new ConditionRule.Own(PortUnset),
        new ConditionRule.Own(PortIgnored),
        new ConditionRule.Own(ProtocolTypeMismatch),
        new ConditionRule.Own(NatPoolMissing),
        new ConditionRule.Own(NatPoolUnused),
        new ConditionRule.Own(NatTypeUnset),
        new ConditionRule.Kept(
            NatFamilyMismatch,
            rows =>
                $"""
                select v.id, {Quoted(NatFamilyMismatch)}, n.id
                from changed v join {rows.Directory} n on n.id = v.source_nat_pool join {rows.Directory} a on a.id = v.vip
                where family(n.network) <> family(a.network)
                """,
            row => row.SourceNatPool is { } prefix ? [AdvisoryLock.Shared(row.Vip), AdvisoryLock.Shared(prefix)] : [])
        {
            Triggers = [FamilyOfVip, FamilyOfPrefix],
        },
        new ConditionRule.Kept(
            TenantMismatch,
            rows =>
                $"""
                select v.id, {Quoted(TenantMismatch)}, p.id
                from changed v join {rows.Directory} p on p.id = v.pool where p.tenant <> v.tenant
                """,
            row => row.Pool is { } pool ? [AdvisoryLock.Shared(pool)] : []) { Triggers = [TenantOfPool] },
        new ConditionRule.Kept(
            NameDiffersOnlyByCase,
            rows =>
                $"""
                select v.id as virtual_server, {Quoted(NameDiffersOnlyByCase)} as type, o.id as other
                from changed v join {rows.Servers} o on o.folded_name = v.folded_name collate "C"
                where o.id <> v.id
                """,
            row => [AdvisoryLock.Exclusive(row.FoldedName)]) { IsMutual = true },
        new ConditionRule.Kept(
            ListenerShadowed,
            rows => Overlapping(
                rows, ListenerShadowed,
                $"o.port between case when v.port > 0 then {NoPort} else 1 end and case when v.port > 0 then 0 else {MaxPort} end"),
            LockListener) { IsMutual = true },
        new ConditionRule.OnRead(
            PoolInactive,
            (rows, _, one) =>
                $"""
                select v.id as virtual_server, {Quoted(PoolInactive)} as type, p.id as other, v.enabled
                from {rows.Servers} v join {rows.Directory} p on p.id = v.pool
                where p.active_members = 0 and p.members > 0{Only("v.id", one)}
                """,
            _ => Sql.Text("t.active_members = 0")),
    ];

    /// <summary>The rules that are evaluated when conditions are read.</summary>
    public static IReadOnlyList<ConditionRule.OnRead> ReadRules { get; } = [.. All.OfType<ConditionRule.OnRead>()];

    /// <summary>The rules whose conditions between objects are stored.</summary>
    public static IReadOnlyList<ConditionRule.Kept> KeptRules { get; } = [.. All.OfType<ConditionRule.Kept>()];

    /// <summary>The changes of other objects that any rule depends on.</summary>
    public static IReadOnlyList<ConditionTrigger> Triggers { get; } = [.. KeptRules.SelectMany(rule => rule.Triggers).Distinct()];

    /// <summary>The stored spelling of a condition, which is its name in the contract without the prefix.</summary>
    public static string Stored(this ConditionType type) => Spelling.Upper(type);

    /// <summary>The stored spelling of a condition as a constant.</summary>
    public static Sql Quoted(ConditionType type) => Sql.Text($"'{type.Stored()}'");

    // Two enabled virtual servers that receive the same traffic at the same placement, if their ports are those of the condition. Ports are
    // compared as a range, which PostgreSQL reads from the index of listeners in any plan; both values of any port are below 1.
    private static Sql Overlapping(RegistryRows rows, ConditionType type, Sql ports) =>
        $"""
        select v.id as virtual_server, {Quoted(type)} as type, o.id as other
        from changed v join {rows.Servers} o on o.vip = v.vip and {ports}
        where v.enabled and o.enabled and o.placement = v.placement and (v.transports & o.transports) <> 0 and o.id <> v.id
        """;

    private static IEnumerable<AdvisoryLock> LockListener(ListenerRow row) => [AdvisoryLock.Exclusive(row.Vip)];

    private static Sql Expires(RegistryRows rows, ConditionType type, Sql when, Sql? one) =>
        $"""
        select u.source as virtual_server, {Quoted(type)} as type, c.id as other, true as enabled
        from {rows.Uses} u join {rows.Directory} c on c.id = u.target
        where u.field = 'certificate_profiles' and u.living and {when}{Only("u.source", one)}
        """;

    private static Sql Only(string column, Sql? one) => one is null ? Sql.Empty : $" and {Sql.Text(column)} = {one}";

    private static bool ChangesFamily(RowChange change) =>
        change.Before is { Directory.Network: { } before }
        && change.After.Directory.Network is { } after
        && before.Contains(':') != after.Contains(':');

    private static IEnumerable<AdvisoryLock> LockObject(RowChange change) => [AdvisoryLock.Exclusive(change.After.Id)];

    // The other side may change its family as well, and neither transaction would see the other.
    private static IEnumerable<AdvisoryLock> LockFamilies(RowChange change) =>
        [.. LockObject(change), AdvisoryLock.Exclusive("IP families")];
}
