using System.Text;

namespace VirtualServers.Domain.Inventory;

/// <summary>
/// The rules of an inventory object (domain.md, section 2). All rules run, so that a caller learns every violation at once.
/// </summary>
internal static class Rules
{
    // Every member of a pool repeats the namespace of its address; 1,000 members of 255 four-byte characters would fill a message of 1 MB.
    private const int MaxNamespaceBytes = 255;

    /// <summary>Resolves a draft and returns the violations found. The resolved object must be used only if there are none.</summary>
    public static IReadOnlyList<Violation> Resolve(Draft draft, InventoryObject? now, Facts facts, out InventoryObject resolved)
    {
        var check = new Check(facts);
        if (draft.Kind is not { } kind || !InventoryObject.Kinds.Contains(kind))
        {
            resolved = new(default, "", "");
            check.Add(Reason.FieldRequired, Draft.Fields, $"an object is required: set one of {string.Join(", ", Draft.Fields)}");
            return check.Violations;
        }

        if (facts.IdHolder is { } holder && (now is null || now.Kind != kind))
            check.Add(Reason.IdTaken, "id", $"id belongs to {holder}, whose kind cannot change to {kind.Words}: use another id", holder);

        resolved = new(kind, check.Name(draft.Field, draft.Name, null), draft.Scope);
        if (InventoryObject.HasNamespace(kind)) CheckNamespace($"{draft.Field.Split('.')[0]}.namespace", draft.Scope, check);
        if (kind is Kind.IpAddress && resolved.Name.Length > 0 && Network.Address(resolved.Name, out var error) is null)
            check.Add(Reason.FieldInvalid, draft.Field, error);
        if (kind is Kind.Prefix && resolved.Name.Length > 0 && Network.Prefix(resolved.Name, out error) is null)
            check.Add(Reason.FieldInvalid, draft.Field, error);
        return check.Violations;
    }

    private static void CheckNamespace(string field, string scope, Check check)
    {
        check.Line(field, scope, null);
        var bytes = Encoding.UTF8.GetByteCount(scope);
        if (bytes > MaxNamespaceBytes && scope.Length <= MaxNamespaceBytes)
            check.Add(Reason.FieldInvalid, field, $"{field} has {bytes} bytes in UTF-8: at most {MaxNamespaceBytes} are allowed");
    }
}
