using System.Reflection;
using System.Text.Json.Nodes;
using VirtualServers.Contracts;
using VirtualServers.Service.Security;
using VirtualServers.Service.Wire;
using VirtualServers.V1;

namespace VirtualServers.Service.Messaging;

/// <summary>
/// The messages on RabbitMQ as an AsyncAPI document: exchanges, routing keys, headers, and a message with its example for every type of
/// change. The schemas are those of the contract, with its comments; the examples are the golden files of the tests.
/// </summary>
public static class AsyncApi
{
    private const string Examples = "examples/", Json = ".json", MessagesPlace = "#/components/messages/", Headers = "ChangeHeaders";

    private static readonly Lazy<string> Document = new(() => Write().ToJsonString(ChangeSchema.Written));

    /// <summary>The document.</summary>
    public static string Text => Document.Value;

    /// <summary>The types of changes, each with a message as it stands on the bus.</summary>
    internal static IReadOnlyDictionary<string, string> Bodies { get; } = Assembly.GetManifestResourceNames()
        .Where(name => name.StartsWith(Examples, StringComparison.Ordinal)).Order(StringComparer.Ordinal)
        .ToDictionary(name => name[Examples.Length..^Json.Length], Read);

    private static Assembly Assembly => typeof(AsyncApi).Assembly;

    private static string Version =>
        Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    private static JsonObject Write()
    {
        var schemas = ChangeSchema.Of(JsonSchemas.Components);
        schemas[Headers] = HeaderSchema();
        return new()
        {
            ["asyncapi"] = "3.0.0",
            ["info"] = new JsonObject
            {
                ["title"] = "VsGrpc: the changes of the registry of load-balancer virtual servers",
                ["version"] = Version,
                ["description"] =
                    "Every committed change, at least once, in order per object, persistent and confirmed by the broker. A consumer "
                    + "remembers the epoch and the sequence of each object, and ignores a message of the same epoch whose sequence is not "
                    + "greater. A newer service may add fields, types, headers and values of enums.",
            },
            ["defaultContentType"] = "application/json",
            ["channels"] = new JsonObject
            {
                ["changes"] = Channel(
                    ChangeAnnouncement.Exchange, "topic",
                    "The routing key is the type of the change. Bind a queue by virtual_server.#, virtual_server.created, *.deleted."),
                ["changesByHeader"] = Channel(
                    ChangeAnnouncement.HeadersExchange, "headers",
                    "The same messages. Bind a queue by the headers of tenant, placement and kind: "
                    + "{\"x-match\": \"all\", \"kind\": \"virtual_server\", \"tenant\": \"<UUID>\"}."),
            },
            ["operations"] = new JsonObject { ["announce"] = Sends("changes"), ["announceByHeader"] = Sends("changesByHeader") },
            ["components"] = new JsonObject
            {
                ["messages"] = new JsonObject(Bodies.Select(one =>
                    KeyValuePair.Create<string, JsonNode?>(one.Key, Message(one.Key, one.Value)))),
                ["schemas"] = schemas,
            },
        };
    }

    private static JsonObject Channel(string exchange, string type, string description) => new()
    {
        ["address"] = "{type}",
        ["title"] = $"The {type} exchange {exchange}",
        ["description"] = description,
        ["parameters"] = new JsonObject
        {
            ["type"] = new JsonObject
            {
                ["description"] = "The type of the change.",
                ["enum"] = new JsonArray([.. Bodies.Keys.Select(name => JsonValue.Create(name))]),
                ["location"] = "$message.payload#/type",
            },
        },
        ["messages"] = new JsonObject(Bodies.Keys.Select(name =>
            KeyValuePair.Create<string, JsonNode?>(name, new JsonObject { ["$ref"] = MessagesPlace + name }))),
        ["bindings"] = new JsonObject
        {
            ["amqp"] = new JsonObject
            {
                ["is"] = "routingKey",
                ["exchange"] = new JsonObject { ["name"] = exchange, ["type"] = type, ["durable"] = true, ["autoDelete"] = false },
                ["bindingVersion"] = "0.3.0",
            },
        },
    };

    private static JsonObject Sends(string channel) => new()
    {
        ["action"] = "send",
        ["channel"] = new JsonObject { ["$ref"] = $"#/channels/{channel}" },
        ["bindings"] = new JsonObject
        {
            ["amqp"] = new JsonObject { ["deliveryMode"] = 2, ["timestamp"] = true, ["ack"] = true, ["bindingVersion"] = "0.3.0" },
        },
    };

    private static JsonObject Message(string type, string body) => new()
    {
        ["name"] = type,
        ["title"] = type,
        ["contentType"] = "application/json",
        ["correlationId"] = new JsonObject { ["location"] = $"$message.header#/{Caller.CorrelationHeader}" },
        ["bindings"] = new JsonObject { ["amqp"] = new JsonObject { ["messageType"] = type, ["bindingVersion"] = "0.3.0" } },
        ["headers"] = new JsonObject { ["$ref"] = JsonSchemas.Components + Headers },
        ["payload"] = new JsonObject
        {
            ["allOf"] = new JsonArray(
                new JsonObject { ["$ref"] = JsonSchemas.Components + nameof(Change) },
                new JsonObject { ["properties"] = new JsonObject { ["type"] = new JsonObject { ["const"] = type } } }),
        },
        ["examples"] = new JsonArray(new JsonObject { ["name"] = type, ["payload"] = JsonNode.Parse(body) }),
    };

    private static JsonObject HeaderSchema() => new()
    {
        ["type"] = "object",
        ["description"] =
            "Beside the properties of AMQP: message-id (the UUID of the change), type (of the change), timestamp, correlation-id, "
            + "content-type and delivery-mode 2.",
        ["required"] = new JsonArray(
            [.. MessageHeaders.All.Where(header => header.IsAlwaysSet).Select(header => JsonValue.Create(header.Name))]),
        ["properties"] = new JsonObject(MessageHeaders.All
            .Select(header => KeyValuePair.Create<string, JsonNode?>(
                header.Name,
                new JsonObject
                {
                    ["type"] = "string", ["description"] = header.Meaning, ["examples"] = new JsonArray(JsonValue.Create(header.Example)),
                }))
            .Append(new(
                ChangeHeaders.Replayed,
                new JsonObject { ["type"] = "boolean", ["description"] = "Present if the message is published again by ReplayChanges." }))),
    };

    private static string Read(string resource)
    {
        using var reader = new StreamReader(Assembly.GetManifestResourceStream(resource)!);
        return reader.ReadToEnd();
    }
}
