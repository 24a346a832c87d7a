using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;
using VirtualServers.Service.Http;

namespace VirtualServers.Service.Tests.Harness;

/// <summary>Compares answers with the OpenAPI document that is in the repository.</summary>
internal sealed class DescribedAnswers
{
    private static readonly EvaluationOptions Options = new() { OutputFormat = OutputFormat.List, RequireFormatValidation = true };

    private readonly JsonNode document = JsonNode.Parse(File.ReadAllText(Path.Combine(Repository.Root, "protos", "openapi.json")))!;
    private readonly Dictionary<string, JsonSchema> schemas = [];

    /// <summary>What the answer of a route has that the document does not describe.</summary>
    public IReadOnlyList<string> Flaws(Route route, CurlAnswer answer)
    {
        var described = document["paths"]?[route.Path]?[route.HttpMethod.ToLowerInvariant()]?["responses"]?[$"{answer.Status}"];
        var type = answer.Headers["content-type"];
        return described?["content"]?[type]?["schema"]?["$ref"] is { } reference
            ? Flaws((string)reference!, answer)
            : [$"{route.HttpMethod} {route.Path} has no answer {answer.Status} with {type}"];
    }

    /// <summary>What the answer of a failed call has that the document does not describe.</summary>
    public IReadOnlyList<string> ErrorFlaws(CurlAnswer answer) => Flaws(
        (string)document["components"]!["responses"]!["Error"]!["content"]![answer.Headers["content-type"]]!["schema"]!["$ref"]!, answer);

    private List<string> Flaws(string reference, CurlAnswer answer)
    {
        if (!schemas.TryGetValue(reference, out var schema)) schemas[reference] = schema = Schema(reference);
        using var json = JsonDocument.Parse(answer.Body);
        var results = schema.Evaluate(json.RootElement, Options);
        return results.IsValid
            ? []
            : [.. (results.Details ?? []).Where(part => part.Errors is not null)
                .SelectMany(part => part.Errors!.Select(error => $"{part.InstanceLocation}: {error.Value} ({part.EvaluationPath})"))];
    }

    // The schemas of a document refer to each other; here they are the definitions of one schema.
    private JsonSchema Schema(string reference)
    {
        var definitions = document["components"]!["schemas"]!.ToJsonString();
        var text = $$"""{"$schema": "https://json-schema.org/draft/2020-12/schema", "$ref": "{{reference}}", "$defs": {{definitions}} }""";
        return JsonSchema.FromText(text.Replace("#/components/schemas/", "#/$defs/", StringComparison.Ordinal));
    }
}
