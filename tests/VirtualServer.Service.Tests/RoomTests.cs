using System.Text.RegularExpressions;
using ArchUnitNET.Domain;
using ArchUnitNET.Loader;
using ArchUnitNET.xUnit;
using VirtualServers.Client;
using VirtualServers.Service.Tests.Harness;
using static ArchUnitNET.Fluent.ArchRuleDefinition;

namespace VirtualServers.Service.Tests;

/// <summary>The rooms of the service and the arrows between them: a room imports only the rooms in its row.</summary>
public sealed partial class RoomTests
{
    private const string Root = "VirtualServers.Service";

    // The same table as in docs/architecture.md.
    private static readonly Dictionary<string, string[]> Arrows = new()
    {
        ["Http"] = ["Api", "Wire"],
        ["Api"] = ["Wire", "Commands", "Queries", "Feed", "Messaging"],
        ["Messaging"] = ["Wire", "Feed"],
        ["Feed"] = ["Wire", "Queries", "Store"],
        ["Wire"] = ["Commands", "Queries", "Store"],
        ["Commands"] = ["Queries", "Projections", "Store"],
        ["Queries"] = ["Projections", "Store"],
        ["Projections"] = ["Store"],
        ["Store"] = [],
    };

    private static readonly string[] ForEverybody = ["Faults", "Security", "Telemetry"];

    private static readonly Architecture Service = new ArchLoader().LoadAssemblies(typeof(Composition).Assembly).Build();

    public static TheoryData<string> Rooms => [.. Arrows.Keys, .. ForEverybody];

    [Fact]
    public void Every_folder_of_the_service_is_a_room() =>
        Assert.Equal(
            Directory.GetDirectories(Source).Select(Path.GetFileName).Except(["bin", "obj"]).Order(),
            Arrows.Keys.Concat(ForEverybody).Order());

    [Fact]
    public void No_room_imports_itself_through_others()
    {
        var left = Arrows.ToDictionary();
        while (left.Count > 0)
        {
            var free = left.Where(room => !room.Value.Any(left.ContainsKey)).Select(room => room.Key).ToList();
            Assert.True(free.Count > 0, $"rooms that import each other: {string.Join(", ", left.Keys)}");
            foreach (var room in free) left.Remove(room);
        }
    }

    // What is compiled: types, members and bodies of methods.
    [Theory, MemberData(nameof(Rooms))]
    public void A_room_uses_only_the_rooms_of_its_row(string room) =>
        Types().That().ResideInNamespaceMatching($@"^{Root}\.{room}$")
            .Should().NotDependOnAny(Types().That().ResideInNamespaceMatching($@"^{Root}(\.({string.Join('|', Forbidden(room))}))?$"))
            .Check(Service);

    // What is written: constants leave no trace in what is compiled.
    [Theory, MemberData(nameof(Rooms))]
    public void A_room_names_only_the_rooms_of_its_row(string room) =>
        Assert.All(Directory.GetFiles(Path.Combine(Source, room), "*.cs", SearchOption.AllDirectories), file =>
            Assert.DoesNotContain(
                Import().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value), named => Forbidden(room).Contains(named)));

    // What callers install brings nothing of the service.
    [Theory]
    [InlineData(typeof(V1.IMutation))]
    [InlineData(typeof(VirtualServerClients), "VirtualServer.Contracts")]
    [InlineData(typeof(Consumer.IChangeHandler), "VirtualServer.Contracts")]
    public void A_package_for_callers_uses_only_the_contract(System.Type type, params string[] allowed) =>
        Assert.Equal(
            allowed,
            type.Assembly.GetReferencedAssemblies().Select(assembly => assembly.Name)
                .Where(name => name!.StartsWith("VirtualServer", StringComparison.Ordinal)));

    private static string Source => Path.Combine(Repository.Root, "src", "VirtualServer.Service");

    private static IEnumerable<string> Forbidden(string room) =>
        Arrows.Keys.Concat(ForEverybody).Except([room, .. ForEverybody, .. Arrows.GetValueOrDefault(room, [])]);

    [GeneratedRegex(@"\bVirtualServers\.Service\.(\w+)")]
    private static partial Regex Import();
}
