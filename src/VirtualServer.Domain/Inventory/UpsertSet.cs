using Decision = VirtualServers.Domain.Decision<VirtualServers.Domain.Event<VirtualServers.Domain.Inventory.InventoryObject>>;

namespace VirtualServers.Domain.Inventory;

/// <summary>One object of a set: as its owner sends it, and as it is registered.</summary>
/// <param name="Draft">The requested object.</param>
/// <param name="IsById">Whether the owner identifies the object by its id; otherwise by its name.</param>
/// <param name="Id">The id of the registered object, or the one that a new object gets.</param>
/// <param name="NewId">The id of the object if it turns out to be a new one.</param>
/// <param name="State">The registered object.</param>
/// <param name="Facts">The facts that its upsert needs.</param>
public sealed record SetItem(
    Draft Draft, bool IsById, Guid Id, Guid NewId, Lifecycle<InventoryObject> State, Facts Facts)
{
    internal (Kind Kind, string Scope, string Name)? Key =>
        Draft is { Kind: { } kind, Name: { Length: > 0 } name } ? (kind, Draft.Scope, name) : null;

    internal bool HasKey => State is Lifecycle<InventoryObject>.Live(var now) && (now.Kind, now.Scope, now.Name) == Key;
}

/// <summary>
/// The decisions for a set of objects that the owner sends together. The set is judged by its final state, so names and addresses may be
/// swapped or passed on within it. Pure functions.
/// </summary>
public static class UpsertSet
{
    /// <summary>The maximum number of objects of a set.</summary>
    public const int MaxItems = 1000;

    /// <summary>The path of an object of the set in the request.</summary>
    public static string At(int index) => $"requests[{index}]";

    /// <summary>Decides the upserts of the set, in its order. An item may turn out to be a new object.</summary>
    public static IReadOnlyList<(SetItem Item, Decision Decision)> Decide(IReadOnlyList<SetItem> requested)
    {
        var items = PassOnNames(requested);
        var places = items.Select((item, place) => (item, place)).ToList();
        var firstOf = places.GroupBy(one => one.item.Id).ToDictionary(same => same.Key, same => same.First().place);
        // Of several objects with one name, it belongs to the one that has it already, otherwise to the first.
        var ownerOf = places.Where(one => one.item.Key is not null && firstOf[one.item.Id] == one.place)
            .GroupBy(one => one.item.Key!.Value)
            .ToDictionary(same => same.Key, same => same.OrderByDescending(one => one.item.HasKey).First().place);
        return [.. places.Select(one => (one.item, Decide(one.item, one.place)))];

        Decision Decide(SetItem item, int place)
        {
            var (draft, field) = (item.Draft, item.IsById ? "id" : item.Draft.Field);
            if (firstOf[item.Id] is var first && first != place)
                return Reject(Reason.FieldInvalid, field, $"{field} identifies the object of {At(first)}: send each object once");

            var holder = item.Facts.NameHolder;
            if (holder is not null && firstOf.TryGetValue(holder.Id, out var holding) && items[holding].Key != item.Key) holder = null;
            var decision = Inventory.Decider.Decide(new Command.Upsert(draft), item.State, item.Facts with { NameHolder = holder });
            if (holder is not null || item.Key is not { } key || ownerOf[key] is var owner && owner == place) return decision;
            var taken = new Violation(
                Reason.NameTaken, draft.Field,
                $"{draft.Field} {draft.Name.InQuotes} is also that of {At(owner)}: give each object its own");
            return Decision.Reject([.. (decision as Decision.Rejected)?.Violations ?? [], taken]);
        }
    }

    // A name identifies the object that has it, unless another item gives that object another name: then the name is that of a new object.
    private static IReadOnlyList<SetItem> PassOnNames(IReadOnlyList<SetItem> items)
    {
        var renamed = items.Where(item => item is { IsById: true, HasKey: false }).Select(item => item.Id).ToHashSet();
        return
        [
            .. items.Select(item => !item.IsById && renamed.Contains(item.Id)
                ? item with
                {
                    Id = item.NewId, State = new Lifecycle<InventoryObject>.Absent(), Facts = item.Facts with { IdHolder = null },
                }
                : item),
        ];
    }

    private static Decision Reject(Reason reason, string field, string message) => Decision.Reject(new Violation(reason, field, message));
}
