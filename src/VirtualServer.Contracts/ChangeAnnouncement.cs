using System.Text.Json;
using System.Text.Json.Serialization;
using Google.Protobuf;
using VirtualServers.V1;

namespace VirtualServers.Contracts;

/// <summary>
/// A <see cref="V1.Change"/> on RabbitMQ: the message type of a MassTransit consumer in .NET. The message body is the change in
/// canonical proto JSON without an envelope, so that programs in any language can read it.
/// </summary>
[JsonConverter(typeof(ChangeAnnouncementConverter))]
public sealed record ChangeAnnouncement(Change Change) : IHeaderRouted
{
    /// <summary>The topic exchange of changes. The routing key is the type of the change: <c>virtual_server.created</c>.</summary>
    public const string Exchange = "virtualserver.v1.changes";

    /// <summary>
    /// The headers exchange of the same changes, for queues that are bound by tenant, placement or kind: see the names of the headers in
    /// <see cref="ChangeHeaders"/>.
    /// </summary>
    public const string HeadersExchange = "virtualserver.v1.changes.by_header";
}

/// <summary>
/// A message that a headers exchange routes, too. MassTransit binds the exchange of an interface to the exchange of every message type
/// that implements it, each time it connects.
/// </summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage(
    "Design", "CA1040:Avoid empty interfaces", Justification = "An interface is how MassTransit binds one exchange to another.")]
public interface IHeaderRouted;

/// <summary>The headers of an announced change by which a queue can be bound to <see cref="ChangeAnnouncement.HeadersExchange"/>.</summary>
public static class ChangeHeaders
{
    /// <summary>The kind of the object: <c>virtual_server</c>, <c>load_balancer_pool</c>, <c>device</c>, …</summary>
    public const string Kind = "kind";

    /// <summary>The UUID of the tenant that owns the object; missing for a shared object.</summary>
    public const string Tenant = "tenant";

    /// <summary>The UUID of the tenant that owned the object before the change, if it is another.</summary>
    public const string TenantBefore = "tenant-before";

    /// <summary>The UUID of the device, group, chassis or cloud service that has the virtual server; missing for other kinds.</summary>
    public const string Placement = "placement";

    /// <summary>The UUID of the placement before the change, if it is another.</summary>
    public const string PlacementBefore = "placement-before";

    /// <summary>The UUID of the epoch of the registry.</summary>
    public const string Epoch = "epoch";

    /// <summary>
    /// Present with a change that is published again at the request of an operator (<c>ReplayChanges</c>). It is not matched by bindings.
    /// </summary>
    public const string Replayed = "x-replayed";

    /// <summary>A kind as <see cref="Kind"/> has it.</summary>
    /// <param name="kind">The kind.</param>
    /// <returns>Its name: <c>virtual_server</c>.</returns>
    public static string Spelled(V1.Kind kind) => JsonNamingPolicy.SnakeCaseLower.ConvertName($"{kind}");
}

/// <summary>Serializes a <see cref="ChangeAnnouncement"/> as canonical proto JSON.</summary>
public sealed class ChangeAnnouncementConverter : JsonConverter<ChangeAnnouncement>
{
    // A newer service may announce fields that this version of the package does not define.
    private static readonly JsonParser Parser = new(JsonParser.Settings.Default.WithIgnoreUnknownFields(true));

    /// <inheritdoc/>
    public override ChangeAnnouncement Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        return new(Parser.Parse<Change>(document.RootElement.GetRawText()));
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, ChangeAnnouncement value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(value);
        // The formatter writes valid JSON: to read it again would cost as much as to write it.
        writer.WriteRawValue(JsonFormatter.Default.Format(value.Change), skipInputValidation: true);
    }
}
