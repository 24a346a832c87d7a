using VirtualServers.Faults.Injection;
using VirtualServers.Faults.Verdict;
using VirtualServers.Faults.Workload;

namespace VirtualServers.Faults;

/// <summary>A run: commands and faults for some time, then quiet, then the comparison.</summary>
internal static class Run
{
    /// <returns>The exit code: 1 if a promise was broken.</returns>
    public static async Task<int> Of(Settings settings, CancellationToken stop)
    {
        using var journal = new Journal(settings.Folder);
        journal.Tell($"seed {settings.Seed}");
        await using var scene = await Scene.Set(settings, journal, stop);
        using var audience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        await scene.Audience.Begin(audience.Token);
        var schedule = await Disturb(scene, stop);
        if (stop.IsCancellationRequested) return 1;
        journal.Tell("the faults are over: waiting until everybody has everything");
        var state = await Draining.Of(scene, stop);
        if (state is null) journal.Violate("everything arrives", "not within five minutes after the last fault");
        await audience.CancelAsync();
        await scene.Audience.Ended();

        var comparison = new Comparison(scene, await StoredEvent.All(scene.Servers));
        List<Row> rows =
        [
            comparison.Commands(),
            .. scene.Audience.Queues.Select(comparison.Queue),
            .. scene.Audience.Watches.Select(comparison.Watch),
        ];
        foreach (var line in scene.Nodes.SelectMany(node => node.Errors).Where(line => line.Contains("failed with INTERNAL")))
            journal.Violate("no failure is unforeseen", line);
        var report = new Report(scene, schedule).Write(rows, await (state ?? await FinalState.Read(scene)).Judge());
        await File.WriteAllTextAsync(Path.Combine(settings.Folder, "report.md"), report, CancellationToken.None);
        Console.WriteLine($"\n{report}");
        return journal.Violations.Count > 0 ? 1 : 0;
    }

    private static async Task<Schedule> Disturb(Scene scene, CancellationToken stop)
    {
        foreach (var request in World.Foundation()) await scene.Caller(0).Expect(request, alwaysChanges: true);
        var schedule = new Schedule(scene) { Until = scene.Journal.Now + scene.Settings.Span };
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        over.CancelAfter(scene.Settings.Span);
        using var observed = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var watching = new[] { scene.Health.Follow, (Func<CancellationToken, Task>)scene.Leader.Follow }
            .Select(follow => Task.Run(() => follow(observed.Token), CancellationToken.None)).ToList();
        scene.Journal.Tell("commands and faults begin");
        var callers = Enumerable.Range(1, scene.Settings.Callers)
            .Select(number => Task.Run(() => scene.Caller(number).Work(over.Token), CancellationToken.None)).ToList();
        await schedule.Run(over.Token);
        await Task.WhenAll(callers);
        await observed.CancelAsync();
        await Task.WhenAll(watching);
        return schedule;
    }
}
