using VirtualServers.Benchmarks.Measuring;
using VirtualServers.Benchmarks.Rows;

namespace VirtualServers.Benchmarks;

/// <summary>Measures the requested rows one after the other and writes the results.</summary>
internal static class Run
{
    public static async Task<int> Of(Settings settings)
    {
        await using var stage = new Stage(settings);
        List<Row> rows =
        [
            .. Creates.Of(stage),
            .. Changes.Of(stage),
            .. Gets.Of(stage),
            .. Secured.Of(stage),
            .. Lists.Of(stage),
            .. Announcements.Of(stage),
            .. Watching.Of(stage),
            .. Footprints.Of(stage),
        ];
        rows = [.. rows.Where(row => settings.Only.IsMatch(row.Name))];
        if (rows.Count == 0) throw new ArgumentException($"no row is called like {settings.Only}");

        var report = new Report(await Machine.Describe(settings));
        foreach (var row in rows)
        {
            Console.WriteLine($"{row.Name}: {row.What}");
            var result = await row.Measure(settings);
            report.Add(result);
            for (var i = 0; i < result.References.Count; i++)
            {
                Console.Write($"    {Spread.Number(Middle(result.Service))} {row.Unit}, ");
                Console.WriteLine($"{result.NameOf(i)} {Spread.Number(Middle(result.References[i].Samples))}: {result.Ratio(i)}");
            }

            // Written after every row, so that an interrupted run keeps its results.
            await Write(settings, report);
        }

        if (rows.Exists(row => row.Name.StartsWith("create-", StringComparison.Ordinal)))
        {
            report.Add(await Creates.Compare(stage));
            await Write(settings, report);
        }

        return 0;
    }

    private static double Middle(IReadOnlyList<Sample> samples) => new Spread(samples.Select(sample => sample.Value)).Median;

    private static async Task Write(Settings settings, Report report)
    {
        await File.WriteAllTextAsync(Path.Combine(settings.Folder, "results.md"), report.Markdown());
        await File.WriteAllTextAsync(Path.Combine(settings.Folder, "results.json"), report.Json());
    }
}
