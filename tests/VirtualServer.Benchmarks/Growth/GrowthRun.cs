using System.Diagnostics;
using System.Text;
using Grpc.Core;
using Npgsql;
using VirtualServers.Benchmarks.Data;
using VirtualServers.Benchmarks.Measuring;
using VirtualServers.Benchmarks.Processes;

namespace VirtualServers.Benchmarks.Growth;

/// <summary>Measures every query in registries of several sizes, and the rebuild that makes them.</summary>
internal static class GrowthRun
{
    private const int MaxCalls = 7;

    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(1);

    public static async Task<int> Of(Settings settings)
    {
        if (settings.Indexes)
        {
            var (largest, _) = await Filled(settings, Population.Of(settings.Sizes.Max()));
            await File.WriteAllTextAsync(Path.Combine(settings.Folder, "indexes.md"), await IndexCosts.Measure(largest));
            return 0;
        }

        var queries = Queries.All.Where(query => settings.Only.IsMatch(query.Name)).ToList();
        var (found, rebuilds) = (new Dictionary<(Query, int), Measured>(), new List<string>());
        foreach (var size in settings.Sizes)
        {
            var (database, rebuild) = await Filled(settings, Population.Of(size));
            if (rebuild is not null) rebuilds.Add(rebuild);
            await Measure(settings, database, Population.Of(size), queries, found);
            await Write(settings, queries, found, rebuilds);
        }

        return 0;
    }

    // A registry of an earlier run in the same servers is used again.
    private static async Task<(Database Database, string? Rebuild)> Filled(Settings settings, Population population)
    {
        var name = $"growth_{population.Servers}";
        var known = new Database(settings.Postgres, name);
        if (await known.IsComplete()) return (known, null);
        Console.WriteLine($"filling a registry of {population.Servers:#,0} virtual servers with {population.Events:#,0} events");
        var start = Stopwatch.GetTimestamp();
        var database = await Database.Create(settings, name);
        await ServiceCommand.Expect(settings, database, "schema", "apply");
        await database.CopyEvents(population);
        Console.WriteLine($"    copied the events in {Stopwatch.GetElapsedTime(start).TotalSeconds:0} s");
        var rebuild = await Rebuilds.Measure(settings, database, population);
        await database.Tidy();
        await database.SetComplete();
        Console.WriteLine($"    {rebuild}");
        return (database, rebuild);
    }

    private static async Task Measure(
        Settings settings,
        Database database,
        Population population,
        IReadOnlyList<Query> queries,
        Dictionary<(Query, int), Measured> found)
    {
        var plans = Directory.CreateDirectory(Path.Combine(settings.Folder, $"plans-{population.Servers}")).FullName;
        await using var service = await ServiceUnderTest.Start(settings, database);
        await using var source = NpgsqlDataSource.Create(database.ConnectionString);
        var place = new Place(population, service, source);
        var explained = new ExplainedStatements(database);
        // The first calls of a .NET process are slow until its hot code is compiled.
        await Load.Of(1, settings.WarmUp, async _ => await place.FirstPage(new() { PageSize = Place.PageSize }));
        foreach (var query in queries)
        {
            try
            {
                var (time, objects) = await Time(query, place);
                found[(query, population.Servers)] = new(time, objects, 0, 0);
                Console.WriteLine($"    {query.Name}: {Spread.Number(time)} ms, {objects} objects");
            }
            catch (RpcException exception)
            {
                // The service ends a statement after 30 seconds.
                Console.WriteLine($"    {query.Name}: {exception.Status.Detail}");
            }
        }

        await explained.Set(isOn: true);
        try
        {
            foreach (var query in queries.Where(query => found.ContainsKey((query, population.Servers))))
            {
                var work = await explained.Of(() => query.Call(place));
                var measured = found[(query, population.Servers)] with { Rows = work.Rows, Blocks = work.Blocks };
                found[(query, population.Servers)] = measured;
                await File.WriteAllTextAsync(Path.Combine(plans, $"{query.Name.Replace('/', '-')}.json"), work.Plans);
            }
        }
        finally
        {
            await explained.Set(isOn: false);
        }
    }

    // Statements are prepared when they are executed again, so the first two calls differ from the others.
    private static async Task<(double Milliseconds, int Objects)> Time(Query query, Place place)
    {
        var (times, objects) = (new List<double>(), 0);
        for (var i = 0; i < 2; i++) objects = await query.Call(place);
        var start = Stopwatch.GetTimestamp();
        while (times.Count < MaxCalls && (times.Count == 0 || Stopwatch.GetElapsedTime(start) < Enough))
        {
            var began = Stopwatch.GetTimestamp();
            await query.Call(place);
            times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }

        return (new Spread(times).Median, objects);
    }

    private static async Task Write(
        Settings settings, IReadOnlyList<Query> queries, Dictionary<(Query, int), Measured> found, IReadOnlyList<string> rebuilds)
    {
        var sizes = settings.Sizes.Where(size => queries.Any(query => found.ContainsKey((query, size)))).ToList();
        var text = new StringBuilder();
        foreach (var (name, value) in await Machine.Describe(settings)) text.AppendLine($"- {name}: {value}");
        text.AppendLine()
            .AppendLine($"| query | objects |{string.Concat(sizes.Select(size => $" {size:#,0}: ms | rows | blocks |"))}")
            .AppendLine($"|---|---|{string.Concat(sizes.Select(_ => "---|---|---|"))}");
        foreach (var query in queries)
        {
            var objects = sizes.Select(size => found.GetValueOrDefault((query, size))).OfType<Measured>()
                .Select(one => $"{one.Objects:#,0}");
            text.Append($"| {query.Name}{(query.Grows ? " (grows)" : "")} | {string.Join(", ", objects.Distinct())} |");
            foreach (var size in sizes)
            {
                text.Append(found.GetValueOrDefault((query, size)) is var (milliseconds, _, rows, blocks)
                    ? $" {Spread.Number(milliseconds)} | {rows:#,0} | {blocks:#,0} |"
                    : " more than 30 s | | |");
            }

            text.AppendLine();
        }

        text.AppendLine();
        foreach (var rebuild in rebuilds) text.AppendLine($"- {rebuild}");
        await File.WriteAllTextAsync(Path.Combine(settings.Folder, "growth.md"), text.ToString());
    }
}
