using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace VirtualServers.Service.Telemetry;

/// <summary>The metrics and traces of the service itself, beside those of gRPC, Npgsql, Marten and MassTransit.</summary>
public sealed class Instruments
{
    /// <summary>The name of the meter and of the activity source.</summary>
    public const string Name = "VirtualServers";

    /// <summary>Spans of work that no library traces.</summary>
    public static readonly ActivitySource Activities = new(Name);

    private readonly Counter<long> refused;
    private readonly Counter<long> racesLost;
    private readonly Histogram<long> committed;
    private readonly Counter<long> splits;
    private readonly Counter<long> announced;
    private readonly Counter<long> announcementsFailed;
    private readonly Counter<long> announcementsRefused;
    private long parked;

    public Instruments(IMeterFactory meters)
    {
        var meter = meters.Create(Name);
        refused = meter.CreateCounter<long>("virtualserver.calls.refused", "{call}", "Rejected and failed calls, by method and reason.");
        racesLost = meter.CreateCounter<long>(
            "virtualserver.races.lost", "{attempt}",
            "Transactions that lost a race against another command; each command is decided again.");
        committed = meter.CreateHistogram<long>("virtualserver.commits.commands", "{command}", "Commands that share a transaction.");
        splits = meter.CreateCounter<long>(
            "virtualserver.groups.split", "{group}", "Batches that failed as a whole and were split to find the command at fault.");
        announced = meter.CreateCounter<long>("virtualserver.changes.announced", "{change}", "Changes confirmed by the broker, by type.");
        announcementsFailed = meter.CreateCounter<long>(
            "virtualserver.changes.failed", "{attempt}",
            "Attempts to announce a change that the broker did not confirm; each is repeated.");
        announcementsRefused = meter.CreateCounter<long>(
            "virtualserver.changes.refused", "{attempt}",
            "Attempts to announce a change that a queue refused (x-overflow=reject-publish), by type; the change is parked and repeated.");
        meter.CreateObservableGauge(
            "virtualserver.changes.parked", () => Interlocked.Read(ref parked), "{change}",
            "Changes that wait because a queue refuses them or an earlier change of their object; reported by the node that announces.");
    }

    public void Refused(string method, string reason) => refused.Add(1, new("method", method), new("reason", reason));

    public void RaceLost() => racesLost.Add(1);

    public void Committed(int commands) => committed.Record(commands);

    public void GroupSplit() => splits.Add(1);

    public void Announced(string type) => announced.Add(1, new KeyValuePair<string, object?>("type", type));

    public void AnnouncementRefused(string type) => announcementsRefused.Add(1, new KeyValuePair<string, object?>("type", type));

    public void Parked(long changes) => Interlocked.Exchange(ref parked, changes);

    public void AnnouncementFailed() => announcementsFailed.Add(1);
}
