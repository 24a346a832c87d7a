using System.Text.Json;
using VirtualServers.Domain;
using VirtualServers.Domain.VirtualServers;
using VirtualServers.Service.Security;
using VirtualServers.Service.Store;

namespace VirtualServers.Service.Queries;

/// <summary>A condition of a virtual server: its type, the number of objects concerned, and the first of them.</summary>
public sealed record FoundCondition(ConditionType Type, long Count, IReadOnlyList<Named> Concerned)
{
    /// <summary>
    /// Reads a JSON array of [type, count, id, kind, scope, name, tenant], one element for each object concerned; the id is null where
    /// there is none.
    /// </summary>
    public static IReadOnlyList<FoundCondition> Read(byte[] json, Tenants readable)
    {
        using var rows = JsonDocument.Parse(json);
        return [.. rows.RootElement.EnumerateArray()
            .GroupBy(row => Spelling.Read<ConditionType>(row[0].GetString()!))
            .OrderBy(same => same.Key)
            .Select(same =>
            {
                Named[] concerned = [.. same.Where(row => row[2].ValueKind != JsonValueKind.Null)
                    .Select(row => ReadNamed(row, readable)).OrderBy(other => other.IsHidden)]; // its place would tell its name
                return new FoundCondition(same.Key, concerned.Length == 0 ? 0 : same.First()[1].GetInt64(), concerned);
            })];
    }

    /// <summary>The conditions of one virtual server, from its conditions with single objects.</summary>
    internal static IEnumerable<FoundCondition> Of(IEnumerable<(ConditionType Type, Named? Other)> rows) =>
        rows.GroupBy(row => row.Type).OrderBy(same => same.Key).Select(same =>
        {
            var others = same.Select(row => row.Other).OfType<Named>()
                .OrderBy(other => other.Name, StringComparer.Ordinal).ThenBy(other => other.Id).ToList();
            return new FoundCondition(same.Key, others.Count, [.. others.Take(ConditionSql.MaxConcerned)]);
        });

    /// <summary>
    /// The conditions of a past version: those between objects, as a statement found them, and those that it had on its own. A deleted
    /// virtual server has none.
    /// </summary>
    internal static IReadOnlyList<FoundCondition> AsOf(IView view, IEnumerable<FoundCondition> between) =>
        view is { IsLive: true, Content: VirtualServer server }
            ? [.. between.Concat(Conditions.Of(server).Select(type => new FoundCondition(type, 0, []))).OrderBy(found => found.Type)]
            : [];

    private static Named ReadNamed(JsonElement row, Tenants readable)
    {
        var named = new Named(row[2].GetGuid(), StoredKinds.ToKind(row[3].GetString()!), row[4].GetString()!, row[5].GetString()!);
        return readable.CanRead(Row.Tenant(row[6])) ? named : named.Hidden();
    }
}
