using System.Text.Json;
using System.Text.Json.Serialization;
using VirtualServers.Domain;

namespace VirtualServers.Service.Store;

/// <summary>How events and views are spelled in the store. Events are for ever: so is this.</summary>
public static class StoredJson
{
    /// <summary>camelCase, enums by name, sets as arrays, nothing written for what is not there.</summary>
    public static JsonSerializerOptions Options { get; } = Configure(new());

    /// <summary>The same settings on options that somebody else made.</summary>
    public static JsonSerializerOptions Configure(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
        options.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        options.Converters.Add(new JsonStringEnumConverter());
        options.Converters.Add(new SetConverter());
        options.Converters.Add(new LabelsConverter());
        return options;
    }

    private sealed class SetConverter : JsonConverter<ValueSet<Guid>>
    {
        public override ValueSet<Guid> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            [.. JsonSerializer.Deserialize<Guid[]>(ref reader, options)!];

        public override void Write(Utf8JsonWriter writer, ValueSet<Guid> value, JsonSerializerOptions options)
        {
            writer.WriteStartArray();
            foreach (var id in value) writer.WriteStringValue(id);
            writer.WriteEndArray();
        }
    }

    private sealed class LabelsConverter : JsonConverter<Labels>
    {
        public override Labels Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            new(JsonSerializer.Deserialize<Dictionary<string, string>>(ref reader, options)!);

        public override void Write(Utf8JsonWriter writer, Labels value, JsonSerializerOptions options)
        {
            writer.WriteStartObject();
            foreach (var (key, text) in value) writer.WriteString(key, text);
            writer.WriteEndObject();
        }
    }
}
