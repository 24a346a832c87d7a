using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace VirtualServers.Service.Telemetry;

/// <summary>What the service measures of itself, beside what gRPC, Npgsql, Marten and MassTransit measure.</summary>
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

    public Instruments(IMeterFactory meters)
    {
        var meter = meters.Create(Name);
        refused = meter.CreateCounter<long>("virtualserver.calls.refused", "{call}", "Calls that were refused or failed, by method and reason.");
        racesLost = meter.CreateCounter<long>("virtualserver.races.lost", "{attempt}", "Transactions that another command was faster than; each was decided again.");
        committed = meter.CreateHistogram<long>("virtualserver.commits.commands", "{command}", "How many commands shared a transaction.");
        splits = meter.CreateCounter<long>("virtualserver.groups.split", "{group}", "Groups of calls that failed together and were taken apart.");
        announced = meter.CreateCounter<long>("virtualserver.changes.announced", "{change}", "Changes that the broker confirmed, by type.");
        announcementsFailed = meter.CreateCounter<long>("virtualserver.changes.failed", "{attempt}", "Attempts to announce a change that the broker did not confirm; each is repeated.");
    }

    public void Refused(string method, string reason) => refused.Add(1, new("method", method), new("reason", reason));

    public void RaceLost() => racesLost.Add(1);

    public void Committed(int commands) => committed.Record(commands);

    public void GroupSplit() => splits.Add(1);

    public void Announced(string type) => announced.Add(1, new KeyValuePair<string, object?>("type", type));

    public void AnnouncementFailed() => announcementsFailed.Add(1);
}
