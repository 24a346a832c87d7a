using System.Text.Json;
using VirtualServers.Domain;
using VirtualServers.Domain.VirtualServers;
using VirtualServers.Service.Store;

namespace VirtualServers.Service.Views;

/// <summary>A condition of a virtual server: which, how many objects it concerns, and the first of them.</summary>
public sealed record FoundCondition(ConditionType Type, long Count, IReadOnlyList<Named> Concerned)
{
    /// <summary>The conditions in a JSON array of [type, count, id, kind, scope, name], one for each object concerned; the id is null where there is none.</summary>
    public static IReadOnlyList<FoundCondition> Read(byte[] json)
    {
        using var rows = JsonDocument.Parse(json);
        return [.. rows.RootElement.EnumerateArray()
            .GroupBy(row => Spelling.Read<ConditionType>(row[0].GetString()!))
            .OrderBy(same => same.Key)
            .Select(same =>
            {
                Named[] concerned = [.. same.Where(row => row[2].ValueKind != JsonValueKind.Null)
                    .Select(row => new Named(row[2].GetGuid(), StoredEvents.ToKind(row[3].GetString()!), row[4].GetString()!, row[5].GetString()!))];
                return new FoundCondition(same.Key, concerned.Length == 0 ? 0 : same.First()[1].GetInt64(), concerned);
            })];
    }
}
