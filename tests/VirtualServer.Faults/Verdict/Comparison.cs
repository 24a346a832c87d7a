using VirtualServers.Faults.Observers;

namespace VirtualServers.Faults.Verdict;

/// <summary>What an observer, or the table of events, has of what it must have.</summary>
/// <param name="Expected">What it must have.</param>
/// <param name="Had">What it has, repetitions included.</param>
/// <param name="Lost">What is missing.</param>
/// <param name="Phantom">What it must not have.</param>
/// <param name="Disordered">First deliveries of an object that are not in order.</param>
/// <param name="Repeated">Repetitions with the same id.</param>
internal sealed record Row(
    string Who, int Expected, int Had, int Lost, int Phantom, int Disordered, int Repeated, string Remark);

/// <summary>Compares acknowledged commands, stored events, and what each observer received.</summary>
internal sealed class Comparison(Scene scene, IReadOnlyList<StoredEvent> stored)
{
    private readonly Journal journal = scene.Journal;
    private readonly Dictionary<string, StoredEvent> byId = stored.ToDictionary(one => one.EventId);

    /// <summary>The acknowledged commands in the table of events.</summary>
    public Row Commands()
    {
        var commands = scene.Ledger.Commands;
        var versions = stored.Where(one => !one.IsNews).ToDictionary(one => (one.Stream, one.Version));
        var byReason = stored.Where(one => !one.IsNews).ToLookup(one => one.Reason);
        var (lost, phantom, late, twice) = (0, 0, 0, 0);
        foreach (var command in commands)
        {
            var events = byReason[command.Reason].ToList();
            foreach (var result in command.Acknowledged ?? [])
            {
                if (versions.TryGetValue((result.Id, result.Version), out var found)
                    && (!command.AlwaysChanges || found.Reason == command.Reason)) continue;
                lost++;
                journal.Violate("what is acknowledged is stored", $"{command} made {result}, stored is {found}");
            }

            twice += events.Count - events.Select(one => one.Stream).Distinct().Count();
            if (events.Count != events.Select(one => one.Stream).Distinct().Count())
                journal.Violate("a command is executed once", $"{command} after {command.Unanswered} lost answers: {Show(events)}");
            if (command.Refused is null || events.Count == 0) continue;
            // An attempt without an answer may still have been under way when another one was refused.
            if (command.Unanswered > 0) late++;
            else
            {
                phantom++;
                journal.Violate("what is refused is not stored", $"{command} was refused: {command.Refused}, stored is {Show(events)}");
            }
        }

        var unknown = byReason.Where(reason => !commands.Any(command => command.Reason == reason.Key)).Sum(reason => reason.Count());
        if (unknown > 0) journal.Violate("nothing is stored without a command", $"{unknown} events");
        var acknowledged = commands.Count(command => command.Acknowledged is not null);
        var retried = commands.Count(command => command.Unanswered > 0);
        return new(
            "acknowledged commands in the table of events", acknowledged, stored.Count(one => !one.IsNews), lost, phantom + unknown,
            Disordered: twice, Repeated: 0,
            $"{commands.Count} commands, {commands.Count(command => command.Refused is not null)} refused, {retried} sent again without an "
            + $"answer; {late} refused after an earlier attempt without an answer was stored");
    }

    /// <summary>The stored events at a consumer of a queue: each at least once, and repetitions with the same id only.</summary>
    public Row Queue(Inbox inbox) => Of(inbox, stored, mayRepeat: true);

    /// <summary>The stored events at a watcher: each exactly once.</summary>
    public Row Watch(Inbox inbox)
    {
        // The states of the objects, by which the filters decide, came with the changes.
        var scopes = scene.Audience.Queues.Append(scene.Audience.WholeInbox).SelectMany(one => one.All)
            .DistinctBy(one => one.EventId).ToDictionary(one => one.EventId, one => one.Scopes);
        var bit = inbox.Scope.Bit;
        return Of(inbox, [.. stored.Where(one => (scopes.GetValueOrDefault(one.EventId, bit) & bit) != 0)], mayRepeat: false);
    }

    private Row Of(Inbox inbox, IReadOnlyList<StoredEvent> expected, bool mayRepeat)
    {
        var all = inbox.All;
        var first = all.DistinctBy(one => one.EventId).ToList();
        var ids = first.Select(one => one.EventId).ToHashSet();
        var lost = expected.Where(one => !ids.Contains(one.EventId)).ToList();
        var wanted = expected.Select(one => one.EventId).ToHashSet();
        var phantom = first.Where(one => !wanted.Contains(one.EventId) || !IsTrue(one)).ToList();
        var disordered = first.GroupBy(one => one.ObjectId)
            .SelectMany(same => same.Zip(same.Skip(1))).Where(pair => pair.First.Sequence >= pair.Second.Sequence).ToList();
        // Two ids for one change.
        var twins = first.Count - first.DistinctBy(one => one.Sequence).Count();
        var repeated = all.Count - first.Count;
        foreach (var one in lost) journal.Violate("nothing is lost", $"{inbox.Name} misses {one}");
        foreach (var one in phantom) journal.Violate("nothing is a phantom", $"{inbox.Name} received {one}");
        foreach (var pair in disordered) journal.Violate("an object is in order", $"{inbox.Name}: {pair.First}, then {pair.Second}");
        if (twins > 0) journal.Violate("repetitions have the same id", $"{inbox.Name}: {twins} changes came with two ids");
        if (repeated > 0 && !mayRepeat) journal.Violate("a watch repeats nothing", $"{inbox.Name}: {repeated} repetitions");
        var epochs = all.Select(one => one.Epoch).Distinct().Count();
        if (epochs > 1) journal.Violate("the epoch stays", $"{inbox.Name} saw {epochs} epochs");
        return new(
            inbox.Name, expected.Count, all.Count, lost.Count, phantom.Count, disordered.Count, repeated,
            $"{inbox.Connections} connections");
    }

    private bool IsTrue(Received one) =>
        byId[one.EventId] is var event_ && event_.Sequence == one.Sequence && event_.Type == one.Type
        && (one.IsNews || (event_.Stream == one.ObjectId && event_.Version == one.Version));

    private static string Show(IEnumerable<StoredEvent> events) => string.Join(", ", events);
}
