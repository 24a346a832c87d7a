using VirtualServers.Domain;
using VirtualServers.Domain.Certificates;
using VirtualServers.Domain.Inventory;
using VirtualServers.Domain.Pools;
using VirtualServers.Service.Store;

namespace VirtualServers.Service.Projections;

/// <summary>An object in the directory, with the facts that conditions of virtual servers need of the objects they refer to.</summary>
public sealed record DirectoryRow(Guid Id, Kind Kind, string Scope, string Name, bool IsLive)
{
    /// <summary>The address or prefix, of one.</summary>
    public string? Network { get; private init; }

    /// <summary>The expiration date, of a certificate profile.</summary>
    public DateTimeOffset? Expires { get; private init; }

    /// <summary>The tenant that owns the object; null for a shared one.</summary>
    public Guid? Tenant { get; private init; }

    /// <summary>The number of members, of a pool.</summary>
    public int? Members { get; private init; }

    /// <summary>The number of members that are active, of a pool.</summary>
    public int? ActiveMembers { get; private init; }

    /// <summary>The row of an object.</summary>
    public static DirectoryRow Of(IView view)
    {
        var row = new DirectoryRow(view.Id, view.Content.Kind, view.Content.Scope, view.Content.Name, view.IsLive) { Tenant = view.Tenant };
        return view.Content switch
        {
            InventoryObject known when InventoryObject.HasNamespace(known.Kind) => row with { Network = known.Name },
            CertificateProfile profile => row with { Expires = profile.ExpirationDate },
            LoadBalancerPool pool => row with
            {
                Members = pool.Members.Count,
                ActiveMembers = pool.Members.Count(member => member.Status is MemberStatus.Active),
            },
            _ => row,
        };
    }
}

/// <summary>
/// Every object, live or deleted, by name. Names are unique per kind and scope among live objects; a deleted object keeps its row, so that
/// its name can be read.
/// </summary>
public static class DirectoryTable
{
    public static readonly Sql Name = Sql.OfTenants($"{EventStore.Schema}.directory");

    /// <summary>The columns of the table.</summary>
    internal static readonly Columns<DirectoryRow> Columns = new(
        Columns<DirectoryRow>.Key("id", "uuid", row => row.Id),
        Columns<DirectoryRow>.Of("kind", "text", row => row.Kind.Stored()),
        Columns<DirectoryRow>.Of("scope", "text", row => row.Scope),
        Columns<DirectoryRow>.Of("name", "text", row => row.Name),
        Columns<DirectoryRow>.Of("living", "boolean", row => row.IsLive),
        Columns<DirectoryRow>.Of("network", "text", row => row.Network, cast: "::inet"),
        Columns<DirectoryRow>.Of("expires", "timestamptz", row => row.Expires),
        Columns<DirectoryRow>.Of("tenant", "uuid", row => row.Tenant),
        Columns<DirectoryRow>.Of("members", "integer", row => row.Members),
        Columns<DirectoryRow>.Of("active_members", "integer", row => row.ActiveMembers));

    /// <summary>The statements that bring the rows of changed objects up to date.</summary>
    public static IEnumerable<Sql> Write(IReadOnlyList<RowChange> changes)
    {
        if (Givers(changes) is { Length: > 0 } givers)
            yield return $"update {Name} set name = chr(1) || id::text where id = any({givers})";

        DirectoryRow[] begun = [.. changes.Where(change => change.Before is null).Select(change => change.After.Directory)];
        if (begun.Length > 0) yield return $"insert into {Name} ({Columns.Names}) select {Columns.Select} from {Columns.From(begun)}";

        DirectoryRow[] changed =
        [
            .. changes.Where(change => change.Before is { } before && before.Directory != change.After.Directory)
                .Select(change => change.After.Directory),
        ];
        if (changed.Length > 0)
            yield return $"update {Name} t set {Columns.Assignments} from {Columns.From(changed)} where {Columns.SameKey}";
    }

    // The objects whose names pass to other objects. The unique index is checked row by row, so they give up their names first, for a text
    // that is no name: names have no control characters. Their rows stay live, because they may be referred to.
    private static Guid[] Givers(IReadOnlyList<RowChange> changes)
    {
        var taken = changes.Where(change => change.After.Directory.IsLive && NameOf(change.Before) != NameOf(change.After))
            .Select(change => NameOf(change.After)).ToHashSet();
        return
        [
            .. changes.Where(change => change.Before is { Directory.IsLive: true } before
                    && NameOf(before) != NameOf(change.After) && taken.Contains(NameOf(before)))
                .Select(change => change.After.Id),
        ];
    }

    private static (Kind, string, string)? NameOf(IndexRows? rows) =>
        rows is null ? null : (rows.Kind, rows.Directory.Scope, rows.Directory.Name);
}
