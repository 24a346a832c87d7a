using VirtualServers.Domain;
using VirtualServers.Service.Store;

namespace VirtualServers.Service.Projections;

/// <summary>
/// Every reference: by which object and field (of which pool member) to which object. <c>living</c> is true while the referring object is
/// live, and null when it is deleted: PostgreSQL does not check a foreign key with a null part, so the object it referred to can be deleted
/// and can still be named.
/// </summary>
public static class UsesTable
{
    public static readonly Sql Name = Sql.Text($"{EventStore.Schema}.uses");

    /// <summary>Whether a reference is part of the latest version of its object, live or deleted.</summary>
    public static readonly Sql IsCurrent = Sql.Text("valid_until = 'infinity'");

    private static readonly Sql SameUse =
        Sql.Text("t.source = r.source and t.field = r.field and t.part = r.part and t.target = r.target");

    private static readonly Columns<UseRow> Columns = new(
        Columns<UseRow>.Key("source", "uuid", row => row.Source),
        Columns<UseRow>.Key("field", "text", row => row.Use.Field),
        Columns<UseRow>.Key("part", "uuid", row => row.Use.Part),
        Columns<UseRow>.Key("target", "uuid", row => row.Use.Target),
        Columns<UseRow>.Key("valid_from", "timestamptz", row => row.Time));

    /// <summary>The columns of the table, with the end of the interval.</summary>
    internal static readonly Columns<StoredUse> StoredColumns = new([
        .. Columns.Within<StoredUse>(stored => new(stored.Source, stored.Use, stored.From)),
        Columns<StoredUse>.Of("valid_until", "timestamptz", stored => stored.Until),
        Columns<StoredUse>.Of("living", "boolean", stored => stored.IsLive),
    ]);

    /// <summary>The statements that bring the references of changed objects up to date.</summary>
    public static IEnumerable<Sql> Write(IReadOnlyList<RowChange> changes)
    {
        var kept = changes.Where(change => change.Before is { Directory.IsLive: true } && change.After.Directory.IsLive).ToList();
        return
        [
            .. SetLive(Sql.Text("null"), [.. changes.Where(change => change.IsDeletion).Select(change => change.After.Id)]),
            .. SetLive(Sql.Text("true"), [.. changes.Where(change => change.IsUndeletion).Select(change => change.After.Id)]),
            .. End([.. kept.SelectMany(change => Rows(change, change.Before!.Uses.Except(change.After.Uses)))]),
            .. Insert([
                .. changes.Where(change => change.Before is null).SelectMany(change => Rows(change, change.After.Uses)),
                .. kept.SelectMany(change => Rows(change, change.After.Uses.Except(change.Before!.Uses))),
            ]),
        ];
    }

    private static IEnumerable<UseRow> Rows(RowChange change, IEnumerable<Use> uses) =>
        uses.Select(use => new UseRow(change.After.Id, use, change.Time));

    private static IEnumerable<Sql> SetLive(Sql live, Guid[] sources)
    {
        if (sources.Length > 0) yield return $"update {Name} set living = {live} where source = any({sources}) and {IsCurrent}";
    }

    private static IEnumerable<Sql> End(IReadOnlyList<UseRow> rows)
    {
        if (rows.Count == 0) yield break;
        yield return
            $"""
            update {Name} t set living = null, valid_until = r.valid_from
            from {Columns.From(rows)} where {SameUse} and t.{IsCurrent}
            """;
    }

    // Several commands may have the same time, so a reference may end and begin again at once.
    private static IEnumerable<Sql> Insert(IReadOnlyList<UseRow> rows)
    {
        if (rows.Count == 0) yield break;
        yield return
            $"""
            insert into {Name} ({Columns.Names}, living) select {Columns.Select}, true from {Columns.From(rows)}
            on conflict ({Columns.Names}) do update set living = true, valid_until = 'infinity'
            """;
    }

    /// <summary>A reference with its interval; <see cref="DateTimeOffset.MaxValue"/> is infinity.</summary>
    /// <param name="IsLive">True while the referring object is live and holds it, otherwise null.</param>
    internal sealed record StoredUse(Guid Source, Use Use, DateTimeOffset From, DateTimeOffset Until, bool? IsLive);

    private sealed record UseRow(Guid Source, Use Use, DateTimeOffset Time);
}
