using System.Text.Json.Nodes;
using VirtualServers.Contracts;
using VirtualServers.Service.Wire;

namespace VirtualServers.Service.Messaging;

/// <summary>The exchanges and queues in the AsyncAPI document, and what the service sends to them.</summary>
internal static class AsyncApiChannels
{
    private const string Changes = "changes", ByHeader = "changesByHeader", Queue = "queue", BindingVersion = "0.3.0";

    /// <summary>Every channel, by its name.</summary>
    public static JsonObject All() => new()
    {
        [Changes] = Exchange(
            ChangeAnnouncement.Exchange, "topic",
            "The routing key is the type of the change. Bind a queue by virtual_server.#, virtual_server.created, *.deleted, or # for "
            + "everything."),
        [ByHeader] = Exchange(
            ChangeAnnouncement.HeadersExchange, "headers",
            "The same messages, which arrive as from the topic exchange: the broker passes them on. Bind a queue by headers of "
            + $"{AsyncApiMessages.Headers}: {{\"x-match\": \"all\", \"kind\": \"virtual_server\", \"tenant\": \"<UUID>\"}}. For objects "
            + "that leave the tenant, bind it a second time, with \"tenant-before\" instead of \"tenant\"; for those that leave a "
            + "\"placement\", with \"placement-before\"."),
        [Queue] = new JsonObject
        {
            ["address"] = "{queue}",
            ["title"] = "The queue of a consumer",
            ["description"] =
                "Declared and bound by the consumer, one for each: consumers that share a queue receive a part of the changes each, and "
                + "out of order. Recommended are the arguments of x-queue-arguments: a quorum queue survives the loss of a node of the "
                + "broker, and with a single active consumer another instance takes over in order. Do not use x-overflow "
                + "reject-publish: a full queue would hold up the changes of its objects for every consumer.",
            ["parameters"] = new JsonObject { ["queue"] = new JsonObject { ["description"] = "The name of the queue." } },
            ["messages"] = AsyncApiMessages.References(),
            ["bindings"] = Amqp(new()
            {
                ["is"] = "queue",
                ["queue"] = new JsonObject { ["durable"] = true, ["exclusive"] = false, ["autoDelete"] = false },
            }),
            ["x-queue-arguments"] = new JsonObject { ["x-queue-type"] = "quorum", ["x-single-active-consumer"] = true },
        },
    };

    /// <summary>What the service does with the channels.</summary>
    public static JsonObject Operations() => new()
    {
        ["announce"] = Sends(Changes, "Every change, once it is committed."),
        ["announceByHeader"] = Sends(ByHeader, "The same messages, passed on by the broker."),
        ["replay"] = Sends(
            Queue,
            "Changes of the past, again, when an operator calls ReplayChanges for a queue. They come through the default exchange: the "
            + "name of the exchange is empty, the routing key is the name of the queue, and the header x-replayed is true. Between them, "
            + "new changes arrive from the exchange. An operator can also replay to an exchange, with the routing keys of the "
            + "announcements."),
    };

    /// <summary>A binding of AMQP, with the version of its form.</summary>
    public static JsonObject Amqp(JsonObject binding)
    {
        binding["bindingVersion"] = BindingVersion;
        return new() { ["amqp"] = binding };
    }

    private static JsonObject Exchange(string name, string type, string description) => new()
    {
        ["address"] = "{type}",
        ["title"] = $"The {type} exchange {name}",
        ["description"] = description,
        ["parameters"] = new JsonObject
        {
            ["type"] = new JsonObject
            {
                ["description"] = "The type of the change.",
                ["enum"] = JsonSchemas.Array(AsyncApiMessages.Bodies.Keys),
                ["location"] = "$message.payload#/type",
            },
        },
        ["messages"] = AsyncApiMessages.References(),
        ["bindings"] = Amqp(new()
        {
            ["is"] = "routingKey",
            ["exchange"] = new JsonObject { ["name"] = name, ["type"] = type, ["durable"] = true, ["autoDelete"] = false },
        }),
    };

    private static JsonObject Sends(string channel, string summary) => new()
    {
        ["action"] = "send",
        ["channel"] = new JsonObject { ["$ref"] = $"#/channels/{channel}" },
        ["description"] = summary,
        ["bindings"] = Amqp(new() { ["deliveryMode"] = 2, ["mandatory"] = false, ["timestamp"] = true, ["ack"] = true }),
    };
}
