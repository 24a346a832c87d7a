using VirtualServers.Domain;
using VirtualServers.Domain.Inventory;
using VirtualServers.Service.Commands;
using VirtualServers.Service.Queries;
using VirtualServers.Service.Store;
using static VirtualServers.Domain.Inventory.Command;
using ObjectCase = VirtualServers.V1.InventoryObject.ObjectOneofCase;

namespace VirtualServers.Service.Wire;

/// <summary>Inventory objects from and to the contract.</summary>
public static class InventoryWire
{
    private static string What => Resources.InventoryObject.What;

    /// <summary>The object after a command; null when there is none.</summary>
    public static V1.InventoryObject? ToWire(Executed<InventoryObject> done) => RegistryObjects.ToWire(done, ToWire);

    /// <summary>The object as it was read.</summary>
    public static V1.InventoryObject ToWire(Loaded<InventoryObject> loaded) => ToWire(loaded.View!, loaded.Names);

    /// <summary>The object in the contract.</summary>
    public static V1.InventoryObject ToWire(View<InventoryObject> view, Names _)
    {
        var (kind, name, scope) = view.Content;
        var wire = new V1.InventoryObject();
        switch (kind)
        {
            case Kind.IpAddress: wire.IpAddress = new() { Address = name, Namespace = scope }; break;
            case Kind.Prefix: wire.Prefix = new() { Prefix_ = name, Namespace = scope }; break;
            case Kind.Device: wire.Device = new() { Name = name }; break;
            case Kind.DeviceRedundancyGroup: wire.DeviceRedundancyGroup = new() { Name = name }; break;
            case Kind.VirtualChassis: wire.VirtualChassis = new() { Name = name }; break;
            case Kind.CloudService: wire.CloudService = new() { Name = name }; break;
            case Kind.Tenant: wire.Tenant = new() { Name = name }; break;
        }

        return wire.Stamp(view);
    }

    /// <summary>The command of an upsert.</summary>
    public static Call<InventoryObject, Command> ToCall(V1.UpsertInventoryObjectRequest request)
    {
        var (resource, draft) = (Resources.InventoryObject, ToDraft(request.InventoryObject));
        var target = Subject(request.InventoryObject, draft);
        return new(resource, target.Address, new Upsert(draft), Requests.Options(request, resource.Prefix, target.Violations));
    }

    /// <summary>The commands of a set, and the violations of the set as a whole.</summary>
    public static IReadOnlyList<Call<InventoryObject, Command>> ToCalls(
        V1.BatchUpsertInventoryObjectsRequest request, out IReadOnlyList<Violation> malformed)
    {
        const string field = "requests";
        malformed = request.Requests.Count switch
        {
            0 => [new(Reason.FieldRequired, field, $"{field} is required: give 1 to {UpsertSet.MaxItems} upserts")],
            > UpsertSet.MaxItems =>
            [
                new(Reason.FieldInvalid, field, $"{field} has {request.Requests.Count} entries: at most {UpsertSet.MaxItems} are allowed"),
            ],
            _ => [],
        };
        return malformed.Count > 0 ? [] : [.. request.Requests.Select(ToPart)];
    }

    /// <summary>What an upsert did.</summary>
    public static V1.UpsertOutcome Outcome(Event<InventoryObject>? happened) => happened switch
    {
        null => V1.UpsertOutcome.Unchanged,
        Registered => V1.UpsertOutcome.Registered,
        Changed => V1.UpsertOutcome.Changed,
        _ => throw new ArgumentException($"{happened} is no outcome of an upsert", nameof(happened)),
    };

    /// <summary>The results of a set.</summary>
    public static V1.BatchUpsertInventoryObjectsResponse ToWire(DecidedSet set) => new V1.BatchUpsertInventoryObjectsResponse
    {
        Results = { set.Done.Select(one => new V1.UpsertResult { InventoryObject = ToWire(one), Outcome = Outcome(one.Happened) }) },
    }.Showing(set.Conditions);

    // Request id and dry run belong to the set: it is stored and answered as a whole.
    private static Call<InventoryObject, Command> ToPart(V1.UpsertInventoryObjectRequest part)
    {
        var call = ToCall(part);
        List<Violation> violations = [.. call.Options.Malformed];
        if (part.RequestId.Length > 0)
            violations.Add(new(Reason.FieldInvalid, "request_id", "request_id belongs to the whole set: omit that of one upsert"));
        if (part.ValidateOnly)
            violations.Add(new(Reason.FieldInvalid, "validate_only", "validate_only belongs to the whole set: omit that of one upsert"));
        return call with { Options = call.Options with { Malformed = violations } };
    }

    /// <summary>The command of a removal.</summary>
    public static Call<InventoryObject, Command> ToCall(V1.RemoveInventoryObjectRequest request)
    {
        var target = Target(request.Id, request.Name);
        return new(
            Resources.InventoryObject,
            target.Address,
            new Remove(request.AllowMissing),
            Requests.Options(request, "", target.Violations));
    }

    /// <summary>The object as its owner gives it.</summary>
    public static Draft ToDraft(V1.InventoryObject? wire) => wire?.ObjectCase switch
    {
        ObjectCase.IpAddress => new(Kind.IpAddress, wire.IpAddress.Address, wire.IpAddress.Namespace),
        ObjectCase.Prefix => new(Kind.Prefix, wire.Prefix.Prefix_, wire.Prefix.Namespace),
        ObjectCase.Device => new(Kind.Device, wire.Device.Name),
        ObjectCase.DeviceRedundancyGroup => new(Kind.DeviceRedundancyGroup, wire.DeviceRedundancyGroup.Name),
        ObjectCase.VirtualChassis => new(Kind.VirtualChassis, wire.VirtualChassis.Name),
        ObjectCase.CloudService => new(Kind.CloudService, wire.CloudService.Name),
        ObjectCase.Tenant => new(Kind.Tenant, wire.Tenant.Name),
        _ => new(null, ""),
    };

    /// <summary>The object of a request that names it by id, or by kind and name.</summary>
    public static Target Target(string id, V1.ObjectName? name)
    {
        if (name is null) return id.Length > 0 ? Requests.Id(id, What, "id") : Requests.NoTarget;
        if (IsKind(name.Kind, "name.kind", out var kind) is not { } kindless) return Named(kind, name);
        return new(null, [kindless, .. Unreadable(name)]);
    }

    /// <summary>The object of this kind and name, in any namespace unless one is given.</summary>
    public static Target Named(Kind kind, V1.ObjectName name, bool onlyLive = true)
    {
        var scope = string.IsNullOrWhiteSpace(name.Namespace) ? null : Texts.Canonical(name.Namespace);
        List<Violation> violations = [.. Unreadable(name)];
        var unreadable = new FieldReference("name", kind, new(null, name.Name, scope)).Unreadable.ToList();
        violations.AddRange(unreadable.Where(one => violations.TrueForAll(known => known.Field != one.Field)));
        return violations.Count > 0 ? new(null, violations) : Requests.Target(kind, "", name.Name, scope, onlyLive);
    }

    // The object of the id, otherwise the one of the name, or a new one.
    private static Target Subject(V1.InventoryObject? wire, Draft draft) => (wire?.Id ?? "", draft) switch
    {
        ({ Length: > 0 } id, _) => Requests.Chosen(id, draft.Kind?.Words ?? What, $"{Resources.InventoryObject.Prefix}id"),
        (_, { Kind: { } kind, Name: { Length: > 0 } name }) when Texts.IsPrintable(name) && Texts.IsPrintable(draft.Scope) =>
            new Address.ByName(kind, name, draft.Scope),
        _ => new Address.ToBe(draft.Kind?.Words ?? What),
    };

    private static IEnumerable<Violation> Unreadable(V1.ObjectName name)
    {
        if (Requests.Unreadable("name.name", name.Name) is { } nameless) yield return nameless;
        if (!string.IsNullOrWhiteSpace(name.Namespace) && Requests.Unreadable("name.namespace", name.Namespace) is { } scopeless)
            yield return scopeless;
    }

    /// <summary>The kind of the contract in the domain, and the violation of one that is not a kind of inventory.</summary>
    public static Violation? IsKind(V1.Kind wire, string field, out Kind kind)
    {
        kind = (Kind)wire;
        return IsKind(wire, field, InventoryObject.Kinds, "inventory");
    }

    /// <summary>The violation of a kind of the contract that is not one of these.</summary>
    /// <param name="what">What they are kinds of, for the message.</param>
    public static Violation? IsKind(V1.Kind wire, string field, IReadOnlyCollection<Kind> kinds, string what) => kinds.Contains((Kind)wire)
        ? null
        : new(
            Reason.FieldInvalid, field,
            $"{field} {(wire == 0 ? "is not set" : $"{wire:D} is not a kind of {what}")}: "
            + $"use one of {string.Join(", ", kinds.Order().Select(ContractNames.Of))}");
}
