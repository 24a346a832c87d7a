using System.Text.Json;
using System.Text.Json.Serialization;
using Google.Protobuf;
using VirtualServers.V1;

namespace VirtualServers.Contracts;

/// <summary>
/// A <see cref="V1.Change"/> as it travels on RabbitMQ: the message type that a MassTransit consumer in .NET names. On the
/// wire there is no wrapper, only the change in canonical proto JSON, for programs in any language.
/// </summary>
[JsonConverter(typeof(ChangeAnnouncementConverter))]
public sealed record ChangeAnnouncement(Change Change)
{
    /// <summary>The topic exchange that changes are published to; the routing key is the type of the change: <c>virtual_server.created</c>.</summary>
    public const string Exchange = "virtualserver.v1.changes";
}

/// <summary>Writes and reads a <see cref="ChangeAnnouncement"/> as canonical proto JSON.</summary>
public sealed class ChangeAnnouncementConverter : JsonConverter<ChangeAnnouncement>
{
    // A newer service may announce fields that this package does not know yet.
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
        writer.WriteRawValue(JsonFormatter.Default.Format(value.Change));
    }
}
