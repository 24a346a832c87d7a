using System.Globalization;
using Google.Protobuf;
using RabbitMQ.Client;
using VirtualServers.Contracts;
using VirtualServers.Service.Feed;
using VirtualServers.Service.Security;
using VirtualServers.Service.Wire;
using VirtualServers.V1;

namespace VirtualServers.Service.Messaging;

/// <summary>A header of the messages of changes.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Meaning">What it says, for those who read the AsyncAPI document.</param>
/// <param name="Example">A value.</param>
/// <param name="IsAlwaysSet">Whether every message has it.</param>
/// <param name="Of">Its value in the message of a change; null if the message does not have it.</param>
public sealed record MessageHeader(string Name, string Meaning, string Example, bool IsAlwaysSet, Func<FeedChange, string?> Of)
{
    /// <summary>The values of this version; empty if it can have any.</summary>
    public IReadOnlyList<string> Values { get; init; } = [];
}

/// <summary>
/// What a message says of its change outside the body, announced and replayed alike: the properties of AMQP, the attributes of
/// CloudEvents 1.0 in binary mode, and what a queue can be bound by.
/// </summary>
public static class MessageHeaders
{
    /// <summary>The package of the contract, with which the types of CloudEvents begin.</summary>
    public const string Package = "virtualserver.v1";

    private const string Id = "0198c2f4-5d3e-7a10-9c52-0d6c1f1f2a10";

    /// <summary>Every header.</summary>
    public static readonly IReadOnlyList<MessageHeader> All =
    [
        new(ChangeHeaders.Kind, "The kind of the object: that of the body in lower case, without KIND_.", "virtual_server", true,
            change => ChangeHeaders.Spelled(change.Whole.Kind))
        {
            Values = [.. Enum.GetValues<Kind>().Where(kind => kind is not Kind.Unspecified).Select(ChangeHeaders.Spelled)],
        },
        new(ChangeHeaders.Tenant,
            "The UUID of the tenant that owns the object after the change; a tenant owns itself. Missing for an object without a tenant.",
            Id, false, change => Tenant(change, State(change))),
        new(ChangeHeaders.TenantBefore, "The UUID of the tenant that owned the object before the change, if it is another.",
            Id, false, change => Former(change, Tenant)),
        new(ChangeHeaders.Placement,
            "The UUID of the placement of a virtual server after the change: the one device, device redundancy group, virtual chassis or "
            + "cloud service on which it is configured. Always set for virtual servers, and missing for other kinds.",
            Id, false, change => Placement(change, State(change))),
        new(ChangeHeaders.PlacementBefore, "The UUID of the placement before the change, if it is another.",
            Id, false, change => Former(change, Placement)),
        new(ChangeHeaders.Epoch, "The UUID of the epoch: that of the body.", Id, true, change => $"{change.Epoch}"),
        new(Caller.CorrelationHeader, "The correlation id of the call. Missing for news of a condition.", "ticket-4711",
            false, change => change.Whole.CorrelationId),
        new("traceparent", "The span of the announcement or of the call, as the W3C trace context writes it; missing without tracing.",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", false, change => change.Span),
        new("cloudEvents:specversion", "The version of CloudEvents.", "1.0", true, _ => "1.0"),
        new("cloudEvents:id", "The UUID of the change, the same in every delivery.", Id, true, change => $"{change.EventId}"),
        new("cloudEvents:source", "The registry in one epoch, as a URI reference.", Source(Guid.Parse(Id)),
            true, change => Source(change.Epoch)),
        new("cloudEvents:type", "The type of the change, with the version of the contract.", $"{Package}.virtual_server.created",
            true, change => $"{Package}.{change.Type}"),
        new("cloudEvents:subject", "The UUID of the object.", Id, true, change => $"{change.ObjectId}"),
        new("cloudEvents:time", "The time of the commit (RFC 3339).", "2026-11-26T04:00:00.123456Z",
            true, change => change.Time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'", CultureInfo.InvariantCulture)),
    ];

    /// <summary>
    /// Headers that libraries, and the broker for what it delivers again, add. They mean nothing to consumers.
    /// </summary>
    public static readonly IReadOnlyList<string> OfLibraries =
        [Constants.PublishSequenceNumberHeader, "x-delivery-count", "tracestate", "baggage", "MT-Activity-Id"];

    /// <summary>The routing key of a change.</summary>
    public static string RoutingKey(FeedChange change) => change.Type;

    /// <summary>Sets the properties and headers of the message of a change.</summary>
    public static void Describe(FeedChange change, IBasicProperties properties)
    {
        properties.MessageId = $"{change.EventId}";
        properties.Type = change.Type;
        properties.Timestamp = new(change.Time.ToUnixTimeSeconds());
        properties.ContentType = "application/json";
        properties.DeliveryMode = DeliveryModes.Persistent;
        if (change.Whole.CorrelationId is { Length: > 0 } correlation) properties.CorrelationId = correlation;
        properties.Headers ??= new Dictionary<string, object?>();
        foreach (var header in All)
        {
            if (header.Of(change) is { Length: > 0 } value) properties.Headers[header.Name] = value;
        }
    }

    private static string Source(Guid epoch) => $"/{Package}/epochs/{epoch}";

    private static RegistryObject? State(FeedChange change) => change.Whole.After ?? change.Whole.Before;

    private static string? Tenant(FeedChange change, RegistryObject? state)
    {
        if (change.Whole.Kind is V1.Kind.Tenant) return change.Whole.Id;
        return state is null ? null : Referred(RegistryObjects.Content(state), "tenant");
    }

    private static string? Placement(FeedChange change, RegistryObject? state) => state?.VirtualServer is { } server
        && V1.VirtualServer.Descriptor.Oneofs.Single(one => one.Name == "placement").Accessor.GetCaseFieldDescriptor(server) is { } field
        ? Referred(server, field.Name)
        : null;

    // What an object leaves by the change, for those who have followed it there.
    private static string? Former(FeedChange change, Func<FeedChange, RegistryObject?, string?> read) =>
        change.Whole.Before is { } before && read(change, before) is { } former && former != read(change, State(change)) ? former : null;

    private static string? Referred(IMessage content, string field) =>
        (content.Descriptor.FindFieldByName(field)?.Accessor.GetValue(content) as Reference)?.Id;
}
