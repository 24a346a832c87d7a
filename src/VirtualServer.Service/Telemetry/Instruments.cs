using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace VirtualServers.Service.Telemetry;

/// <summary>A metric of the service, as docs/configuration.md lists it.</summary>
/// <param name="Labels">What tells its series apart: few values each, and never a name or a text of a caller.</param>
public sealed record Metric(string Name, string Unit, string Meaning, params string[] Labels);

/// <summary>The value of a gauge, with that of its label if it has one.</summary>
public readonly record struct Level(Metric Metric, double Value, string? Label = null);

/// <summary>The metrics and traces of the service itself, beside those of gRPC, Npgsql, Marten and MassTransit.</summary>
public sealed class Instruments
{
    /// <summary>The name of the meter and of the activity source.</summary>
    public const string Name = "VirtualServers";

    public static readonly Metric CallsDuration = new(
        "virtualserver.calls.duration", "s", "Time from the headers of a call to its end, streams included.", "method", "code");

    public static readonly Metric CallsRefused = new(
        "virtualserver.calls.refused", "{call}", "Rejected and failed calls.", "method", "reason");

    public static readonly Metric RacesLost = new(
        "virtualserver.races.lost", "{attempt}", "Transactions that lost a race against another command; each command is decided again.");

    public static readonly Metric CommitsCommands = new(
        "virtualserver.commits.commands", "{command}", "Commands that share a transaction; its count is the number of transactions.");

    public static readonly Metric GroupsSplit = new(
        "virtualserver.groups.split", "{group}", "Batches that failed as a whole and were split to find the command at fault.");

    public static readonly Metric ChangesAnnounced = new(
        "virtualserver.changes.announced", "{change}", "Changes confirmed by the broker.", "type");

    public static readonly Metric ChangesFailed = new(
        "virtualserver.changes.failed", "{attempt}",
        "Attempts to announce a change that the broker did not confirm; each is repeated.");

    public static readonly Metric ChangesRefused = new(
        "virtualserver.changes.refused", "{attempt}",
        "Attempts to announce a change that a queue refused (x-overflow=reject-publish); the change is parked and repeated.", "type");

    public static readonly Metric ChangesParked = new(
        "virtualserver.changes.parked", "{change}",
        "Changes that wait because a queue refuses them or an earlier change of their object; reported by the node that announces.");

    public static readonly Metric ChangesWaiting = new(
        "virtualserver.changes.waiting", "{change}", "Committed changes that have not been announced, those of lost races included.");

    public static readonly Metric ChangesDelay = new(
        "virtualserver.changes.delay", "s", "Age of the oldest committed change that has not been announced; 0 without any.");

    public static readonly Metric Watchers = new(
        "virtualserver.watchers", "{call}", "Watches of this node that are open.");

    public static readonly Metric Conditions = new(
        "virtualserver.conditions", "{virtual_server}", "Virtual servers that have a condition.", "type");

    public static readonly Metric CertificatesExpiring = new(
        "virtualserver.certificates.expiring", "{profile}",
        "Live certificate profiles that expire within Registry:ExpirationWarning, used or not.");

    public static readonly Metric CertificatesExpired = new(
        "virtualserver.certificates.expired", "{profile}", "Live certificate profiles that have expired, used or not.");

    /// <summary>Every metric of the service itself.</summary>
    public static IReadOnlyList<Metric> All { get; } =
    [
        CallsDuration, CallsRefused, RacesLost, CommitsCommands, GroupsSplit,
        ChangesAnnounced, ChangesFailed, ChangesRefused, ChangesParked, ChangesWaiting, ChangesDelay, Watchers,
        Conditions, CertificatesExpiring, CertificatesExpired,
    ];

    /// <summary>Spans of work that no library traces.</summary>
    public static readonly ActivitySource Activities = new(Name);

    private readonly Histogram<double> callsDuration;
    private readonly Counter<long> callsRefused;
    private readonly Histogram<long> commitsCommands;
    private readonly Counter<long> changesAnnounced;
    private readonly Counter<long> changesRefused;

    // The last values of each sample (Sampling.cs).
    private readonly ConcurrentDictionary<string, IReadOnlyList<Level>> sampled = [];

    // Counted here, so that each has a series from the start: the first of them is an increase, too.
    private long racesLost, groupsSplit, changesFailed, parked, watchers;

    public Instruments(IMeterFactory meters)
    {
        var meter = meters.Create(Name);
        // A Get takes a millisecond, and a call has at most a minute.
        callsDuration = Histogram<double>(
            meter, CallsDuration, [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]);
        callsRefused = Counter(meter, CallsRefused);
        commitsCommands = Histogram<long>(meter, CommitsCommands, [1, 2, 4, 8, 16, 32, 64]);
        changesAnnounced = Counter(meter, ChangesAnnounced);
        changesRefused = Counter(meter, ChangesRefused);
        Count(RacesLost, () => Interlocked.Read(ref racesLost));
        Count(GroupsSplit, () => Interlocked.Read(ref groupsSplit));
        Count(ChangesFailed, () => Interlocked.Read(ref changesFailed));
        meter.CreateObservableGauge(
            ChangesParked.Name, () => Interlocked.Read(ref parked), ChangesParked.Unit, ChangesParked.Meaning);
        meter.CreateObservableGauge(Watchers.Name, () => Interlocked.Read(ref watchers), Watchers.Unit, Watchers.Meaning);
        foreach (var metric in new[] { ChangesWaiting, ChangesDelay, Conditions, CertificatesExpiring, CertificatesExpired })
            meter.CreateObservableGauge(metric.Name, () => Levels(metric), metric.Unit, metric.Meaning);

        void Count(Metric metric, Func<long> read) => meter.CreateObservableCounter(metric.Name, read, metric.Unit, metric.Meaning);
    }

    public void Called(string method, string code, TimeSpan duration) =>
        callsDuration.Record(duration.TotalSeconds, new("method", method), new("code", code));

    public void Refused(string method, string reason) => callsRefused.Add(1, new("method", method), new("reason", reason));

    public void RaceLost() => Interlocked.Increment(ref racesLost);

    public void Committed(int commands) => commitsCommands.Record(commands);

    public void GroupSplit() => Interlocked.Increment(ref groupsSplit);

    public void Announced(string type) => changesAnnounced.Add(1, new KeyValuePair<string, object?>("type", type));

    public void AnnouncementRefused(string type) => changesRefused.Add(1, new KeyValuePair<string, object?>("type", type));

    public void Parked(long changes) => Interlocked.Exchange(ref parked, changes);

    /// <summary>A watch is open.</summary>
    public void WatchBegun() => Interlocked.Increment(ref watchers);

    /// <summary>A watch has ended.</summary>
    public void WatchEnded() => Interlocked.Decrement(ref watchers);

    public void AnnouncementFailed() => Interlocked.Increment(ref changesFailed);

    /// <summary>The values of a sample until its next; none while they are not known, so that no gauge shows what was.</summary>
    public void Sampled(string sample, IReadOnlyList<Level> levels) => sampled[sample] = levels;

    private static Counter<long> Counter(Meter meter, Metric metric) => meter.CreateCounter<long>(metric.Name, metric.Unit, metric.Meaning);

    private static Histogram<T> Histogram<T>(Meter meter, Metric metric, T[] boundaries) where T : struct => meter.CreateHistogram(
        metric.Name, metric.Unit, metric.Meaning, tags: null, new InstrumentAdvice<T> { HistogramBucketBoundaries = boundaries });

    private IEnumerable<Measurement<double>> Levels(Metric metric) =>
        from level in sampled.Values.SelectMany(levels => levels)
        where level.Metric == metric
        select level.Label is null
            ? new Measurement<double>(level.Value)
            : new(level.Value, new KeyValuePair<string, object?>(metric.Labels[0], level.Label));
}
