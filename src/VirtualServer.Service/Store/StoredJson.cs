using System.Text.Json;
using System.Text.Json.Serialization;
using VirtualServers.Domain;
using VirtualServers.Domain.Pools;

namespace VirtualServers.Service.Store;

/// <summary>How events and views are spelled in the store. It never changes, because stored events never change.</summary>
public static class StoredJson
{
    /// <summary>camelCase, enums by name, sets as arrays, null properties left out.</summary>
    public static JsonSerializerOptions Options { get; } = Configure(new());

    /// <summary>Applies the same settings to other options.</summary>
    public static JsonSerializerOptions Configure(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
        options.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        options.Converters.Add(new JsonStringEnumConverter());
        options.Converters.Add(new SetConverter<Guid>());
        options.Converters.Add(new SetConverter<Member>());
        options.Converters.Add(new LabelsConverter());
        return options;
    }

    private sealed class SetConverter<T> : JsonConverter<ValueSet<T>>
    {
        public override ValueSet<T> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            [.. JsonSerializer.Deserialize<T[]>(ref reader, options)!];

        public override void Write(Utf8JsonWriter writer, ValueSet<T> value, JsonSerializerOptions options)
        {
            writer.WriteStartArray();
            foreach (var item in value) JsonSerializer.Serialize(writer, item, options);
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
