using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Exporters.Json;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace VirtualServers.Benchmarks.Micro;

/// <summary>Single functions of the service, without network or database, by BenchmarkDotNet.</summary>
internal static class MicroRun
{
    /// <param name="arguments">The folder for the results, and whether the run is a short one.</param>
    public static int Of(string[] arguments)
    {
        var job = arguments.Contains("--quick") ? Job.ShortRun : Job.Default;
        var config = ManualConfig.CreateEmpty()
            // In this process, because a generated project would lie outside of the repository's settings.
            .AddJob(job.WithToolchain(InProcessEmitToolchain.Instance))
            .AddDiagnoser(MemoryDiagnoser.Default)
            .AddColumnProvider(BenchmarkDotNet.Columns.DefaultColumnProviders.Instance)
            .AddLogger(ConsoleLogger.Default)
            .AddExporter(MarkdownExporter.GitHub, JsonExporter.FullCompressed)
            .WithArtifactsPath(arguments[0]);
        var summaries = BenchmarkSwitcher.FromTypes([typeof(Deciding), typeof(Mapping), typeof(Storing)]).RunAll(config);
        return summaries.Any(
            summary => summary.HasCriticalValidationErrors || summary.Reports.Length == 0 || summary.Reports.Any(report => !report.Success))
            ? 1
            : 0;
    }
}
