using System.Text.RegularExpressions;
using VirtualServers.Benchmarks.Data;
using VirtualServers.Benchmarks.Processes;

namespace VirtualServers.Benchmarks.Growth;

/// <summary>The rebuild of the read models from the events: killed in its middle, resumed, and verified.</summary>
internal static partial class Rebuilds
{
    public static async Task<string> Measure(Settings settings, Database database, Population population)
    {
        var killed = await ServiceCommand.Run(settings, database, ["rebuild"], line => Folded(line) > population.Events / 2);
        var resumed = await ServiceCommand.Expect(settings, database, "rebuild");
        // A small one ends before its progress is first reported, so there was nothing to resume.
        var first = killed.ExitCode == 0
            ? "" : $"killed after {Folded(killed.Output.Last(line => Folded(line) > 0)):#,0} and {killed.Elapsed.TotalSeconds:0} s, then resumed";
        var whole = await ServiceCommand.Expect(settings, database, "rebuild");
        var verified = await ServiceCommand.Run(settings, database, ["verify"]);
        if (verified.ExitCode != 0) throw new InvalidOperationException(string.Join('\n', verified.Output.TakeLast(20)));
        return
            $"{population.Events:#,0} events: {first} {resumed.Elapsed.TotalSeconds:0} s; uninterrupted {whole.Elapsed.TotalSeconds:0} s, "
            + $"{population.Events / whole.Elapsed.TotalSeconds:#,0} events/s, peak {Math.Max(killed.PeakMegabytes, whole.PeakMegabytes):0} MB; "
            + $"{verified.Output[^1]} in {verified.Elapsed.TotalSeconds:0} s, peak {verified.PeakMegabytes:0} MB";
    }

    // The number of events in a sentence on the progress; 0 in other lines.
    private static long Folded(string line) =>
        FoldedEvents().Match(line) is { Success: true } found ? long.Parse(found.Groups[1].Value.Replace(",", "", StringComparison.Ordinal)) : 0;

    [GeneratedRegex("([0-9,]+) of [0-9,]+ events")]
    private static partial Regex FoldedEvents();
}
