using VirtualServers.Domain;
using VirtualServers.Service.Store;
using Weasel.Postgresql.Tables;

namespace VirtualServers.Service.Projections;

/// <summary>
/// Every reference: by which object and field (of which pool member) to which object. <c>living</c> is true while the referring object is
/// live, and null when it is deleted: PostgreSQL does not check a foreign key with a null part, so the object it referred to can be deleted
/// and can still be named.
/// </summary>
public static class UsesTable
{
    public static readonly Sql Name = Sql.Text($"{EventStore.Schema}.uses");

    private static readonly Columns<(Guid Source, Use Use)> Columns = new(
        Columns<(Guid Source, Use Use)>.Key("source", "uuid", row => row.Source),
        Columns<(Guid Source, Use Use)>.Key("field", "text", row => row.Use.Field),
        Columns<(Guid Source, Use Use)>.Key("part", "uuid", row => row.Use.Part),
        Columns<(Guid Source, Use Use)>.Key("target", "uuid", row => row.Use.Target));

    public static Table Definition
    {
        get
        {
            var table = EventStore.Table("uses");
            table.AddColumn("source", "uuid").AsPrimaryKey();
            table.AddColumn("field", "text").AsPrimaryKey();
            table.AddColumn("part", "uuid").AsPrimaryKey();
            table.AddColumn("target", "uuid").AsPrimaryKey();
            table.AddColumn("living", "boolean");
            table.Indexes.Add(new IndexDefinition("uses_by_target") { Columns = ["target", "living", "field", "source", "part"] });
            table.ForeignKeys.Add(new ForeignKey("uses_target_lives")
            {
                LinkedTable = EventStore.TableName("directory"), ColumnNames = ["target", "living"], LinkedNames = ["id", "living"],
            });
            return table;
        }
    }

    /// <summary>The statements that bring the references of changed objects up to date.</summary>
    public static IEnumerable<Sql> Write(IReadOnlyList<RowChange> changes)
    {
        var kept = changes.Where(change => change.Before is { Directory.IsLive: true } && change.After.Directory.IsLive).ToList();
        return
        [
            .. SetLive(Sql.Text("null"), [.. changes.Where(change => change.IsDeletion).Select(change => change.After.Id)]),
            .. SetLive(Sql.Text("true"), [.. changes.Where(change => change.IsUndeletion).Select(change => change.After.Id)]),
            .. Delete([.. kept.SelectMany(change => Rows(change.After.Id, change.Before!.Uses.Except(change.After.Uses)))]),
            .. Insert([
                .. changes.Where(change => change.Before is null).SelectMany(change => Rows(change.After.Id, change.After.Uses)),
                .. kept.SelectMany(change => Rows(change.After.Id, change.After.Uses.Except(change.Before!.Uses))),
            ]),
        ];
    }

    private static IEnumerable<(Guid, Use)> Rows(Guid source, IEnumerable<Use> uses) => uses.Select(use => (source, use));

    private static IEnumerable<Sql> SetLive(Sql live, Guid[] sources)
    {
        if (sources.Length > 0) yield return $"update {Name} set living = {live} where source = any({sources})";
    }

    private static IEnumerable<Sql> Delete(IReadOnlyList<(Guid Source, Use Use)> rows)
    {
        if (rows.Count > 0) yield return $"delete from {Name} t using {Columns.From(rows)} where {Columns.SameKey}";
    }

    private static IEnumerable<Sql> Insert(IReadOnlyList<(Guid Source, Use Use)> rows)
    {
        if (rows.Count > 0)
            yield return $"insert into {Name} ({Columns.Names}, living) select {Columns.Select}, true from {Columns.From(rows)}";
    }
}
