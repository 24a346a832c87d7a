using VirtualServers.Domain;
using VirtualServers.Domain.Inventory;
using VirtualServers.Service.Commands;
using VirtualServers.Service.Faults;
using VirtualServers.Service.Security;
using VirtualServers.Service.Wire;
using VirtualServers.V1;
using Content = VirtualServers.Domain.Inventory.InventoryObject;

namespace VirtualServers.Service.Api;

/// <summary>
/// Executes the upserts of a client stream. Messages are stored in groups, each in one transaction and judged by its final state. The
/// messages that keep a group from being accepted are executed on their own after it. A message whose name is still taken waits for the end
/// of the stream, because a later message may free the name. The next chunk is read when the current one is stored, so a fast sender waits
/// for the database.
/// </summary>
internal sealed class UpsertStream(Registry registry, BatchUpsert sets, Caller caller)
{
    private const int ChunkSize = 256;
    private const int Concurrency = 16;
    private const int MaxWaiting = UpsertSet.MaxItems;
    private const int MaxRefused = 100;

    private readonly UpsertInventoryObjectsResponse answer = new();
    private readonly SortedList<long, RefusedUpsert> firstRefused = [];
    private readonly List<Message> waiting = [];
    private readonly HashSet<string> waitingObjects = [];

    public async Task<UpsertInventoryObjectsResponse> Execute(
        IAsyncEnumerable<UpsertInventoryObjectsRequest> requests, CancellationToken cancellation)
    {
        var index = 0L;
        await foreach (var chunk in requests.Chunk(ChunkSize).WithCancellation(cancellation))
        {
            var messages = chunk.Select(item => new Message(index++, item.Request ?? new())).ToLookup(IsBehindWaiting);
            foreach (var message in messages[true]) Wait(message);
            await Execute([.. messages[false]], mayWait: true, cancellation);
            if (waiting.Count >= MaxWaiting) await ExecuteWaiting(cancellation);
        }

        await ExecuteWaiting(cancellation);
        answer.Refused.Add(firstRefused.Values);
        return answer;
    }

    private async Task ExecuteWaiting(CancellationToken cancellation)
    {
        Message[] messages = [.. waiting];
        waiting.Clear();
        waitingObjects.Clear();
        await Execute(messages, mayWait: false, cancellation);
    }

    // The messages of one object are executed one after another: the first of each, then the second of each, and so on.
    private async Task Execute(IReadOnlyList<Message> messages, bool mayWait, CancellationToken cancellation)
    {
        var rounds = messages.GroupBy(message => message.Object)
            .SelectMany(same => same.Select((message, round) => (message, round)))
            .GroupBy(one => one.round, one => one.message)
            .OrderBy(round => round.Key);
        foreach (var round in rounds)
        {
            var ready = round.ToLookup(IsBehindWaiting);
            foreach (var message in ready[true]) Wait(message);
            var alone = await ExecuteGroup([.. ready[false].Where(message => message.IsGroupable)], cancellation);
            await ExecuteAlone([.. alone, .. ready[false].Where(message => !message.IsGroupable)], mayWait, cancellation);
        }
    }

    // Stores the messages in one transaction, without those that are rejected in it, and answers with these.
    private async Task<IReadOnlyList<Message>> ExecuteGroup(IReadOnlyList<Message> group, CancellationToken cancellation)
    {
        var (left, rejected) = (group, new List<Message>());
        while (left.Count > 1)
        {
            if (await TryExecute(left, cancellation) is not { } set) break;
            var (done, violations) = set;
            if (violations.Count == 0)
            {
                foreach (var one in done) Count(one.Happened);
                return rejected;
            }

            rejected.AddRange(left.Where((_, place) => violations.ContainsKey(place)));
            left = [.. left.Where((_, place) => !violations.ContainsKey(place))];
        }

        return [.. rejected.Concat(left).OrderBy(message => message.Index)];
    }

    // Null for a group that lost too many races.
    private async Task<DecidedSet?> TryExecute(IReadOnlyList<Message> group, CancellationToken cancellation)
    {
        try
        {
            return await sets.TryExecute([.. group.Select(message => message.Call)], caller, cancellation);
        }
        catch (Refused)
        {
            return null;
        }
    }

    private async Task ExecuteAlone(IReadOnlyList<Message> messages, bool mayWait, CancellationToken cancellation)
    {
        var outcomes = new (Event<Content>? Happened, Refused? Refused)[messages.Count];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = Concurrency, CancellationToken = cancellation };
        await Parallel.ForAsync(0, messages.Count, parallel, async (place, _) =>
            outcomes[place] = await ExecuteAlone(messages[place], cancellation));
        foreach (var (message, (happened, refused)) in messages.Zip(outcomes))
        {
            if (refused is null) Count(happened);
            else if (mayWait && message.IsGroupable && refused.Violations.All(one => one.Reason is Reason.NameTaken)) Wait(message);
            else Count(message, refused);
        }
    }

    private async Task<(Event<Content>?, Refused?)> ExecuteAlone(Message message, CancellationToken cancellation)
    {
        try
        {
            Event<Content>? happened = null;
            await registry.Execute(message.Call, caller, done =>
            {
                happened = done.Happened;
                return new UpsertInventoryObjectResponse { InventoryObject = InventoryWire.ToWire(done) };
            }, cancellation);
            return (happened, null);
        }
        catch (Refused refused)
        {
            return (null, refused);
        }
    }

    // A message must not overtake an earlier one of its object.
    private bool IsBehindWaiting(Message message) => waitingObjects.Contains(message.Object);

    private void Wait(Message message)
    {
        waiting.Add(message);
        waitingObjects.Add(message.Object);
    }

    private void Count(Event<Content>? happened)
    {
        switch (InventoryWire.Outcome(happened))
        {
            case UpsertOutcome.Registered: answer.RegisteredCount++; break;
            case UpsertOutcome.Changed: answer.ChangedCount++; break;
            case UpsertOutcome.Unchanged: answer.UnchangedCount++; break;
        }
    }

    private void Count(Message message, Refused refused)
    {
        answer.RefusedCount++;
        var violations = Statuses.Ordered(refused.Violations);
        firstRefused.Add(message.Index, new RefusedUpsert
        {
            Index = message.Index,
            Reason = violations[0].Reason.ToWire(),
            Field = violations[0].Field is { Length: > 0 } field ? $"request.{field}" : "",
            Message = Statuses.Sentence(violations),
        });
        if (firstRefused.Count > MaxRefused) firstRefused.RemoveAt(MaxRefused);
    }

    // A message of the stream.
    private sealed class Message(long index, UpsertInventoryObjectRequest request)
    {
        public long Index => index;

        /// <summary>Its command. The answer of the stream shows no conditions.</summary>
        public Call<Content, Command> Call { get; } = WithoutConditions(InventoryWire.ToCall(request));

        /// <summary>Whether it has no options that belong to a command of its own.</summary>
        public bool IsGroupable => request is { RequestId: "", ValidateOnly: false };

        /// <summary>The object that it names.</summary>
        public string Object { get; } = ObjectOf(request.InventoryObject);

        private static Call<Content, Command> WithoutConditions(Call<Content, Command> call) =>
            call with { Options = call.Options with { ShowsConditions = false } };

        private static string ObjectOf(V1.InventoryObject? wire)
        {
            if (wire is { Id.Length: > 0 } known) return Domain.Reference.ParseUuid(known.Id)?.ToString() ?? known.Id;
            var draft = InventoryWire.ToDraft(wire);
            return $"{draft.Kind}/{draft.Scope}/{draft.Name}";
        }
    }
}
