using Google.Protobuf.Collections;
using VirtualServers.Service.Tests.Harness;
using VirtualServers.V1;

namespace VirtualServers.Service.Tests.Lists;

/// <summary>The conditions of all virtual servers after each command, as the live list showed them.</summary>
internal sealed class ConditionLog
{
    private readonly List<(DateTimeOffset From, Dictionary<string, RepeatedField<Condition>> Conditions)> seen = [];

    /// <summary>How often each type was seen.</summary>
    public SortedDictionary<ConditionType, int> Types { get; } = [];

    /// <summary>Reads the current conditions, which hold since the versions of a command.</summary>
    public async Task Observe(TestService service, IReadOnlyList<Version> changed)
    {
        var time = Assert.Single(changed.Select(version => version.Time).Distinct());
        if (seen.Count > 0) Assert.True(seen[^1].From < time, "two commands have the same time");
        var servers = await service.Listed();
        seen.Add((time, servers.ToDictionary(server => server.Id, server => server.Conditions)));
        foreach (var condition in servers.SelectMany(server => server.Conditions))
            Types[condition.Type] = Types.GetValueOrDefault(condition.Type) + 1;
    }

    /// <summary>The conditions of a virtual server at a time.</summary>
    public RepeatedField<Condition> Of(string server, DateTimeOffset time)
    {
        var last = seen.FindLastIndex(one => one.From <= time);
        return last >= 0 && seen[last].Conditions.TryGetValue(server, out var conditions) ? conditions : [];
    }
}
