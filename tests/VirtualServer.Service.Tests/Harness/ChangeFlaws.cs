using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;
using VirtualServers.Service.Messaging;

namespace VirtualServers.Service.Tests.Harness;

/// <summary>
/// Compares messages with the JSON Schema and the AsyncAPI document of the repository, and allows no field and no header that they do not
/// have: a consumer must accept one of a newer service, and this service has none that its own documents do not describe.
/// </summary>
internal static class ChangeFlaws
{
    private const string Schemas = "#/components/schemas/", Definitions = "#/$defs/";

    private static readonly EvaluationOptions Options = new() { OutputFormat = OutputFormat.List, RequireFormatValidation = true };

    private static readonly JsonSchema Body = JsonSchema.FromText(Closed(Document("change.schema.json")).ToJsonString());

    private static readonly JsonNode AsyncApiDocument = JsonNode.Parse(
        Document("asyncapi.json").Replace(Schemas, Definitions, StringComparison.Ordinal))!;

    private static readonly ConcurrentDictionary<string, JsonSchema> Messages = new();

    /// <summary>What a body has that the schema does not describe.</summary>
    public static IReadOnlyList<string> Of(string body) => Of(JsonNode.Parse(body)!, Body);

    /// <summary>What the body and the headers of a message have that the AsyncAPI document does not describe for its type.</summary>
    /// <param name="headers">Each as its name, =, and its value.</param>
    public static IReadOnlyList<string> Of(string body, IEnumerable<string> headers)
    {
        var payload = JsonNode.Parse(body)!;
        var message = new JsonObject
        {
            ["headers"] = new JsonObject(headers.Select(header => header.Split('=', 2))
                .Where(header => !MessageHeaders.OfLibraries.Contains(header[0]))
                .Select(header => KeyValuePair.Create<string, JsonNode?>(header[0], header[1]))),
            ["payload"] = payload,
        };
        return Of(message, Messages.GetOrAdd((string)payload["type"]!, Message));
    }

    private static IReadOnlyList<string> Of(JsonNode json, JsonSchema schema)
    {
        var results = schema.Evaluate(JsonSerializer.SerializeToElement(json), Options);
        return results.IsValid
            ? []
            : [.. (results.Details ?? []).Where(part => part.Errors is not null)
                .SelectMany(part => part.Errors!.Select(error => $"{part.InstanceLocation}: {error.Value} ({part.EvaluationPath})"))];
    }

    private static JsonSchema Message(string type)
    {
        var (components, described) = (AsyncApiDocument["components"]!, AsyncApiDocument["components"]!["messages"]![type]!);
        return JsonSchema.FromText(Closed(new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["properties"] = new JsonObject
            {
                ["headers"] = described["headers"]!.DeepClone(), ["payload"] = described["payload"]!.DeepClone(),
            },
            ["$defs"] = components["schemas"]!.DeepClone(),
        }.ToJsonString()).ToJsonString());
    }

    private static string Document(string file) => File.ReadAllText(Path.Combine(Repository.Root, "protos", file));

    private static JsonNode Closed(string text)
    {
        var schema = JsonNode.Parse(text)!;
        foreach (var (_, message) in schema["$defs"]!.AsObject())
        {
            if (message!["properties"] is not null) message["additionalProperties"] = false;
        }

        return schema;
    }
}
