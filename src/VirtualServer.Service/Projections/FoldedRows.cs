using System.Text.Json;
using VirtualServers.Domain;
using VirtualServers.Domain.Certificates;
using VirtualServers.Domain.Inventory;
using VirtualServers.Domain.Monitors;
using VirtualServers.Domain.Pools;
using VirtualServers.Domain.VirtualServers;
using VirtualServers.Service.Store;

namespace VirtualServers.Service.Projections;

/// <summary>Rows of the read models, collected from folded events until they are written or compared.</summary>
internal sealed class FoldedRows
{
    public List<IView> Views { get; } = [];

    public List<DirectoryRow> Directory { get; } = [];

    public List<UsesTable.StoredUse> Uses { get; } = [];

    public List<(Guid Id, ListenerRow Row)> VirtualServers { get; } = [];

    public List<(Guid Server, ConditionType Type)> OwnConditions { get; } = [];

    public List<ObjectVersionsTable.StoredVersion> Versions { get; } = [];

    /// <summary>About how many rows are held in memory.</summary>
    public int Count => Uses.Count + Versions.Count + Views.Count;

    public void Clear()
    {
        Views.Clear();
        Directory.Clear();
        Uses.Clear();
        VirtualServers.Clear();
        OwnConditions.Clear();
        Versions.Clear();
    }
}

/// <summary>A table of the read models: how the rows of folded objects are written to it, and compared with it.</summary>
/// <param name="Name">Its name without the schema.</param>
/// <param name="Model">The read model that it belongs to.</param>
/// <param name="Owner">The column that holds the object whose events the row follows from.</param>
internal abstract record ReadModelTable(string Name, string Model, string Owner)
{
    /// <summary>Every table.</summary>
    public static IReadOnlyList<ReadModelTable> All { get; } =
    [
        Views<VirtualServer>("virtual_server"),
        Views<LoadBalancerPool>("load_balancer_pool"),
        Views<HealthCheckMonitor>("health_check_monitor"),
        Views<CertificateProfile>("certificate_profile"),
        Views<InventoryObject>("inventory_object"),
        new Table<DirectoryRow>("directory", "directory", "id", DirectoryTable.Columns, rows => rows.Directory),
        new Table<UsesTable.StoredUse>("uses", "uses", "source", UsesTable.StoredColumns, rows => rows.Uses)
        {
            // A reference that ended at the time it began may begin again at that time.
            OnConflict = Sql.Text(
                "on conflict (source, field, part, target, valid_from) "
                + "do update set living = excluded.living, valid_until = excluded.valid_until"),
        },
        new Table<(Guid Id, ListenerRow Row)>(
            "virtual_servers", "virtual_servers", "id", VirtualServersTable.Columns, rows => rows.VirtualServers),
        new Table<(Guid Server, ConditionType Type)>(
            "conditions", "conditions", "virtual_server", ConditionsTable.OwnColumns, rows => rows.OwnConditions)
        {
            Compared = $" and type not in ({ConditionsTable.KeptTypes})",
        },
        new Table<ObjectVersionsTable.StoredVersion>(
            "object_versions", "object_versions", "id", ObjectVersionsTable.StoredColumns, rows => rows.Versions),
    ];

    /// <summary>Its name with the schema.</summary>
    public Sql Qualified { get; } = Sql.Text($"{EventStore.Schema}.{Name}");

    /// <summary>What happens to a row whose key the table has already.</summary>
    public Sql OnConflict { get; init; } = Sql.Empty;

    /// <summary>A condition on the rows that follow from the events of one object.</summary>
    public Sql Compared { get; init; } = Sql.Empty;

    /// <summary>Inserts the rows; null when there are none.</summary>
    public abstract Sql? Insert(FoldedRows rows);

    /// <summary>
    /// The differences between the rows and those that the table has of the objects: (key, difference), where the difference is
    /// <c>missing</c>, <c>unexpected</c>, or the names of the columns.
    /// </summary>
    public abstract Sql Differences(FoldedRows rows, Guid[] ids);

    private static Table<IView> Views<T>(string kind) where T : class, IRegistered => new(
        $"mt_doc_{kind}", "views", "id",
        new Columns<IView>(
            Columns<IView>.Key("id", "uuid", view => view.Id),
            Columns<IView>.Of(
                "data", "text", view => JsonSerializer.Serialize(view, view.GetType(), StoredJson.Options), cast: "::jsonb")),
        rows => [.. rows.Views.Where(view => view is View<T>)]);

    private sealed record Table<TRow>(
        string Name, string Model, string Owner, Columns<TRow> Columns, Func<FoldedRows, IReadOnlyList<TRow>> Rows)
        : ReadModelTable(Name, Model, Owner)
    {
        public override Sql? Insert(FoldedRows rows) => Rows(rows) is { Count: > 0 } ours
            ? Sql.Of($"insert into {Qualified} ({Columns.Names}) select {Columns.Select} from {Columns.From(ours)} {OnConflict}")
            : null;

        public override Sql Differences(FoldedRows rows, Guid[] ids) =>
            $"""
            select key, difference from (
                select {Columns.EitherKey} as key, case
                    when t.{Sql.Text(Owner)} is null then 'missing'
                    when r.{Sql.Text(Owner)} is null then 'unexpected'
                    else array_to_string({Columns.Differences}, ', ') end as difference
                from {Columns.From(Rows(rows))}
                full join (select * from {Qualified} where {Sql.Text(Owner)} = any({ids}){Compared}) t on {Columns.SameKey}) compared
            where difference <> ''
            """;
    }
}
