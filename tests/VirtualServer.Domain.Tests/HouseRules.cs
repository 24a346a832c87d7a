using System.Reflection;
using System.Text.RegularExpressions;
using VirtualServers.Domain.Tests.Inventory;
using VirtualServers.Domain.Tests.Pools;
using VirtualServers.Domain.VirtualServers;
using static VirtualServers.Domain.Tests.VirtualServers.VirtualServerScenario;
using static VirtualServers.Domain.Command<VirtualServers.Domain.VirtualServers.Draft>;
using AddMember = VirtualServers.Domain.Pools.AddMember;
using Created = VirtualServers.Domain.Created<VirtualServers.Domain.VirtualServers.VirtualServer>;
using Deleted = VirtualServers.Domain.Deleted<VirtualServers.Domain.VirtualServers.VirtualServer>;
using InventoryCommand = VirtualServers.Domain.Inventory.Command;
using InventoryEvent = VirtualServers.Domain.Event<VirtualServers.Domain.Inventory.InventoryObject>;
using LoadBalancerPool = VirtualServers.Domain.Pools.LoadBalancerPool;

namespace VirtualServers.Domain.Tests;

public partial class HouseRules
{
    private const int MaxLineLength = 140;

    private static readonly InventoryEvent Registered = new Domain.Inventory.Registered(InventoryScenario.Device);

    // A rejected command for every reason of the domain.
    private static readonly Dictionary<Reason, Func<Rejection>> Rejections = new()
    {
        [Reason.FieldRequired] = () =>
            Given().When(new Create(AskedWeb with { Name = "" })).ThenRejected((Reason.FieldRequired, Field.Name)),
        [Reason.FieldInvalid] = () => Given().When(new Create(AskedWeb with { Port = -1 })).ThenRejected((Reason.FieldInvalid, Field.Port)),
        [Reason.ReferenceNotFound] = () => Refer(new(null, "10.0.0.99"), Reason.ReferenceNotFound),
        [Reason.ReferenceMismatch] = () => Refer(The.Vip.ById with { Name = The.OtherVip.Name }, Reason.ReferenceMismatch),
        [Reason.NameTaken] = () => Given().Beside(Web.On(80)).When(new Create(AskedWeb)).ThenRejected((Reason.NameTaken, Field.Name)),
        [Reason.ListenerTaken] = () =>
            Given().Beside(Web with { Name = "api" }).When(new Create(AskedWeb)).ThenRejected((Reason.ListenerTaken, Field.Vip)),
        [Reason.IdTaken] = () => Given(new Created(Shop)).When(new Create(AskedWeb)).ThenRejected((Reason.IdTaken, "id")),
        [Reason.NotFound] = () => Given().When(new Enable()).ThenRejected((Reason.NotFound, "")),
        [Reason.InUse] = () =>
            InventoryScenario.Given(Registered).Beside(Web with { Placement = new(Kind.Device, The.Id(1)) })
            .When(new InventoryCommand.Remove()).ThenRejected((Reason.InUse, "")),
        [Reason.MemberTaken] = () =>
            PoolScenario.Given(new Created<LoadBalancerPool>(PoolScenario.Shop))
            .When(new AddMember(PoolScenario.AskedPlain with { Label = "another" }))
            .ThenRejected((Reason.MemberTaken, "member.ip_address"), (Reason.MemberTaken, "member.port")),
    };

    // The reasons that only the service can give: they depend on the request or the store.
    private static readonly Reason[] ServiceReasons =
    [
        Reason.FieldUnknown, Reason.ReferenceAmbiguous, Reason.EtagMismatch, Reason.RequestIdReused, Reason.Contended,
        Reason.StoreUnavailable, Reason.Internal, Reason.Unimplemented, Reason.RequestTooLarge,
        Reason.Unauthenticated, Reason.PermissionDenied, Reason.TooManyCalls, Reason.RateLimited,
        Reason.TokenExpired, Reason.WatchTooSlow, Reason.Stopping, Reason.BrokerUnavailable,
    ];

    public static IEnumerable<Reason> DomainReasons => Rejections.Keys;

    public static TheoryData<Reason> Reasons => [.. Rejections.Keys];

    [Theory, MemberData(nameof(Reasons))]
    public void Every_reason_of_the_domain_is_given_by_a_command(Reason reason) =>
        Assert.Equal([reason], Rejections[reason]().Violations.Select(violation => violation.Reason).Distinct());

    [Fact]
    public void Every_reason_belongs_to_the_domain_or_the_service() =>
        Assert.Equal(Enum.GetValues<Reason>(), Rejections.Keys.Concat(ServiceReasons).Order());

    [Fact]
    public void The_domain_references_nothing_but_dotnet() =>
        Assert.All(typeof(VirtualServer).Assembly.GetReferencedAssemblies(), reference =>
            Assert.Equal(Folder(typeof(object).Assembly), Folder(Assembly.Load(reference))));

    [Fact]
    public void Every_field_of_a_draft_is_named_as_in_the_contract() =>
        Assert.Equal(
            FieldNames(typeof(Draft)).Order(),
            typeof(Field).GetFields().Select(field => field.GetRawConstantValue()).Cast<string>().Order());

    [Fact]
    public void Every_field_of_a_draft_of_a_pool_or_member_is_named_as_in_the_contract() =>
        Assert.Equal(
            FieldNames(typeof(Domain.Pools.Draft)).Union(FieldNames(typeof(Domain.Pools.MemberDraft))).Order(),
            typeof(Domain.Pools.Field).GetFields().Select(field => field.GetRawConstantValue()).Cast<string>().Order());

    [Fact]
    public void Every_kind_has_a_name_for_messages() =>
        Assert.All(Enum.GetValues<Kind>(), kind => Assert.False(string.IsNullOrWhiteSpace(kind.Words)));

    [Fact]
    public void An_impossible_event_throws()
    {
        Assert.ThrowsAny<Exception>(() => Aggregate.Replay([new Enabled()]));
        Assert.ThrowsAny<Exception>(() => Aggregate.Replay([new Created(Web), new Created(Web)]));
        Assert.ThrowsAny<Exception>(() => Aggregate.Replay([new Created(Web), new Deleted(), new Changed()]));
        Assert.ThrowsAny<Exception>(() => InventoryScenario.Aggregate.Replay([new Domain.Inventory.Removed()]));
        Assert.ThrowsAny<Exception>(() => InventoryScenario.Aggregate.Replay([Registered, Registered]));
    }

    [Fact]
    public void No_line_of_code_is_longer_than_140_characters()
    {
        var root = Root();
        var tooLong =
            from room in new[] { "src", "tests" }
            from path in Directory.EnumerateFiles(Path.Combine(root, room), "*.cs", SearchOption.AllDirectories)
            let file = Path.GetRelativePath(root, path).Replace('\\', '/')
            where !file.Split('/').Any(folder => folder is "bin" or "obj")
            from line in File.ReadLines(path).Index()
            where line.Item.Length > MaxLineLength
            select $"{file}:{line.Index + 1} has {line.Item.Length} characters";

        Assert.Empty(tooLong);
    }

    // The folder of the solution, above that of the tests.
    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "VsGrpc.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new DirectoryNotFoundException($"no folder above {AppContext.BaseDirectory} holds VsGrpc.sln");
    }

    // The fields of a draft, as named in the contract.
    private static IEnumerable<string> FieldNames(Type draft) =>
        draft.GetProperties()
            .Where(property => property.PropertyType.IsGenericType && property.PropertyType.GetGenericTypeDefinition() == typeof(Asked<>))
            .Select(property => Capital().Replace(property.Name, "_$0").ToLowerInvariant());

    private static string? Folder(Assembly assembly) => Path.GetDirectoryName(assembly.Location);

    private static Rejection Refer(Reference vip, Reason reason) =>
        Given().When(new Create(AskedWeb with { Vip = vip })).ThenRejected((reason, Field.Vip));

    [GeneratedRegex("(?<!^)[A-Z]")]
    private static partial Regex Capital();
}
