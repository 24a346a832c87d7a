using VirtualServers.Domain;
using VirtualServers.Domain.Inventory;
using VirtualServers.Service.Store;
using VirtualServers.Service.Wire;
using VirtualServers.V1;

namespace VirtualServers.Service.Api;

/// <summary>
/// Carries out the upserts of a client stream, several at a time: those that name the same object in the same way one after
/// another, in the order they were sent. It reads on only when a chunk is stored, so a fast sender waits for the database.
/// </summary>
internal static class UpsertStream
{
    private const int Chunk = 256;
    private const int AtOnce = 16;
    private const int MostRefused = 100;

    /// <param name="upsert">Carries out one upsert; answers with what happened, null when nothing needed to.</param>
    public static async Task<UpsertInventoryObjectsResponse> Run(
        IAsyncEnumerable<UpsertInventoryObjectsRequest> requests, Func<UpsertInventoryObjectRequest, Task<Event<Domain.Inventory.InventoryObject>?>> upsert, CancellationToken cancellation)
    {
        var answer = new UpsertInventoryObjectsResponse();
        var index = 0L;
        await foreach (var chunk in requests.Chunk(Chunk).WithCancellation(cancellation))
        {
            var outcomes = new (Event<Domain.Inventory.InventoryObject>? Happened, Refused? Refused)[chunk.Length];
            var lanes = chunk.Select((item, place) => (Request: item.Request ?? new(), Place: place)).GroupBy(item => Key(item.Request));
            await Parallel.ForEachAsync(lanes, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation }, async (lane, _) =>
            {
                foreach (var (request, place) in lane) outcomes[place] = await Try(upsert, request);
            });
            foreach (var (happened, refused) in outcomes) Count(answer, index++, happened, refused);
        }

        return answer;
    }

    private static async Task<(Event<Domain.Inventory.InventoryObject>?, Refused?)> Try(Func<UpsertInventoryObjectRequest, Task<Event<Domain.Inventory.InventoryObject>?>> upsert, UpsertInventoryObjectRequest request)
    {
        try
        {
            return (await upsert(request), null);
        }
        catch (Refused refused)
        {
            return (null, refused);
        }
    }

    private static void Count(UpsertInventoryObjectsResponse answer, long index, Event<Domain.Inventory.InventoryObject>? happened, Refused? refused)
    {
        switch (happened)
        {
            case Registered: answer.RegisteredCount++; break;
            case Changed: answer.ChangedCount++; break;
            case null when refused is null: answer.UnchangedCount++; break;
        }

        if (refused is null) return;
        answer.RefusedCount++;
        if (answer.Refused.Count >= MostRefused) return;
        var violations = Statuses.Ordered(refused.Violations);
        answer.Refused.Add(new RefusedUpsert { Index = index, Reason = violations[0].Reason.ToWire(), Field = violations[0].Field is { Length: > 0 } field ? $"request.{field}" : "", Message = Statuses.Sentence(violations) });
    }

    private static string Key(UpsertInventoryObjectRequest request)
    {
        if (request.InventoryObject is { Id.Length: > 0 } known) return Domain.Reference.ParseUuid(known.Id)?.ToString() ?? known.Id;
        var draft = InventoryWire.ToDraft(request.InventoryObject);
        return $"{draft.Kind}/{draft.Scope}/{draft.Name}";
    }
}
