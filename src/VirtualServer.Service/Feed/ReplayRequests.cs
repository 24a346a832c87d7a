using System.Text;
using VirtualServers.Domain;
using VirtualServers.Service.Wire;
using Destination = VirtualServers.V1.ReplayChangesRequest.DestinationOneofCase;

namespace VirtualServers.Service.Feed;

/// <summary>What is to be published again, and where.</summary>
/// <param name="First">The first sequence number.</param>
/// <param name="Last">The last one; 0 for the newest.</param>
/// <param name="From">The start of the period, which belongs to it; null if it has none.</param>
/// <param name="Until">The end of the period, which does not; null if it has none.</param>
/// <param name="Name">The name of the exchange or queue.</param>
public sealed record ReplayQuery(
    ChangeFilter Filter, long First, long Last, DateTimeOffset? From, DateTimeOffset? Until, string Name, bool IsQueue)
{
    /// <summary>The violations that reading the request found.</summary>
    public IReadOnlyList<Violation> Malformed { get; init; } = [];

    /// <summary>The destination, for messages.</summary>
    public override string ToString() => $"{(IsQueue ? "queue" : "exchange")} {Name.InQuotes}";
}

/// <summary>Reads requests to publish changes again.</summary>
public static class ReplayRequests
{
    private const int MaxNameBytes = 255; // AMQP 0-9-1, short string

    public static ReplayQuery ToQuery(V1.ReplayChangesRequest request)
    {
        var filter = ChangeRequests.Filter(request.Filter);
        List<Violation> violations = [.. filter.Violations];
        var first = ChangeRequests.Sequence(request.FirstSequence, "first_sequence", least: 0, violations);
        if (request.LastSequence != 0 && request.LastSequence < first)
        {
            violations.Add(new(
                Reason.FieldInvalid, "last_sequence",
                $"last_sequence {request.LastSequence} is less than first_sequence: "
                + $"use {Math.Max(first, 1)} or more, or 0 for the newest"));
        }

        var (from, until) = (
            Masks.ToTime(request.Period?.From, "period.from", violations), Masks.ToTime(request.Period?.Until, "period.until", violations));
        if (from >= until)
            violations.Add(new(Reason.FieldInvalid, "period.until", "period.until is not after period.from: use a later time"));
        var isQueue = request.DestinationCase is Destination.Queue;
        var name = isQueue ? request.Queue : request.Exchange;
        if (name.Length == 0)
        {
            string[] fields = request.DestinationCase is Destination.None ? ["exchange", "queue"] : [isQueue ? "queue" : "exchange"];
            violations.AddRange(fields.Select(field =>
                new Violation(Reason.FieldRequired, field, "a destination is required: set exchange or queue")));
        }
        else if (Encoding.UTF8.GetByteCount(name) > MaxNameBytes)
        {
            violations.Add(new(
                Reason.FieldInvalid, isQueue ? "queue" : "exchange",
                $"{(isQueue ? "queue" : "exchange")} has more than {MaxNameBytes} bytes: give the name of one that exists"));
        }

        return new(new(filter.Filters), first, request.LastSequence, from, until, name, isQueue) { Malformed = violations };
    }
}
