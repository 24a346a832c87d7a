using System.Collections.Concurrent;
using System.Diagnostics;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using VirtualServers.Contracts;

namespace VirtualServers.Benchmarks.Processes;

/// <summary>A consumer with a queue of its own, which records the arrival time of each message.</summary>
internal sealed class Consumer : IAsyncDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<string, long> arrived = new();
    private readonly Func<IReadOnlyBasicProperties, ReadOnlyMemory<byte>, string> key;
    private IConnection connection = null!;
    private IChannel channel = null!;

    private Consumer(Func<IReadOnlyBasicProperties, ReadOnlyMemory<byte>, string> key) => this.key = key;

    /// <summary>The last body received, as a template for others.</summary>
    public byte[] LastBody { get; private set; } = [];

    /// <summary>A consumer of an exchange.</summary>
    /// <param name="key">The key that identifies a message.</param>
    public static async Task<Consumer> Start(
        Settings settings,
        string exchange,
        string pattern,
        Func<IReadOnlyBasicProperties, ReadOnlyMemory<byte>, string> key)
    {
        var consumer = new Consumer(key) { connection = await new ConnectionFactory { Uri = settings.RabbitMq }.CreateConnectionAsync() };
        var channel = consumer.channel = await consumer.connection.CreateChannelAsync();
        await channel.ExchangeDeclareAsync(exchange, ExchangeType.Topic, durable: true);
        var queue = (await channel.QueueDeclareAsync()).QueueName;
        await channel.QueueBindAsync(queue, exchange, pattern);
        var events = new AsyncEventingBasicConsumer(channel);
        events.ReceivedAsync += (_, message) =>
        {
            consumer.arrived.TryAdd(consumer.key(message.BasicProperties, message.Body), Stopwatch.GetTimestamp());
            consumer.LastBody = message.Body.ToArray();
            return Task.CompletedTask;
        };
        await channel.BasicConsumeAsync(queue, autoAck: true, events);
        return consumer;
    }

    /// <summary>A consumer of created virtual servers, by their ids.</summary>
    public static Task<Consumer> OfCreated(Settings settings) =>
        Start(settings, ChangeAnnouncement.Exchange, "virtual_server.created", (_, body) => IdIn(body.Span));

    /// <summary>The arrival times of these messages, once all have arrived.</summary>
    public async Task<List<(long Sent, long Arrived)>> All(IReadOnlyCollection<(string Key, long Sent)> sent)
    {
        var since = Stopwatch.GetTimestamp();
        while (sent.Any(one => !arrived.ContainsKey(one.Key)))
        {
            if (Stopwatch.GetElapsedTime(since) > Timeout)
                throw new TimeoutException($"of {sent.Count} messages only {sent.Count(one => arrived.ContainsKey(one.Key))} arrived");
            await Task.Delay(20);
        }

        return [.. sent.Select(one => (one.Sent, arrived[one.Key]))];
    }

    public async ValueTask DisposeAsync()
    {
        await channel.DisposeAsync();
        await connection.DisposeAsync();
    }

    // The object's id is the first field named id in the message; its references follow later.
    private static string IdIn(ReadOnlySpan<byte> body)
    {
        var name = "\"id\": \""u8;
        var start = body.IndexOf(name) + name.Length;
        return System.Text.Encoding.ASCII.GetString(body.Slice(start, 36));
    }
}
