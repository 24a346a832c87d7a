using Google.Protobuf;
using VirtualServers.Service.Tests.Harness;

namespace VirtualServers.Service.Tests.Lists;

/// <summary>A service that random commands have filled, and the model of it.</summary>
public sealed class RandomService : IAsyncLifetime
{
    private const int Commands = 400;

    internal TestService Service { get; private set; } = null!;

    internal Model Model { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Service = await TestService.Start();
        var registry = new RandomRegistry(Service, seed: 12);
        await registry.Fill(Commands);
        Model = registry.Model;
        Assert.InRange(Model.Versions.Count, 200, 1_000);
    }

    public async Task DisposeAsync() => await Service.DisposeAsync();
}

/// <summary>
/// Every list against a model in memory: random data, filters, orders and page sizes, now and as of random times. Every answer is compared
/// with a plain fold over the same data. Seeded, so that a failure can be repeated.
/// </summary>
public sealed class ModelTests(RandomService random) : IClassFixture<RandomService>
{
    private const int Rounds = 60;

    private readonly TestService service = random.Service;
    private readonly Model model = random.Model;

    public static TheoryData<string> Lists => [.. ModelLists.All.Keys];

    /// <summary>Every filter field of every list.</summary>
    public static TheoryData<string, string> Fields
    {
        get
        {
            var rows = new TheoryData<string, string>();
            foreach (var (list, of) in ModelLists.All)
                foreach (var name in of.Fields.Keys) rows.Add(list, name);
            return rows;
        }
    }

    /// <summary>Every order key of every list.</summary>
    public static TheoryData<string, string> Orders
    {
        get
        {
            var rows = new TheoryData<string, string>();
            foreach (var (list, of) in ModelLists.All)
                foreach (var key in of.Orders.Keys) rows.Add(list, key);
            return rows;
        }
    }

    // Conditions have tests of their own (ConditionFilterTests).
    [Theory, MemberData(nameof(Lists))]
    public void The_model_has_every_field_of_the_filter(string list) =>
        Assert.Equal(
            ModelLists.All[list].Filter.Fields.InFieldNumberOrder().Where(one => one.FieldNumber >= 10).Select(one => one.Name).Order(),
            ModelLists.All[list].Fields.Keys.Order());

    // Case 25: q.
    [Theory, MemberData(nameof(Fields))]
    public async Task A_filter_field_restricts_the_list_now_and_as_of_a_time(string list, string field)
    {
        var draws = new Random(field.Length * 31);
        for (var round = 0; round < 12; round++)
            await Compare(ModelLists.All[list], draws, [field], [("name", false)], time: round % 2 == 0 ? null : Moment(draws));
    }

    // Case 24.
    [Theory, MemberData(nameof(Orders))]
    public async Task An_order_key_orders_the_list_in_both_directions_now_and_as_of_a_time(string list, string key)
    {
        var draws = new Random(key.Length);
        foreach (var isDescending in new[] { false, true })
        {
            await Compare(ModelLists.All[list], draws, [], [(key, isDescending)], time: null);
            await Compare(ModelLists.All[list], draws, [], [(key, isDescending)], Moment(draws));
        }
    }

    [Theory, MemberData(nameof(Lists))]
    public async Task Random_filters_orders_and_page_sizes_give_what_the_model_gives(string list)
    {
        var (of, draws) = (ModelLists.All[list], new Random(4711));
        for (var round = 0; round < Rounds; round++)
        {
            string[] fields = [.. of.Fields.Keys.OrderBy(_ => draws.Next()).Take(draws.Next(4))];
            var keys = of.Orders.Keys.OrderBy(_ => draws.Next()).Take(draws.Next(1, 4));
            (string, bool)[] order = [.. keys.Select(key => (key, draws.Next(2) == 0))];
            await Compare(of, draws, fields, order, draws.Next(2) == 0 ? null : Moment(draws));
        }
    }

    // At the time of a change the list has it; a microsecond earlier it does not.
    [Theory, MemberData(nameof(Lists))]
    public async Task Lists_as_of_the_very_microsecond_of_a_change_are_those_of_the_model(string list)
    {
        var draws = new Random(815);
        foreach (var version in model.Versions.OrderBy(_ => draws.Next()).Take(25))
        {
            await Compare(ModelLists.All[list], draws, [], [("name", false)], version.Time);
            await Compare(ModelLists.All[list], draws, [], [("name", false)], version.Time.AddMicroseconds(-1));
        }
    }

    [Theory, MemberData(nameof(Lists))]
    public async Task A_list_as_of_a_time_before_the_first_change_is_empty(string list)
    {
        var request = ModelLists.All[list].Ask([], "", showDeleted: true, model.Versions[0].Time.AddMicroseconds(-1));
        var (objects, total) = await ModelList.Read(service, request, () => 10);
        Assert.Equal((0, 0), (objects.Count, total));
    }

    private async Task Compare(
        ModelList list, Random draws, string[] fields, IReadOnlyList<(string Key, bool IsDescending)> order, DateTimeOffset? time)
    {
        var past = model.At(time);
        var draw = new Draw(draws, model, past);
        var drawn = fields.Select(field => (Field: field, Drawn: list.Fields[field](draw))).ToList();
        var showDeleted = draws.Next(3) == 0;
        var text = string.Join(",", order.Select(by => $"{by.Key}{(by.IsDescending ? " desc" : "")}"));
        var request = list.Ask([.. drawn.Select(one => (one.Field, one.Drawn.Value))], text, showDeleted, time);

        var expected = list.Answer(past, drawn.Select(one => one.Drawn.Matches), order, showDeleted);
        var (objects, total) = await ModelList.Read(service, request, () => draws.Next(1, 20));
        var what = JsonFormatter.ToDiagnosticString(request);
        var (expectedNames, names) = (expected.ConvertAll(Version.NameOf), objects.ConvertAll(Version.NameOf));
        Assert.True(
            expectedNames.SequenceEqual(names),
            $"{what}\nexpected {string.Join(", ", expectedNames)}\nactual   {string.Join(", ", names)}");
        foreach (var (one, other) in expected.Zip(objects)) Assert.True(one.Equals(other), $"{what}\nexpected {one}\nactual   {other}");
        Assert.Equal(expected.Count, total);
    }

    // The time of a change, a microsecond before it, or between changes.
    private DateTimeOffset Moment(Random draws)
    {
        var version = model.Versions[draws.Next(model.Versions.Count)];
        return version.Time.AddMicroseconds(draws.Next(3) switch { 0 => 0, 1 => -1, _ => draws.Next(2_000) });
    }
}
