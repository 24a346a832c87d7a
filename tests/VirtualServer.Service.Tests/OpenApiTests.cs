using System.Text.Json.Nodes;
using VirtualServers.Service.Api;
using VirtualServers.Service.Http;
using VirtualServers.Service.Tests.Harness;

namespace VirtualServers.Service.Tests;

/// <summary>The OpenAPI document describes every route of the contract, with its comments.</summary>
public sealed class OpenApiTests
{
    private static readonly JsonNode Document = JsonNode.Parse(OpenApi.Text)!;

    [Fact]
    public async Task The_document_of_the_repository_is_that_of_the_contract()
    {
        var written = await Repository.Read("protos/openapi.json");
        Assert.True(
            written.TrimEnd('\n') == OpenApi.Text, "protos/openapi.json is of another contract: docs/http.md tells how to write it");
    }

    [Fact]
    public async Task The_service_has_the_document_for_its_callers()
    {
        using var issuer = new TestIssuer();
        await using var service = await TestService.StartSecure(issuer, settings: TestService.WithHttp1);
        var nobody = await Curl.Send(service.HttpAddress + OpenApi.Path);
        Assert.Equal((401, "UNAUTHENTICATED"), (nobody.Status, nobody.Reason));
        string[] reader = ["--header", $"authorization: Bearer {issuer.Token("reader", "reader")}"];
        var answer = await Curl.Send(service.HttpAddress + OpenApi.Path, arguments: reader);
        Assert.Equal((200, "application/json", OpenApi.Text), (answer.Status, answer.Headers["content-type"], answer.Body));
        Assert.Equal(405, (await Curl.Send(service.HttpAddress + OpenApi.Path, "POST", "{}", reader)).Status);
    }

    [Fact]
    public void Every_route_is_described() => Assert.All(Routes.All, route =>
    {
        var operation = Document["paths"]![route.Path]![route.HttpMethod.ToLowerInvariant()]!;
        var parameters = operation["parameters"]!.AsArray();
        Assert.Equal(route.Variables, parameters.Where(parameter => (string?)parameter!["in"] == "path").Select(Name));
        Assert.Equal(route.Body.Length > 0, operation["requestBody"] is not null);
        // A field is in one place.
        if (route.Body == Route.Everything) Assert.DoesNotContain("query", parameters.Select(parameter => (string?)parameter!["in"]));
        Assert.Equal(parameters.Count, parameters.Select(Name).Distinct().Count());
    });

    [Fact]
    public void Every_operation_field_and_value_has_its_comment()
    {
        var get = Document["paths"]!["/v1/virtualServers/{id}"]!["get"]!;
        Assert.Equal("Returns one virtual server, by id or by name (AIP-131), now or as of a past time", (string?)get["summary"]);
        Assert.All(ReflectedServices.Contract, service => Assert.Contains(
            Document["tags"]!.AsArray(), tag => (string?)tag!["name"] == service.Name && ((string)tag["description"]!).Length > 50));
        Assert.All(Document["components"]!["schemas"]!.AsObject(), schema => Assert.True(
            ((string?)schema.Value!["description"])?.Length > 10, schema.Key));
        var fields = Document["components"]!["schemas"]!.AsObject().Where(schema => schema.Key != "Status")
            .SelectMany(schema => schema.Value!["properties"]?.AsObject().Select(property => (schema.Key, property)) ?? []);
        Assert.All(fields, field => Assert.True(
            ((string?)field.property.Value!["description"])?.Length > 5, $"{field.Key}.{field.property.Key}"));
    }

    [Fact]
    public void Every_reference_leads_to_a_component_and_every_operation_has_an_id_of_its_own()
    {
        foreach (var reference in References(Document))
        {
            var place = reference.Split('/').Skip(1).Aggregate((JsonNode?)Document, (node, name) => node?[name]);
            Assert.True(place is not null, reference);
        }

        var operations = Document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject()).ToList();
        Assert.Equal(operations.Count, operations.Select(operation => (string?)operation.Value!["operationId"]).Distinct().Count());
    }

    private static string? Name(JsonNode? parameter) => (string?)(parameter!["name"] ?? parameter["$ref"]);

    private static IEnumerable<string> References(JsonNode? node) => node switch
    {
        JsonObject part => part.SelectMany(pair => pair.Key == "$ref" ? [(string)pair.Value!] : References(pair.Value)),
        JsonArray list => list.SelectMany(References),
        _ => [],
    };
}
