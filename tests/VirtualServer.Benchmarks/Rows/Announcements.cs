using System.Collections.Concurrent;
using System.Diagnostics;
using RabbitMQ.Client;
using VirtualServers.Benchmarks.Measuring;
using VirtualServers.Benchmarks.Processes;

namespace VirtualServers.Benchmarks.Rows;

/// <summary>From a create to its announcement at a consumer, compared with bare publishes of messages of the same size.</summary>
internal static class Announcements
{
    private const string Exchange = "bench.changes";

    public static IEnumerable<Row> Of(Stage stage) =>
    [
        new(
            "announce-time",
            "from the answer of a create to its announcement at a consumer, 1 caller",
            "ms",
            true,
            new("service", span => Announced(stage, 1, span, Times)),
            new Contender("bare publish to consumer, one after another", span => Published(stage, 1, span, Times))),
        new(
            "announce-rate",
            "announcements under 16 creating callers, until the last has arrived; p50 and p99 are from answer to consumer",
            "announcements/s",
            false,
            new("service", span => Announced(stage, 16, span, Rate)),
            new Contender("bare publish with confirms, 16 at once", span => Published(stage, 16, span, Rate)),
            new Contender("bare publish with confirms, one after another", span => Published(stage, 1, span, Rate))),
        new(
            "announce-rate-64",
            "the same under 64 creating callers",
            "announcements/s",
            false,
            new("service", span => Announced(stage, 64, span, Rate)),
            new Contender("answers to creates, 64 callers", async span => await Creates.Service(stage, await stage.Service, 64, span))),
    ];

    /// <summary>The times from the answers of creates of one caller to their announcements.</summary>
    public static Task<Sample> Time(Stage stage, TimeSpan span) => Announced(stage, 1, span, Times);

    private static async Task<Sample> Announced(
        Stage stage,
        int callers,
        TimeSpan span,
        Func<long, List<(long Sent, long Arrived)>, Sample> tell)
    {
        var service = await stage.Service;
        await using var consumer = await Consumer.OfCreated(stage.Settings);
        var answered = new ConcurrentQueue<(string, long)>();
        var start = Stopwatch.GetTimestamp();
        await Creates.Create(stage, service, callers, span, id => answered.Enqueue((id, Stopwatch.GetTimestamp())));
        var arrived = await consumer.All(answered);
        await service.Drain();
        return tell(start, arrived);
    }

    // A channel for each publisher, which waits for the broker's confirmation before it publishes again.
    private static async Task<Sample> Published(
        Stage stage,
        int publishers,
        TimeSpan span,
        Func<long, List<(long Sent, long Arrived)>, Sample> tell)
    {
        var body = await Body(stage);
        await using var consumer = await Consumer.Start(stage.Settings, Exchange, "#", (properties, _) => properties.MessageId!);
        await using var connection = await new ConnectionFactory { Uri = stage.Settings.RabbitMq }.CreateConnectionAsync();
        var channels = new List<IChannel>();
        for (var i = 0; i < publishers; i++)
        {
            channels.Add(
                await connection.CreateChannelAsync(new(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true)));
        }

        var sent = new ConcurrentQueue<(string, long)>();
        var start = Stopwatch.GetTimestamp();
        await Load.Of(publishers, span, async publisher =>
        {
            var id = Guid.NewGuid().ToString();
            sent.Enqueue((id, Stopwatch.GetTimestamp()));
            await channels[publisher].BasicPublishAsync(
                Exchange,
                "virtual_server.created",
                mandatory: false,
                new BasicProperties { MessageId = id, Persistent = true },
                body);
        });
        var arrived = await consumer.All(sent);
        foreach (var channel in channels) await channel.DisposeAsync();
        return tell(start, arrived);
    }

    // A body of the size of the service's announcements.
    private static async Task<byte[]> Body(Stage stage)
    {
        await using var consumer = await Consumer.OfCreated(stage.Settings);
        var id = "";
        await Creates.Create(stage, await stage.Service, 1, TimeSpan.FromMilliseconds(1), created => id = created);
        await consumer.All([(id, 0)]);
        return consumer.LastBody;
    }

    private static Sample Times(long start, List<(long Sent, long Arrived)> messages) => Sample.Times(Milliseconds(messages));

    private static Sample Rate(long start, List<(long Sent, long Arrived)> messages) =>
        Sample.Rate(
            messages.Count / Stopwatch.GetElapsedTime(start, messages.Max(message => message.Arrived)).TotalSeconds,
            Milliseconds(messages));

    private static List<double> Milliseconds(List<(long Sent, long Arrived)> messages) =>
        [.. messages.Select(message => Stopwatch.GetElapsedTime(message.Sent, message.Arrived).TotalMilliseconds)];
}
