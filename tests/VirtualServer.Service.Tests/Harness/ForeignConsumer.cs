using System.Text;
using Google.Protobuf;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using VirtualServers.Contracts;
using VirtualServers.V1;

namespace VirtualServers.Service.Tests.Harness;

/// <summary>A message as a program in any language gets it.</summary>
internal sealed record Announcement(
    string? MessageId,
    string RoutingKey,
    string? ContentType,
    bool Persistent,
    string Sender,
    IReadOnlyList<string> Headers,
    string Body)
{
    /// <summary>What it says of itself in properties of AMQP: type, time and correlation id.</summary>
    public (string? Type, long Time, string? CorrelationId) Properties { get; init; }

    // Other services on the broker may have newer contracts.
    private static readonly JsonParser Parser = new(JsonParser.Settings.Default.WithIgnoreUnknownFields(true));

    private readonly Lazy<Change> change = new(() => Parser.Parse<Change>(Body));

    /// <summary>The body, read as the contract says.</summary>
    public Change Change => change.Value;

    public override string ToString() => $"{MessageId} {Body}";
}

/// <summary>
/// A consumer with nothing but RabbitMQ's client: an exclusive queue of its own, bound to the exchange. All tests share the exchange, so
/// each filters for its own objects.
/// </summary>
internal sealed class ForeignConsumer : IAsyncDisposable
{
    private readonly IConnection connection;
    private readonly IChannel channel;
    private readonly List<Announcement> received = [];

    private ForeignConsumer(IConnection connection, IChannel channel) => (this.connection, this.channel) = (connection, channel);

    /// <summary>A consumer bound to these patterns.</summary>
    public static async Task<ForeignConsumer> Start(params string[] patterns) => await At((await Servers.Get()).RabbitMq, patterns);

    /// <summary>The same on another broker.</summary>
    public static async Task<ForeignConsumer> At(Uri broker, params string[] patterns)
    {
        var connection = await new ConnectionFactory { Uri = broker }.CreateConnectionAsync();
        var consumer = new ForeignConsumer(connection, await connection.CreateChannelAsync());
        await consumer.Consume(patterns.Length == 0 ? ["#"] : patterns);
        return consumer;
    }

    /// <summary>All announcements about an object received so far.</summary>
    public IReadOnlyList<Announcement> About(string id) => Received(change => change.Id == id);

    /// <summary>All matching announcements of changes of objects received so far, without news of conditions.</summary>
    public IReadOnlyList<Announcement> Received(Func<Change, bool> which) => Every(change => change.Condition is null && which(change));

    /// <summary>All matching news of conditions received so far.</summary>
    public IReadOnlyList<Announcement> News(Func<Change, bool> which) => Every(change => change.Condition is not null && which(change));

    /// <summary>The announcements about an object, once there are this many.</summary>
    public Task<IReadOnlyList<Announcement>> Receive(int count, string id) => Receive(count, change => change.Id == id);

    /// <summary>The matching announcements, once there are this many.</summary>
    public Task<IReadOnlyList<Announcement>> Receive(int count, Func<Change, bool> which) =>
        Eventually.Get(
            $"{count} announcements",
            () => Received(which),
            found => found.Count >= count,
            found => $"{found.Count}: {string.Join("\n", found)}");

    /// <summary>
    /// The matching announcements without repetitions, in the order of first arrival, once all stored events are among them.
    /// </summary>
    public async Task<IReadOnlyList<Committed>> Receive(Func<Change, bool> which, IReadOnlyCollection<Committed> stored)
    {
        var found = await Eventually.Get(
            $"{stored.Count} events announced",
            () => Received(which),
            received => Missing(received).Count == 0,
            received =>
                $"{received.Count} announcements, {Missing(received).Count} events missing, the first is {Missing(received).First()}");
        return [.. found.Select(a => new Committed(a.MessageId!, a.RoutingKey, a.Change.Id, a.Change.Version)).Distinct()];

        List<Committed> Missing(IEnumerable<Announcement> received) =>
            [.. stored.ExceptBy(received.Select(a => a.MessageId), one => one.EventId)];
    }

    /// <summary>Waits until a matching change has arrived.</summary>
    public Task Receive(Func<Change, bool> which) => Receive(1, which);

    /// <summary>All matching announcements received so far.</summary>
    public IReadOnlyList<Announcement> Every(Func<Change, bool> which)
    {
        lock (received) return [.. received.Where(announcement => which(announcement.Change))];
    }

    public async ValueTask DisposeAsync()
    {
        await channel.DisposeAsync();
        await connection.DisposeAsync();
    }

    private async Task Consume(string[] patterns)
    {
        await channel.ExchangeDeclareAsync(ChangeAnnouncement.Exchange, ExchangeType.Topic, durable: true);
        var queue = (await channel.QueueDeclareAsync()).QueueName;
        foreach (var pattern in patterns) await channel.QueueBindAsync(queue, ChangeAnnouncement.Exchange, pattern);
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += (_, message) =>
        {
            var properties = message.BasicProperties;
            var announcement = new Announcement(
                properties.MessageId,
                message.RoutingKey,
                properties.ContentType,
                properties.Persistent,
                $"{properties.AppId}{properties.UserId}{properties.ReplyTo}",
                [.. (properties.Headers ?? new Dictionary<string, object?>()).Select(header => $"{header.Key}={Text(header.Value)}")],
                Encoding.UTF8.GetString(message.Body.Span))
            {
                Properties = (properties.Type, properties.Timestamp.UnixTime, properties.CorrelationId),
            };
            lock (received) received.Add(announcement);
            return Task.CompletedTask;
        };
        await channel.BasicConsumeAsync(queue, autoAck: true, consumer);
    }

    /// <summary>The value of a header.</summary>
    public static string Text(object? value) => value is byte[] bytes ? Encoding.UTF8.GetString(bytes) : $"{value}";
}
