namespace VirtualServers.Domain.Inventory;

/// <summary>The rules of an inventory object (domain.md, section 2): every one runs, so that a caller learns all that is wrong at once.</summary>
internal static class Rules
{
    /// <summary>The object that a draft asks for, and everything that is wrong with it; only without violations is it to be used.</summary>
    public static IReadOnlyList<Violation> Resolve(Draft draft, InventoryObject? known, Facts facts, out InventoryObject settled)
    {
        var check = new Check(facts);
        if (draft.Kind is not { } kind || !InventoryObject.Kinds.Contains(kind))
        {
            settled = new(default, "", "");
            check.Add(Reason.FieldRequired, draft.Field,
                "an object is required: set one of ip_address, prefix, device, device_redundancy_group, virtual_chassis, cloud_service, tenant");
            return check.Violations;
        }

        if (facts.IdHolder is { } holder && (known is null || known.Kind != kind))
            check.Add(Reason.IdTaken, "id", $"id belongs to {holder}, which can't become a {kind.Words}", holder);

        settled = new(kind, check.Name(draft.Field, draft.Name, null), draft.Scope);
        if (InventoryObject.HasNamespace(kind)) check.Line($"{draft.Field.Split('.')[0]}.namespace", draft.Scope, null);
        if (kind is Kind.IpAddress && settled.Name.Length > 0 && Network.Address(settled.Name, out var wrong) is null) check.Add(Reason.FieldInvalid, draft.Field, wrong);
        if (kind is Kind.Prefix && settled.Name.Length > 0 && Network.Prefix(settled.Name, out wrong) is null) check.Add(Reason.FieldInvalid, draft.Field, wrong);
        return check.Violations;
    }
}
