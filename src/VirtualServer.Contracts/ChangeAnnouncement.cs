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
public sealed record ChangeAnnouncement(Change Change)
{
    /// <summary>The topic exchange of changes. The routing key is the type of the change: <c>virtual_server.created</c>.</summary>
    public const string Exchange = "virtualserver.v1.changes";
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
