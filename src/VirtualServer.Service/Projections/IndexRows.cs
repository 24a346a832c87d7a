using VirtualServers.Domain;
using VirtualServers.Domain.VirtualServers;
using VirtualServers.Service.Store;

namespace VirtualServers.Service.Projections;

/// <summary>The rows of one object in the tables that span aggregates.</summary>
/// <param name="Directory">Its row in the directory.</param>
/// <param name="Uses">Its references.</param>
/// <param name="Listener">Its row among the live virtual servers, if it is one.</param>
/// <param name="Conditions">The conditions that it has on its own, if it is a live virtual server.</param>
public sealed record IndexRows(
    DirectoryRow Directory, IReadOnlySet<Use> Uses, ListenerRow? Listener, IReadOnlySet<ConditionType> Conditions)
{
    public Guid Id => Directory.Id;

    public Kind Kind => Directory.Kind;

    /// <summary>The rows of an object.</summary>
    public static IndexRows Of(IView view)
    {
        var server = view.IsLive ? view.Content as VirtualServer : null;
        return new(
            DirectoryRow.Of(view), view.Content.Uses.ToHashSet(), server is null ? null : ListenerRow.Of(server),
            (server is null ? [] : Domain.VirtualServers.Conditions.Of(server)).ToHashSet());
    }
}

/// <summary>The effect of events of one object on the tables: its rows before and after them, and its versions.</summary>
/// <param name="Time">The time of the last of these events.</param>
/// <param name="Versions">The version that each event led to.</param>
public sealed record RowChange(IndexRows? Before, IndexRows After, DateTimeOffset Time, IReadOnlyList<ObjectVersionRow> Versions)
{
    /// <summary>
    /// The effect of events that led from one view to another, and of none of them on the versions, if they are not stored.
    /// </summary>
    public static RowChange Of(IView? before, IView after, params IReadOnlyList<ObjectVersionRow> versions) =>
        new(before is null ? null : IndexRows.Of(before), IndexRows.Of(after), after.UpdateTime, versions);

    /// <summary>The statements that bring all tables up to date, in an order that their foreign keys allow.</summary>
    public static IEnumerable<Sql> Write(IReadOnlyList<RowChange> changes) =>
    [
        .. DirectoryTable.Write(changes), .. UsesTable.Write(changes), .. VirtualServersTable.Write(changes),
        .. ConditionsTable.Write(changes), .. ObjectVersionsTable.Write(changes),
    ];

    /// <summary>
    /// Whether the event changes a fact that conditions of the virtual servers that refer to the object depend on. Nothing refers to an
    /// object that is created, deleted or undeleted.
    /// </summary>
    public bool ChangesFacts =>
        Before is { Directory: { IsLive: true } before } && After.Directory.IsLive
        && before with { Name = After.Directory.Name } != After.Directory;

    /// <summary>Whether the event changes a fact that conditions between virtual servers depend on.</summary>
    public bool ChangesListener => Before?.Listener != After.Listener;

    /// <summary>Whether the object is deleted.</summary>
    public bool IsDeletion => Before is { Directory.IsLive: true } && !After.Directory.IsLive;

    /// <summary>Whether a deleted object becomes live again.</summary>
    public bool IsUndeletion => Before is { Directory.IsLive: false } && After.Directory.IsLive;
}
