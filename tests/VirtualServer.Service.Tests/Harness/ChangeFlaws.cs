using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;

namespace VirtualServers.Service.Tests.Harness;

/// <summary>
/// Compares bodies of messages with the JSON Schema of the repository, and allows no field that it does not have: a consumer must accept
/// one of a newer service, and this service has none that its own schema does not describe.
/// </summary>
internal static class ChangeFlaws
{
    private static readonly EvaluationOptions Options = new() { OutputFormat = OutputFormat.List, RequireFormatValidation = true };

    private static readonly JsonSchema Schema = JsonSchema.FromText(Closed().ToJsonString());

    /// <summary>What a body has that the schema does not describe.</summary>
    public static IReadOnlyList<string> Of(string body)
    {
        using var json = JsonDocument.Parse(body);
        var results = Schema.Evaluate(json.RootElement, Options);
        return results.IsValid
            ? []
            : [.. (results.Details ?? []).Where(part => part.Errors is not null)
                .SelectMany(part => part.Errors!.Select(error => $"{part.InstanceLocation}: {error.Value} ({part.EvaluationPath})"))];
    }

    private static JsonNode Closed()
    {
        var schema = JsonNode.Parse(File.ReadAllText(Path.Combine(Repository.Root, "protos", "change.schema.json")))!;
        foreach (var (_, message) in schema["$defs"]!.AsObject())
        {
            if (message!["properties"] is not null) message["additionalProperties"] = false;
        }

        return schema;
    }
}
