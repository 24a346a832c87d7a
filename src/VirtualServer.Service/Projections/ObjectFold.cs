using VirtualServers.Domain;
using VirtualServers.Service.Store;
using IEvent = JasperFx.Events.IEvent;

namespace VirtualServers.Service.Projections;

/// <summary>
/// The events of one object, folded one by one into every row that the read models have of it: the same steps as in the transaction of a
/// command, with the rows collected instead of written. Rows of the past are collected when they end, the others at the end.
/// </summary>
internal sealed class ObjectFold
{
    private readonly Dictionary<Use, DateTimeOffset> held = [];
    private readonly List<UsesTable.StoredUse> endedAtOnce = [];
    private readonly FoldedRows rows;
    private IView? view;
    private ObjectVersionRow? current;

    /// <param name="rows">Collects the rows.</param>
    /// <param name="past">The latest state of the object; null when the first event to be folded is its first.</param>
    public ObjectFold(FoldedRows rows, FoldedState? past = null)
    {
        this.rows = rows;
        if (past is not null) (view, held) = (past.View, past.Held);
    }

    /// <summary>Folds the next event of the object.</summary>
    public void Next(IEvent happened)
    {
        if (happened.Version != (view?.Version ?? 0) + 1)
        {
            throw new InvalidOperationException(
                $"version {happened.Version} of object {happened.StreamId} does not follow version {view?.Version ?? 0}");
        }

        var step = ProjectionStep.Of(view, [happened]);
        var version = step.Rows.Versions[0];
        if (current is not null) rows.Versions.Add(new(current, version.ValidFrom));
        UpdateUses(step.Rows);
        (view, current) = (step.After, version);
    }

    /// <summary>Collects the rows of the latest state.</summary>
    public void End()
    {
        if (view is null || current is null) return;
        foreach (var (use, from) in held)
            rows.Uses.Add(new(view.Id, use, from, DateTimeOffset.MaxValue, view.IsLive ? true : null));
        rows.Uses.AddRange(endedAtOnce);
        rows.Versions.Add(new(current, DateTimeOffset.MaxValue));
        rows.Views.Add(view);

        var latest = IndexRows.Of(view);
        rows.Directory.Add(latest.Directory);
        if (latest.Listener is not null) rows.VirtualServers.Add((view.Id, latest.Listener));
        rows.OwnConditions.AddRange(latest.Conditions.Select(type => (view.Id, type)));
    }

    // References change only while the object is live: a deleted one keeps them, marked as not live.
    private void UpdateUses(RowChange change)
    {
        if (change.Before is { } before && !(before.Directory.IsLive && change.After.Directory.IsLive)) return;
        foreach (var use in change.Before?.Uses.Except(change.After.Uses) ?? [])
        {
            if (!held.Remove(use, out var from)) continue;
            var ended = new UsesTable.StoredUse(change.After.Id, use, from, change.Time, null);
            if (from == change.Time) endedAtOnce.Add(ended);
            else rows.Uses.Add(ended);
        }

        foreach (var use in change.After.Uses)
        {
            // Several commands may have the same time, so a reference may end and begin again at once.
            if (held.TryAdd(use, change.Time)) endedAtOnce.RemoveAll(ended => ended.Use == use && ended.From == change.Time);
        }
    }
}

/// <summary>
/// The latest state of an object, from which its next events are folded. The row of its latest version is written already.
/// </summary>
/// <param name="Held">Its references and their beginnings.</param>
internal sealed record FoldedState(IView View, Dictionary<Use, DateTimeOffset> Held);
