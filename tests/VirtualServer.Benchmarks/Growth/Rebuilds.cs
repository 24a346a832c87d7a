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
        // A small one ends before it reports its progress.
        var interrupted = "";
        if (killed.ExitCode != 0)
        {
            var resumed = await ServiceCommand.Expect(settings, database, "rebuild");
            interrupted = $"killed after {killed.Output.Max(Folded):#,0} events in {killed.Elapsed.TotalSeconds:0} s, "
                + $"resumed and completed in {resumed.Elapsed.TotalSeconds:0} s; ";
        }

        var verified = await ServiceCommand.Expect(settings, database, "verify");
        var whole = await ServiceCommand.Expect(settings, database, "rebuild");
        return
            $"{population.Events:#,0} events: {interrupted}{verified.Output[^1]} ({verified.Elapsed.TotalSeconds:0} s, at most "
            + $"{verified.PeakMegabytes:0} MB); uninterrupted {whole.Elapsed.TotalSeconds:0} s, "
            + $"{population.Events / whole.Elapsed.TotalSeconds:#,0} events/s, at most {whole.PeakMegabytes:0} MB";
    }

    // The number of events in a sentence on the progress; 0 in other lines.
    private static long Folded(string line) => FoldedEvents().Match(line) is { Success: true } found
        ? long.Parse(found.Groups[1].Value.Replace(",", "", StringComparison.Ordinal)) : 0;

    [GeneratedRegex("([0-9,]+) of [0-9,]+ events")]
    private static partial Regex FoldedEvents();
}
