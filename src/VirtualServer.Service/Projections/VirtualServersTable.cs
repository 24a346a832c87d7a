using VirtualServers.Domain.VirtualServers;
using VirtualServers.Service.Store;

namespace VirtualServers.Service.Projections;

/// <summary>
/// The facts of a live virtual server that other virtual servers, conditions and counts depend on. A command that changes none of them
/// changes no condition between virtual servers either.
/// </summary>
public sealed record ListenerRow(
    Guid Vip, int Port, string Protocol, Transports Transports, string PlacementKind, Guid Placement, string LoadBalancerType, bool Enabled,
    string FoldedName, Guid? Tenant, Guid? Pool, Guid? SourceNatPool)
{
    /// <summary>The stored value of an unset port.</summary>
    public const int NoPort = -1;

    /// <summary>The row of a virtual server.</summary>
    public static ListenerRow Of(VirtualServer server) => new(
        server.Listener.Vip, server.Listener.Port ?? NoPort,
        Stored(server.Listener.Protocol), Conditions.TransportsOf(server.Listener.Protocol),
        server.Placement.Kind.Stored(), server.Placement.Id, server.LoadBalancerType.ToString(), server.Enabled,
        SearchText.Folded(server.Name),
        server.Tenant, server.LoadBalancerPool, server.SourceNat.Pool);

    /// <summary>The stored spelling of a protocol; empty for an unset one.</summary>
    public static string Stored(Protocol? protocol) => protocol?.ToString() ?? "";
}

/// <summary>
/// The live virtual servers. The listener is unique, with "unset" a value like any other (port -1, protocol ''): a unique index ignores
/// nulls.
/// </summary>
public static class VirtualServersTable
{
    public static readonly Sql Name = Sql.OfTenants($"{EventStore.Schema}.virtual_servers");

    /// <summary>The columns of the table.</summary>
    internal static readonly Columns<(Guid Id, ListenerRow Row)> Columns = new(
        Columns<(Guid Id, ListenerRow Row)>.Key("id", "uuid", one => one.Id),
        Columns<(Guid Id, ListenerRow Row)>.Of("vip", "uuid", one => one.Row.Vip),
        Columns<(Guid Id, ListenerRow Row)>.Of("port", "integer", one => one.Row.Port),
        Columns<(Guid Id, ListenerRow Row)>.Of("protocol", "text", one => one.Row.Protocol),
        Columns<(Guid Id, ListenerRow Row)>.Of("transports", "integer", one => (int)one.Row.Transports),
        Columns<(Guid Id, ListenerRow Row)>.Of("placement_kind", "text", one => one.Row.PlacementKind),
        Columns<(Guid Id, ListenerRow Row)>.Of("placement", "uuid", one => one.Row.Placement),
        Columns<(Guid Id, ListenerRow Row)>.Of("load_balancer_type", "text", one => one.Row.LoadBalancerType),
        Columns<(Guid Id, ListenerRow Row)>.Of("enabled", "boolean", one => one.Row.Enabled),
        Columns<(Guid Id, ListenerRow Row)>.Of("folded_name", "text", one => one.Row.FoldedName),
        Columns<(Guid Id, ListenerRow Row)>.Of("tenant", "uuid", one => one.Row.Tenant),
        Columns<(Guid Id, ListenerRow Row)>.Of("pool", "uuid", one => one.Row.Pool),
        Columns<(Guid Id, ListenerRow Row)>.Of("source_nat_pool", "uuid", one => one.Row.SourceNatPool));

    /// <summary>The statements that bring the rows of changed virtual servers up to date.</summary>
    public static IEnumerable<Sql> Write(IReadOnlyList<RowChange> changes)
    {
        var changed = changes.Where(change => change.ChangesListener).ToList();
        var deleted = changed.Where(change => change.After.Listener is null).Select(change => change.After.Id).ToArray();
        if (deleted.Length > 0) yield return $"delete from {Name} where id = any({deleted})";

        List<(Guid, ListenerRow)> rows =
            [.. changed.Where(change => change.After.Listener is not null).Select(change => (change.After.Id, change.After.Listener!))];
        if (rows.Count == 0) yield break;
        yield return
            $"""
            insert into {Name} ({Columns.Names}) select {Columns.Select} from {Columns.From(rows)}
            on conflict (id) do update set {Columns.Excluded}
            """;
    }
}
