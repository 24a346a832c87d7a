using System.Collections;
using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using VirtualServers.Service.Tests.Harness;
using VirtualServers.V1;
using Xunit.Abstractions;

namespace VirtualServers.Service.Tests.Lists;

/// <summary>
/// Random commands of every kind; then every read as of the past is compared with a model that knows only what the commands answered, and
/// the conditions that the live list showed after each of them. Seeded, so that a failure can be repeated.
/// </summary>
public sealed class TimeTravelTests(ITestOutputHelper output)
{
    // The variable of a longer run (deploy/README.md).
    private const string Commands = "VSGRPC_RANDOM_COMMANDS";
    private const int FewCommands = 150;
    private const int MaxCommands = 5_000;
    private const int MaxMoments = 300;

    private readonly Random random = new(28);
    private readonly ConditionLog conditions = new();
    private TestService service = null!;
    private Model model = null!;
    private int reads;

    // Cases 27 and 28.
    [Fact]
    public async Task Every_version_and_every_moment_shows_what_was_then_with_names_usages_and_conditions()
    {
        var commands = int.TryParse(Environment.GetEnvironmentVariable(Commands), CultureInfo.InvariantCulture, out var given)
            ? given : FewCommands;
        await using var started = await TestService.Start();
        service = started;
        var registry = new RandomRegistry(service, seed: 2828) { Changed = changed => conditions.Observe(started, changed) };
        await registry.Fill(commands);
        // Until every condition has been seen; some are rare.
        for (; conditions.Types.Count < ExpectedCondition.All.Count() && commands < MaxCommands; commands++) await registry.Change();
        model = registry.Model;

        foreach (var version in model.Versions) await ShowsVersion(version);
        var moments = Enumerable.Range(0, Math.Min(MaxMoments, commands / 10)).Select(_ => Moment()).ToList();
        foreach (var moment in moments) await ShowsMoment(moment);

        output.WriteLine(
            $"{commands} commands on {model.At(null).All.Count} objects led to {model.Versions.Count} versions; {moments.Count} moments; "
            + $"{reads} reads equal the model; conditions seen: "
            + string.Join(", ", conditions.Types.Select(type => $"{type.Key} {type.Value}")));
        Assert.Equal(ExpectedCondition.All.Order(), conditions.Types.Keys);
    }

    private async Task ShowsVersion(Version version)
    {
        var (target, expected) = (new HistoryTarget { Id = version.Id }, Expected(version, version.Time));
        var number = ((IRecord)version.Object).Version;
        Same(expected, await service.Past.GetVersionAsync(new() { Target = target, At = new() { Version = number } }), $"version {number}");
        if (!version.IsLive)
        {
            await NotFound(Get(version, "id", version.Time));
            return;
        }

        var time = version.Time.ToTimestamp();
        Same(expected, await service.Past.GetVersionAsync(new() { Target = target, At = new() { Time = time } }), $"{version.Time:O}");
        Same(expected, await service.Send(Get(version, "id", version.Time)), $"{version.Time:O}");
        Same(expected, await service.Send(Get(version, "name", version.Time)), $"{version.Time:O}");
        if (number == 1) await NotFound(Get(version, "id", version.Time.AddMicroseconds(-1)));
    }

    private async Task ShowsMoment(DateTimeOffset time)
    {
        var past = model.At(time);
        foreach (var (name, list) in ModelLists.All)
        {
            var expected = list.Answer(past, [], [("name", false)], showDeleted: true);
            var request = list.Ask([], "", showDeleted: true, time).With("page_size", 1000);
            var answer = await service.Send(request);
            Same($"{name} {time:O}", expected.Select(one => Expected(past.Of(((IRecord)one).Id)!, time)), Objects(answer));
        }

        var all = model.Versions.Where(version => version.Kind is Kind.VirtualServer).Select(version => version.Id).Distinct().ToList();
        var batch = await service.VirtualServers.BatchGetVirtualServersAsync(new()
        {
            ReadTime = time.ToTimestamp(), Targets = { all.Select(id => new BatchTarget { Id = id }) },
        });
        var live = all.Select(past.Of).OfType<Version>().Where(version => version.IsLive).ToList();
        Same($"batch {time:O}", live.Select(version => Expected(version, time)), batch.VirtualServers);
        Assert.Equal(all.Count - live.Count, batch.Missing.Count);

        foreach (var version in past.All.OrderBy(_ => random.Next()).Take(8)) await ShowsUsages(past, version, time);
    }

    private async Task ShowsUsages(Past past, Version of, DateTimeOffset time)
    {
        var request = new ListUsagesRequest { Id = of.Id, ReadTime = time.ToTimestamp(), PageSize = random.Next(1, 10) };
        if (!of.IsLive)
        {
            await NotFound(request);
            return;
        }

        var (found, counts) = (new List<string>(), new List<string>());
        do
        {
            var page = (ListUsagesResponse)await service.Send(request);
            Assert.Equal((of.Id, of.Name, of.Namespace), (page.Object.Id, page.Object.Name, page.Object.Namespace));
            found.AddRange(page.Usages.Select(usage => string.Join(
                ' ', usage.By.Id, usage.By.Name, usage.Field, usage.Member?.Id, usage.Member?.IpAddress.Name, usage.Member?.Port,
                usage.Through?.Name)));
            counts = [.. page.Counts.Select(count => $"{count.Kind} {count.Field} {count.Count}")];
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);
        reads++;

        var expected = past.All.Where(version => version.IsLive).SelectMany(by => Usages(past, by, of)).ToList();
        Assert.Equal(expected.Select(usage => usage.Text).Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
        Assert.Equal(
            expected.GroupBy(usage => (usage.Kind, usage.Field)).Select(same => $"{same.Key.Kind} {same.Key.Field} {same.Count()}").Order(),
            counts.Order());
    }

    // The references of an object to another; for a prefix, also by the addresses in it.
    private static IEnumerable<(Kind Kind, string Field, string Text)> Usages(Past past, Version by, Version of)
    {
        foreach (var (field, id) in by.References.Where(one => one.Id == of.Id && !one.Field.Contains('.', StringComparison.Ordinal)))
            yield return (by.Kind, field, string.Join(' ', by.Id, by.Name, field, null, null, null, null));
        foreach (var member in by.Object is LoadBalancerPool pool ? pool.Members : [])
        {
            foreach (var (field, id) in Version.Referred(member, "members.").Where(one => one.Id == of.Id))
            {
                var address = past.Name(member.IpAddress.Id);
                yield return (by.Kind, field, string.Join(' ', by.Id, by.Name, field, member.Id, address, member.Port, null));
            }
        }

        if (of.Kind is Kind.Prefix && by.Object is V1.VirtualServer server && past.Of(server.Vip.Id) is { } vip
            && vip.Namespace == of.Namespace && new Inet(vip.Name).IsIn(new(of.Name)))
        {
            yield return (by.Kind, "vip", string.Join(' ', by.Id, by.Name, "vip", null, null, null, vip.Name));
        }
    }

    private IMessage Expected(Version version, DateTimeOffset time)
    {
        var shown = model.At(time).Shown(version.Object);
        if (shown is V1.VirtualServer server && version.IsLive) server.Conditions.Add(conditions.Of(version.Id, time));
        return shown;
    }

    private void Same(IMessage expected, IMessage answer, string what) =>
        Same($"{Version.NameOf(expected)} {what}", [expected], [answer.Carried<IMessage>()!]);

    private void Same(string what, IEnumerable<IMessage> expected, IEnumerable<IMessage> actual)
    {
        reads++;
        var (wanted, found) = (expected.ToList(), actual.Select(Past.Ordered).ToList());
        Assert.Equal(wanted.ConvertAll(Version.NameOf), found.ConvertAll(Version.NameOf));
        foreach (var (one, other) in wanted.Zip(found)) Assert.True(one.Equals(other), $"{what}\nexpected {one}\nactual   {other}");
    }

    private async Task NotFound(IMessage request)
    {
        reads++;
        var refused = await Assert.ThrowsAsync<RpcException>(async () => await service.Send(request));
        Assert.Equal(StatusCode.NotFound, refused.StatusCode);
        Assert.Contains("did not exist at", refused.Status.Detail, StringComparison.Ordinal);
    }

    private static IMessage Get(Version version, string target, DateTimeOffset time)
    {
        var request = Calls.Method($"Get{version.Object.Descriptor.Name}").InputType.Parser.ParseFrom([]);
        object value = target == "id" ? version.Id
            : version.Object is InventoryObject ? new ObjectName { Kind = version.Kind, Name = version.Name, Namespace = version.Namespace }
            : version.Name;
        return request.With(target, value).With("read_time", time.ToTimestamp());
    }

    private static IEnumerable<IMessage> Objects(IMessage page) =>
        ((IList)page.Descriptor.FindFieldByNumber(1).Accessor.GetValue(page)).Cast<IMessage>();

    // The time of a change, a microsecond before it, or between changes.
    private DateTimeOffset Moment()
    {
        var version = model.Versions[random.Next(model.Versions.Count)];
        return version.Time.AddMicroseconds(random.Next(3) switch { 0 => 0, 1 => -1, _ => random.Next(2_000) });
    }
}
