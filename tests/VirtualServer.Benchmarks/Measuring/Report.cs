using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace VirtualServers.Benchmarks.Measuring;

/// <summary>The results as Markdown and JSON.</summary>
internal sealed class Report(IReadOnlyList<(string Name, string Value)> header)
{
    private static readonly JsonSerializerOptions Readable = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly List<Result> results = [];
    private readonly List<SameWork> sameWork = [];

    public void Add(Result result) => results.Add(result);

    /// <summary>The comparison of the rows written by the service and by its reference.</summary>
    public void Add(IEnumerable<SameWork> compared) => sameWork.AddRange(compared);

    public string Markdown()
    {
        var text = new StringBuilder();
        foreach (var (name, value) in header) text.AppendLine($"- {name}: {value}");
        text.AppendLine()
            .AppendLine("| row | unit | service | p50 ms | p99 ms | reference | its value | p50 ms | p99 ms | ratio |")
            .AppendLine("|---|---|---|---|---|---|---|---|---|---|");
        foreach (var result in results)
        {
            for (var i = 0; i < result.References.Count; i++)
            {
                text.Append($"| {result.Row.Name} | {result.Row.Unit} | {Cells(result.Service)} ")
                    .AppendLine($"| {result.NameOf(i)} | {Cells(result.References[i].Samples)} | **{result.Ratio(i)}** |");
            }
        }

        var targets = results.SelectMany(result => result.Row.Targets.Select(target => (Result: result, Target: target))).ToList();
        if (targets.Count > 0) text.AppendLine().AppendLine("| target | bound | reached | met |").AppendLine("|---|---|---|---|");
        foreach (var (result, target) in targets)
        {
            text.Append($"| {result.Row.Name}: {target.Words} | {(target.AtLeast ? "≥" : "≤")} {Spread.Number(target.Bound)} ")
                .AppendLine($"| {Spread.Number(target.Reached(result))} | {(target.IsMet(result) ? "yes" : "**no**")} |");
        }

        if (sameWork.Count > 0)
        {
            text.AppendLine()
                .AppendLine("| a create stores in | rows, service | rows, reference | bytes a row, service | bytes a row, reference |")
                .AppendLine("|---|---|---|---|---|");
        }

        foreach (var one in sameWork)
        {
            text.Append($"| {one.Table}{(one.IsSame ? "" : " **differs**")} | {one.Rows:0.00} | {one.ReferenceRows:0.00} ")
                .AppendLine($"| {one.Bytes:0} | {one.ReferenceBytes:0} |");
        }

        return text.ToString();
    }

    public string Json() => JsonSerializer.Serialize(
        new
        {
            header = header.ToDictionary(item => item.Name, item => item.Value),
            rows = results.Select(result => new
            {
                result.Row.Name,
                result.Row.What,
                result.Row.Unit,
                result.Row.LessIsBetter,
                result.Service,
                references = result.References.Select((reference, i) => new { reference.Name, reference.Samples, ratio = result.Ratio(i) }),
                targets = result.Row.Targets.Select(target =>
                    new { target.Words, target.Bound, target.AtLeast, reached = target.Reached(result), met = target.IsMet(result) }),
            }),
            sameWork,
        }, Readable);

    private static string Cells(IReadOnlyList<Sample> samples) =>
        $"{new Spread(samples.Select(sample => sample.Value))} | {Middle(samples.Select(sample => sample.P50))} "
        + $"| {Middle(samples.Select(sample => sample.P99))}";

    private static string Middle(IEnumerable<double?> values) =>
        values.OfType<double>().ToList() is { Count: > 0 } known ? Spread.Number(new Spread(known).Median) : "";
}

/// <summary>Rows and bytes that a create adds to a table, by the service and by its reference.</summary>
internal sealed record SameWork(string Table, double Rows, double ReferenceRows, double Bytes, double ReferenceBytes)
{
    /// <summary>The same number of rows, with sizes within 5 %.</summary>
    public bool IsSame => Math.Abs(Rows - ReferenceRows) < 0.005 && Math.Abs(Bytes - ReferenceBytes) <= Bytes / 20;
}
