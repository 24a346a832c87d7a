using System.Text;
using VirtualServers.Faults.Injection;

namespace VirtualServers.Faults.Verdict;

/// <summary>The result of a run, in Markdown.</summary>
internal sealed class Report(Scene scene, Schedule schedule)
{
    private static readonly TimeSpan Target = TimeSpan.FromSeconds(2);

    private readonly IReadOnlyList<DateTime> acknowledged = [.. scene.Ledger.AcknowledgedAt.Order()];

    // The first deliveries of one consumer.
    private readonly IReadOnlyList<(DateTime At, DateTime Committed)> announced =
        [.. scene.Audience.Queues[0].All.DistinctBy(one => one.EventId).Select(one => (one.At, one.Committed)).OrderBy(one => one.At)];

    public string Write(IReadOnlyList<Row> rows, IReadOnlyList<string> sentences)
    {
        var (text, settings) = (new StringBuilder(), scene.Settings);
        text.AppendLine(
            $"Seed {settings.Seed}, {settings.Span.TotalMinutes:0.#} minutes, {settings.Nodes} nodes, {settings.Callers} callers, "
            + $"commit {settings.Commit}.");
        text.AppendLine().AppendLine(
            "| fault | from | to | commands acknowledged | longest pause of commands | changes announced | what was seen |");
        text.AppendLine("|---|---|---|---|---|---|---|");
        foreach (var one in schedule.Injected.OrderBy(one => one.From)) text.AppendLine(Line(one));
        text.AppendLine().AppendLine("| | expected | had | lost | phantom | out of order | repeated by id | |");
        text.AppendLine("|---|---|---|---|---|---|---|---|");
        foreach (var row in rows)
        {
            text.AppendLine(
                $"| {row.Who} | {row.Expected} | {row.Had} | {row.Lost} | {row.Phantom} | {row.Disordered} | {row.Repeated} "
                + $"| {row.Remark} |");
        }

        text.AppendLine();
        foreach (var sentence in sentences) text.AppendLine($"- {sentence}");
        text.AppendLine($"- the slow watcher was told {scene.Audience.Watchers[^1].TooSlow} times that it is too slow, and went on");
        foreach (var line in Takeovers()) text.AppendLine($"- {line}");
        var statuses = scene.Ledger.Statuses.OrderByDescending(one => one.Value).Select(one => $"{one.Key} {one.Value}");
        text.AppendLine($"- attempts by status: {string.Join(", ", statuses)}");
        text.AppendLine($"- errors in the logs of the nodes: {Errors()}");
        text.AppendLine().AppendLine($"Violations: {scene.Journal.Violations.Count}");
        foreach (var promise in scene.Journal.Violations.GroupBy(one => one.Promise))
            text.AppendLine($"- {promise.Key}: {promise.Count()}, first: {promise.First().Sentence}");
        return text.ToString();
    }

    private string Line(Injected one)
    {
        var during = acknowledged.Where(time => time >= one.Began && time <= one.Ended).ToList();
        List<DateTime> edges = [one.Began, .. during, one.Ended];
        var pause = edges.Zip(edges.Skip(1), (before, after) => after - before).Max();
        var messages = announced.Count(message => message.At >= one.Began && message.At <= one.Ended);
        return $"| `{one.Name}` | {Journal.Show(one.From)} | {Journal.Show(one.To)} | {during.Count} | {pause.TotalSeconds:F1} s "
            + $"| {messages} | {one.Seen} |";
    }

    // From the death of a node that led until the next one leads, and until a change that was committed after it is received.
    private IEnumerable<string> Takeovers()
    {
        foreach (var cause in schedule.Takeovers.GroupBy(one => one.Cause))
        {
            var calm = cause.Where(one => one is { IsUndisturbed: true, Led: not null }).ToList();
            var led = calm.Select(one => Math.Max(0, (one.Led!.Value - one.Died).TotalSeconds)).Order().ToList();
            var first = calm.Select(FirstAnnouncement).OfType<double>().Order().ToList();
            yield return
                $"takeover, the node that led was {cause.Key}: {cause.Count()} times, {calm.Count} of them while both servers ran; "
                + $"until another node leads {Spread(led)}, until its first new announcement is received {Spread(first)} "
                + $"(target {Target.TotalSeconds} s)";
        }
    }

    private double? FirstAnnouncement(Takeover one) =>
        announced.FirstOrDefault(message => message.Committed > one.Died) is { At: var at } && at > one.Died
            ? (at - one.Died).TotalSeconds : null;

    private static string Spread(List<double> sorted) =>
        sorted.Count == 0 ? "not measured" : $"{sorted[sorted.Count / 2]:F1} s (at most {sorted[^1]:F1} s)";

    private string Errors()
    {
        var all = scene.Nodes.SelectMany(node => node.Errors)
            .GroupBy(line => line[..Math.Min(60, line.Length)]).OrderByDescending(same => same.Count()).Take(8)
            .Select(same => $"{same.Count()} × \"{same.Key}\"").ToList();
        return all.Count == 0 ? "none" : string.Join(", ", all);
    }
}
