using System.Reflection;
using System.Text.Json.Nodes;
using VirtualServers.Service.Wire;

namespace VirtualServers.Service.Messaging;

/// <summary>
/// The messages on RabbitMQ as an AsyncAPI document, for those who write a consumer with nothing else: servers, exchanges, queues, routing
/// keys, headers, and a message with its example for every type of change. The schemas are those of the contract, with its comments; the
/// examples are the golden files of the tests.
/// </summary>
public static class AsyncApi
{
    private const string Account = "account";

    private static readonly Lazy<string> Document = new(() => Write().ToJsonString(ChangeSchema.Written));

    /// <summary>The document.</summary>
    public static string Text => Document.Value;

    private static string Version => typeof(AsyncApi).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    private static string Description => string.Join("\n\n",
        "Every committed change of every object, published at least once and in order per object. A message is persistent, and counts as "
        + "published when the broker has confirmed it. Changes of different objects have no order.",
        "To process: remember for each object the epoch and the sequence of the last message that was processed, and ignore a message of "
        + "the same epoch whose sequence is not greater. One greatest sequence for all objects is not enough. Recognize a change by the "
        + "type in the body or in the properties: the routing key of a replay may be another.",
        "To start, and in a new epoch, for a copy of the objects: bind the queue first. Then read the objects from the service, by "
        + "ListVirtualServers and the lists of the other kinds (gRPC), or by HTTP as openapi.json describes. Then process the queue. A "
        + "change whose version is not greater than the one read of its object is part of what was read. This does not hold for "
        + "virtual_server.condition_raised and virtual_server.condition_cleared, which have no version of their own: process all of them.",
        "Bindings: a queue receives what is published after it is bound. With several bindings, to one exchange or to both, it receives "
        + "a message once.",
        "Who declares: the service declares both exchanges, durable and without arguments, whenever it connects. A consumer declares its "
        + "queue and the bindings. Its account needs the permissions to configure, write and read its queue, and to read the exchanges; "
        + "and to configure an exchange only if it declares it, too, in order to start before the service.",
        "A newer service may add fields, types, headers and values of enums: ignore those that are unknown, and reject no message because "
        + "of them. The schemas are those of the calls of the service, too: what their descriptions say of requests and commands does not "
        + "concern messages.");

    private static JsonObject Write()
    {
        var schemas = ChangeSchema.Of(JsonSchemas.Components);
        schemas[AsyncApiMessages.Headers] = AsyncApiMessages.HeaderSchema();
        return new()
        {
            ["asyncapi"] = "3.0.0",
            ["info"] = new JsonObject
            {
                ["title"] = "VsGrpc: the changes of the registry of load-balancer virtual servers",
                ["version"] = Version,
                ["description"] = Description,
            },
            ["defaultContentType"] = "application/json",
            ["servers"] = new JsonObject
            {
                ["amqp"] = Server("amqp", "5672", "The RabbitMQ of the service (RabbitMq:Uri)."),
                ["amqps"] = Server("amqps", "5671", "The same with TLS."),
            },
            ["channels"] = AsyncApiChannels.All(),
            ["operations"] = AsyncApiChannels.Operations(),
            ["components"] = new JsonObject
            {
                ["messages"] = AsyncApiMessages.All(),
                ["schemas"] = schemas,
                ["securitySchemes"] = new JsonObject
                {
                    [Account] = new JsonObject { ["type"] = "userPassword", ["description"] = "An account of RabbitMQ for the consumer." },
                },
            },
        };
    }

    private static JsonObject Server(string protocol, string port, string description) => new()
    {
        ["host"] = "{host}:{port}",
        ["pathname"] = "/{virtualHost}",
        ["protocol"] = protocol,
        ["protocolVersion"] = "0-9-1",
        ["description"] = description,
        ["variables"] = new JsonObject
        {
            ["host"] = new JsonObject { ["description"] = "The name or address of the broker." },
            ["port"] = new JsonObject { ["default"] = port },
            ["virtualHost"] = new JsonObject
            {
                ["default"] = "%2F", ["description"] = "The virtual host of the service, percent-encoded: %2F is that of the name /.",
            },
        },
        ["security"] = new JsonArray(new JsonObject { ["$ref"] = $"#/components/securitySchemes/{Account}" }),
    };
}
