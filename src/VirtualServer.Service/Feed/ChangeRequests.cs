using Google.Protobuf.WellKnownTypes;
using VirtualServers.Domain;
using VirtualServers.Service.Store;
using VirtualServers.Service.Wire;
using VirtualServers.V1;
using Field = VirtualServers.Domain.VirtualServers.Field;
using Kind = VirtualServers.Domain.Kind;
using ListStart = VirtualServers.V1.ListChangesRequest.StartOneofCase;
using WatchStart = VirtualServers.V1.WatchChangesRequest.StartOneofCase;

namespace VirtualServers.Service.Feed;

/// <summary>Requests for changes, and the answers to them, from and to the contract.</summary>
public static class ChangeRequests
{
    private static readonly TimeSpan MinInterval = TimeSpan.FromSeconds(1), MaxInterval = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan UsualInterval = TimeSpan.FromSeconds(10);

    public static WatchQuery ToQuery(WatchChangesRequest request)
    {
        var filter = Filter(request.Filter);
        List<Violation> violations = [.. filter.Violations];
        var time = Masks.ToTime(request.StartCase is WatchStart.Time ? request.Time : null, "time", violations);
        FeedStart start = request.StartCase switch
        {
            WatchStart.Token => new FeedStart.Token(request.Token),
            WatchStart.Time => new FeedStart.Time(time ?? default),
            WatchStart.Snapshot when request.Snapshot => new FeedStart.Snapshot(),
            _ => new FeedStart.Now(),
        };
        var interval = Interval(request.ProgressInterval, violations);
        return new(new(filter.Filters), Reads.Identity(request.Filter ?? new()), start, interval) { Malformed = violations };
    }

    public static ChangeListQuery ToQuery(ListChangesRequest request)
    {
        var filter = Filter(request.Filter);
        List<Violation> violations = [.. filter.Violations];
        var time = Masks.ToTime(request.StartCase is ListStart.Time ? request.Time : null, "time", violations);
        FeedStart start = request.StartCase is ListStart.Time
            ? new FeedStart.Time(time ?? default)
            : new FeedStart.After(Sequence(request.AfterSequence, "after_sequence", least: 0, violations));
        return new(
            new(filter.Filters), Reads.Identity(request.Filter ?? new()), Reads.Identity(request), start, request.PageSize,
            request.PageToken)
        {
            Malformed = violations,
        };
    }

    public static V1.ParkedChange ToWire((ParkedChange Change, DateTimeOffset Time) parked) => new()
    {
        Sequence = parked.Change.Sequence,
        Type = parked.Change.Type,
        ObjectId = parked.Change.ObjectId.ToString(),
        Time = parked.Time.ToTimestamp(),
        Cause = parked.Change.Cause,
    };

    internal static FilterReader Filter(V1.ChangeFilter? wire)
    {
        wire ??= new();
        return new FilterReader()
            .Kinds("kinds", wire.Kinds)
            .ChangeTypes("types", wire.Types_, StoredEvents.Told)
            .Ids("object_ids", wire.ObjectIds)
            .Reference("tenant", wire.Tenant, Kind.Tenant)
            .Labels("labels", wire.Labels)
            .Networks("vip_in", wire.VipIn, Field.Vip);
    }

    private static TimeSpan Interval(Duration? wire, List<Violation> violations)
    {
        if (wire is null) return UsualInterval;
        if (wire.Seconds >= MinInterval.TotalSeconds && wire.Nanos is >= 0 and < Duration.NanosecondsPerSecond
            && wire.Seconds + (wire.Nanos > 0 ? 1 : 0) <= MaxInterval.TotalSeconds)
            return wire.ToTimeSpan();
        violations.Add(new(
            Reason.FieldInvalid, "progress_interval",
            $"progress_interval is out of range: use {MinInterval.TotalSeconds} to {MaxInterval.TotalSeconds} seconds"));
        return UsualInterval;
    }

    internal static long Sequence(long wire, string field, long least, List<Violation> violations)
    {
        if (wire < least) violations.Add(new(Reason.FieldInvalid, field, $"{field} {wire} is out of range: use {least} or more"));
        return wire;
    }
}
