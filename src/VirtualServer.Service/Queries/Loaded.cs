using System.Data.Common;
using System.Text.Json;
using VirtualServers.Domain;
using VirtualServers.Service.Security;
using VirtualServers.Service.Store;

namespace VirtualServers.Service.Queries;

/// <summary>A reference of an object, and whether its target is live.</summary>
public sealed record StoredReference(string Field, Named Target, bool IsLive);

/// <summary>An object as it was read: its row in the directory, its view, and its references.</summary>
/// <param name="View">Null when the object is of another kind than the one asked for, or hidden from the caller.</param>
public sealed record Loaded<T>(Named Named, View<T>? View, IReadOnlyList<StoredReference> References) where T : class, IRegistered
{
    /// <summary>Its conditions, if the statement reads them.</summary>
    public IReadOnlyList<FoundCondition> Conditions { get; private init; } = [];

    /// <summary>The names of the objects it refers to.</summary>
    public Names Names => new(References.Select(reference => reference.Target));

    /// <summary>Reads one object as of a time. The events of a past version follow the other columns.</summary>
    internal static Loaded<T> ReadAt(DbDataReader rows, Moment at, Tenants readable)
    {
        var loaded = Read(rows, readable);
        if (at.IsNow) return loaded;
        var view = Row.Json(rows, 8) is { } events ? PastContent.Fold<T>(loaded.Named.Id, events) : loaded.View!;
        return loaded with { View = view, Conditions = rows.IsDBNull(7) ? [] : FoundCondition.AsOf(view, loaded.Conditions) };
    }

    /// <summary>Reads one object. A statement that does not read references or conditions has null in their place.</summary>
    internal static Loaded<T> Read(DbDataReader rows, Tenants readable)
    {
        var (named, view, references, conditions) = (Row.Named(rows, 0, readable), Row.Json(rows, 5), Row.Json(rows, 6), Row.Json(rows, 7));
        if (named.IsHidden) return new(named, null, []);
        return new(
            named, view is null ? null : JsonSerializer.Deserialize<View<T>>(view, StoredJson.Options),
            references is null ? [] : Row.References(references, readable))
        {
            Conditions = conditions is null ? [] : FoundCondition.Read(conditions, readable),
        };
    }
}

/// <summary>What rows of several statements have in common.</summary>
internal static class Row
{
    /// <summary>The first four columns of every statement on the directory: id, kind, scope, name.</summary>
    public static Named Named(DbDataReader rows) => Named(rows, 0);

    /// <summary>The five columns id, kind, scope, name and tenant, from a column on. It is hidden if the caller may not read it.</summary>
    public static Named Named(DbDataReader rows, int first, Tenants readable)
    {
        var named = Named(rows, first);
        return readable.CanRead(rows.IsDBNull(first + 4) ? null : rows.GetGuid(first + 4)) ? named : named.Hidden();
    }

    /// <summary>The four columns id, kind, scope and name, from a column on.</summary>
    public static Named Named(DbDataReader rows, int first) => new(
        rows.GetGuid(first), StoredKinds.ToKind(rows.GetString(first + 1)), rows.GetString(first + 2), rows.GetString(first + 3));

    public static async Task<List<T>> ReadAll<T>(DbDataReader rows, Func<DbDataReader, T> read, CancellationToken cancellation)
    {
        var found = new List<T>();
        while (await rows.ReadAsync(cancellation)) found.Add(read(rows));
        return found;
    }

    /// <summary>JSON as it is stored, in UTF-8.</summary>
    public static byte[]? Json(DbDataReader rows, int column) => rows.IsDBNull(column) ? null : rows.GetFieldValue<byte[]>(column);

    /// <summary>Reads a JSON array of [field, id, kind, scope, name, live, tenant]; what the caller may not read is hidden.</summary>
    public static IReadOnlyList<StoredReference> References(byte[] json, Tenants readable)
    {
        using var array = JsonDocument.Parse(json);
        return [.. array.RootElement.EnumerateArray().Select(item =>
        {
            var target = new Named(item[1].GetGuid(), StoredKinds.ToKind(item[2].GetString()!), item[3].GetString()!, item[4].GetString()!);
            return new StoredReference(
                item[0].GetString()!, readable.CanRead(Tenant(item[6])) ? target : target.Hidden(), item[5].GetBoolean());
        })];
    }

    /// <summary>The id of a tenant; null for a shared object.</summary>
    public static Guid? Tenant(JsonElement id) => id.ValueKind == JsonValueKind.Null ? null : id.GetGuid();
}
