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

    // What no message lacks, beside the fields that the contract requires. The other fields are missing when they are empty.
    private static readonly Dictionary<string, string[]> AlwaysSet = new()
    {
        [nameof(Change)] = ["epoch", "sequence", "eventId", "type", "kind", "id", "name", "version", "time"],
        [nameof(ChangeCause)] = ["sequence", "eventId", "type", "object"],
        [nameof(Condition)] = ["type", "reason", "message", "severity"],
        [nameof(ObjectReference)] = ["kind", "id", "name"],
        [nameof(Reference)] = ["id", "name"],
        [nameof(V1.VirtualServer)] = ["id", "enabled", "sslOffload", .. Stamp],
        [nameof(LoadBalancerPool)] = ["id", .. Stamp],
        [nameof(PoolMember)] = ["id", "status", "label", "sslOffload"],
        [nameof(HealthCheckMonitor)] = ["id", .. Stamp],
        [nameof(CertificateProfile)] = ["id", .. Stamp],
        [nameof(InventoryObject)] = ["id", .. Stamp],
    };

    private static string[] Stamp => ["version", "etag", "createTime", "updateTime"];

    private static readonly Lazy<string> Document = new(() =>
    {
        var schemas = Of("#/$defs/");
        return new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = "Change: the body of a message of the exchange virtualserver.v1.changes",
            ["description"] = "A newer service may add fields, types and values of enums: ignore them.",
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
        foreach (var (name, fields) in AlwaysSet)
        {
            var required = all[name]!["required"]?.AsArray().Select(field => (string)field!) ?? [];
            all[name]!["required"] = JsonSchemas.Array(required.Concat(fields));
        }

        all[nameof(Change)]!["properties"]!["type"]!["anyOf"] =
            JsonSchemas.Known(AsyncApiMessages.Bodies.Keys, @"^[a-z0-9_]+\.[a-z0-9_]+$");
        // Exactly one field, which may be of a newer kind.
        (all[nameof(RegistryObject)]!["minProperties"], all[nameof(RegistryObject)]!["maxProperties"]) = (1, 1);
        return all;
    }
}
