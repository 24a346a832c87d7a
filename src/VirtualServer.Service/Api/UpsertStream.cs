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
/// Executes the upserts of a client stream, several at a time. Upserts that name one object in the same way execute one after another, in
/// the order they were sent. The next chunk is read when the current one is stored, so a fast sender waits for the database.
/// </summary>
internal sealed class UpsertStream(Registry registry, Caller caller)
{
    private const int ChunkSize = 256;
    private const int Concurrency = 16;
    private const int MaxRefused = 100;

    public async Task<UpsertInventoryObjectsResponse> Execute(
        IAsyncEnumerable<UpsertInventoryObjectsRequest> requests, CancellationToken cancellation)
    {
        var answer = new UpsertInventoryObjectsResponse();
        var index = 0L;
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = Concurrency, CancellationToken = cancellation };
        await foreach (var chunk in requests.Chunk(ChunkSize).WithCancellation(cancellation))
        {
            var outcomes = new (Event<Content>? Happened, Refused? Refused)[chunk.Length];
            var lanes = chunk.Select((item, place) => (Request: item.Request ?? new(), Place: place)).GroupBy(item => Key(item.Request));
            await Parallel.ForEachAsync(lanes, parallel, async (lane, _) =>
            {
                foreach (var (request, place) in lane) outcomes[place] = await Execute(request, cancellation);
            });
            foreach (var (happened, refused) in outcomes) Count(answer, index++, happened, refused);
        }

        return answer;
    }

    private async Task<(Event<Content>?, Refused?)> Execute(UpsertInventoryObjectRequest request, CancellationToken cancellation)
    {
        try
        {
            Event<Content>? happened = null;
            var call = InventoryWire.ToCall(request);
            await registry.Execute(call with { Options = call.Options with { ShowsConditions = false } }, caller, done =>
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

    private static void Count(UpsertInventoryObjectsResponse answer, long index, Event<Content>? happened, Refused? refused)
    {
        switch (happened)
        {
            case Registered: answer.RegisteredCount++; break;
            case Changed: answer.ChangedCount++; break;
            case null when refused is null: answer.UnchangedCount++; break;
        }

        if (refused is null) return;
        answer.RefusedCount++;
        if (answer.Refused.Count >= MaxRefused) return;
        var violations = Statuses.Ordered(refused.Violations);
        answer.Refused.Add(new RefusedUpsert
        {
            Index = index,
            Reason = violations[0].Reason.ToWire(),
            Field = violations[0].Field is { Length: > 0 } field ? $"request.{field}" : "",
            Message = Statuses.Sentence(violations),
        });
    }

    private static string Key(UpsertInventoryObjectRequest request)
    {
        if (request.InventoryObject is { Id.Length: > 0 } known) return Domain.Reference.ParseUuid(known.Id)?.ToString() ?? known.Id;
        var draft = InventoryWire.ToDraft(request.InventoryObject);
        return $"{draft.Kind}/{draft.Scope}/{draft.Name}";
    }
}
