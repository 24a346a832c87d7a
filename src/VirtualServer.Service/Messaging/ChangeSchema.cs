using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using VirtualServers.Service.Wire;
using VirtualServers.V1;

namespace VirtualServers.Service.Messaging;

/// <summary>The JSON Schema of the body of a message, from the descriptors of the contract with their comments.</summary>
public static class ChangeSchema
{
    /// <summary>How documents are written.</summary>
    internal static readonly JsonSerializerOptions Written = new()
    {
        WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    // What no change lacks. The other fields are missing when they are empty.
    private static readonly string[] AlwaysSet = ["epoch", "sequence", "eventId", "type", "kind", "id", "name", "version", "time"];

    private static readonly Lazy<string> Document = new(() =>
    {
        var schemas = Of("#/$defs/");
        return new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = "Change: the body of a message of the exchange virtualserver.v1.changes",
            ["description"] = "A newer service may add fields, types and values of enums.",
            ["$ref"] = "#/$defs/Change",
            ["$defs"] = schemas,
        }.ToJsonString(Written);
    });

    /// <summary>The schema as a document of its own.</summary>
    public static string Text => Document.Value;

    /// <summary>The schemas of a change and of everything in it, by name.</summary>
    /// <param name="place">Where the document has them.</param>
    internal static JsonObject Of(string place)
    {
        var schemas = new JsonSchemas(place, isOpen: true);
        schemas.Reference(Change.Descriptor);
        var all = schemas.All;
        all[nameof(Change)]!["required"] = new JsonArray([.. AlwaysSet.Select(name => JsonValue.Create(name))]);
        return all;
    }
}
