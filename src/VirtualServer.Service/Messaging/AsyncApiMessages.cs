using System.Reflection;
using System.Text.Json.Nodes;
using VirtualServers.Contracts;
using VirtualServers.Service.Security;
using VirtualServers.Service.Wire;
using VirtualServers.V1;

namespace VirtualServers.Service.Messaging;

/// <summary>The messages in the AsyncAPI document, one for every type of change.</summary>
internal static class AsyncApiMessages
{
    /// <summary>The name of the schema of the headers.</summary>
    public const string Headers = "ChangeHeaders";

    private const string Examples = "examples/", Json = ".json", Place = "#/components/messages/";

    // The fields that some types of changes have and others do not.
    private static readonly string[] OfSomeTypes = ["changedFields", "before", "after", "condition"];

    /// <summary>The types of changes, each with a message as it stands on the bus.</summary>
    public static IReadOnlyDictionary<string, string> Bodies { get; } = Assembly.GetManifestResourceNames()
        .Where(name => name.StartsWith(Examples, StringComparison.Ordinal)).Order(StringComparer.Ordinal)
        .ToDictionary(name => name[Examples.Length..^Json.Length], Read);

    private static Assembly Assembly => typeof(AsyncApi).Assembly;

    /// <summary>Every message, by the type of its change.</summary>
    public static JsonObject All() => new(Bodies.Select(one =>
        KeyValuePair.Create<string, JsonNode?>(one.Key, Message(one.Key, JsonNode.Parse(one.Value)!.AsObject()))));

    /// <summary>References to every message, for a channel.</summary>
    public static JsonObject References() => new(Bodies.Keys.Select(name =>
        KeyValuePair.Create<string, JsonNode?>(name, new JsonObject { ["$ref"] = Place + name })));

    /// <summary>The headers of all messages.</summary>
    public static JsonObject HeaderSchema() => new()
    {
        ["type"] = "object",
        ["description"] =
            "Properties of AMQP, beside the headers: message-id (the eventId of the change), type (of the change), timestamp (of the "
            + "commit, in seconds), correlation-id (of the call, if there was one), content-type application/json and delivery-mode 2. "
            + "Libraries and the broker add headers that mean nothing to consumers, such as "
            + $"{string.Join(", ", MessageHeaders.OfLibraries)}: ignore headers that are not listed.",
        ["required"] = JsonSchemas.Array(MessageHeaders.All.Where(header => header.IsAlwaysSet).Select(header => header.Name)),
        ["properties"] = new JsonObject(MessageHeaders.All
            .Select(header => KeyValuePair.Create<string, JsonNode?>(header.Name, Header(header)))
            .Append(new(
                ChangeHeaders.Replayed,
                new JsonObject
                {
                    ["type"] = "boolean", ["const"] = true,
                    ["description"] =
                        "The message is published again by ReplayChanges; missing in announcements. It has the message-id, the sequence "
                        + "and the other headers of the announcement, and the epoch of now. A consumer that remembers this sequence or a "
                        + "greater one of the object ignores it: forget what is to be processed again before the replay.",
                }))),
    };

    private static JsonObject Header(MessageHeader header)
    {
        var schema = new JsonObject { ["type"] = "string", ["description"] = header.Meaning };
        if (Guid.TryParse(header.Example, out _)) schema["format"] = "uuid";
        if (header.Values.Count > 0) schema["anyOf"] = JsonSchemas.Known(header.Values, "^[a-z0-9_]+$");
        schema["examples"] = new JsonArray(header.Example);
        return schema;
    }

    private static JsonObject Message(string type, JsonObject example)
    {
        var message = new JsonObject
        {
            ["name"] = type,
            ["title"] = type,
            ["contentType"] = "application/json",
            ["bindings"] = AsyncApiChannels.Amqp(new() { ["messageType"] = type }),
            ["headers"] = new JsonObject { ["$ref"] = JsonSchemas.Components + Headers },
            ["payload"] = new JsonObject
            {
                ["allOf"] = new JsonArray(new JsonObject { ["$ref"] = JsonSchemas.Components + nameof(Change) }, OfType(type, example)),
            },
            ["examples"] = new JsonArray(new JsonObject { ["name"] = type, ["payload"] = example }),
        };
        // Nobody has called for news.
        if (example.ContainsKey("correlationId"))
            message["correlationId"] = new JsonObject { ["location"] = $"$message.header#/{Caller.CorrelationHeader}" };
        return message;
    }

    // What every message of the type has, as its example, which has every field that a change of the type can have.
    private static JsonObject OfType(string type, JsonObject example)
    {
        var kind = example["after"]!.AsObject().Single().Key;
        var state = new JsonObject { ["required"] = new JsonArray(kind) };
        var properties = new JsonObject { ["type"] = new JsonObject { ["const"] = type } };
        // The kinds of inventory are alike.
        if (kind != "inventoryObject") properties["kind"] = new JsonObject { ["const"] = (string)example["kind"]! };
        if (example.ContainsKey("before")) properties["before"] = state.DeepClone();
        properties["after"] = state;
        return new() { ["required"] = JsonSchemas.Array(OfSomeTypes.Where(example.ContainsKey)), ["properties"] = properties };
    }

    private static string Read(string resource)
    {
        using var reader = new StreamReader(Assembly.GetManifestResourceStream(resource)!);
        return reader.ReadToEnd();
    }
}
