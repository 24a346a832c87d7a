using System.Text;
using Google.Protobuf;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using VirtualServers.Contracts;
using VirtualServers.Domain;
using VirtualServers.Service.Faults;
using VirtualServers.Service.Feed;
using VirtualServers.Service.Security;
using VirtualServers.V1;

namespace VirtualServers.Service.Messaging;

/// <summary>
/// Publishes changes of the past again, to one exchange or queue that exists. Each replay has a connection of its own, so that a
/// destination that blocks does not hold up the announcements.
/// </summary>
public sealed class Replays(IConfiguration configuration, Tail tail, ChangeTimes times, TimeProvider clock)
{
    private const int PageSize = 200;

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    public async Task Publish(ReplayQuery query, Func<ReplayChangesResponse, Task> send, CancellationToken cancellation)
    {
        if (query.Malformed.Count > 0) throw new Refused(query.Malformed);
        var progress = new ReplayChangesResponse();
        try
        {
            await using var connection = await RabbitMq.Factory(configuration).CreateConnectionAsync(cancellation);
            await using var channel = await connection.CreateChannelAsync(
                new(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true), cancellation);
            await Expect(channel, query, cancellation);
            await Publish(channel, query, progress, send, cancellation);
        }
        catch (Exception exception) when (Dismissal.Of(exception) is { } dismissed)
        {
            throw dismissed;
        }
        catch (Exception exception) when (exception is RabbitMQClientException or IOException or TimeoutException)
        {
            throw new Refused(new Violation(
                Reason.BrokerUnavailable, "",
                $"RabbitMQ cannot be reached, or refuses a message for the {query}: replay from sequence {progress.Sequence + 1}"));
        }
    }

    private static async Task Expect(IChannel channel, ReplayQuery query, CancellationToken cancellation)
    {
        try
        {
            if (query.IsQueue) await channel.QueueDeclarePassiveAsync(query.Name, cancellation);
            else await channel.ExchangeDeclarePassiveAsync(query.Name, cancellation);
        }
        catch (OperationInterruptedException exception) when (exception.ShutdownReason?.ReplyCode == Constants.NotFound)
        {
            throw new Refused(new Violation(
                Reason.NotFound, query.IsQueue ? "queue" : "exchange", $"RabbitMQ has no {query}: declare it before the replay"));
        }
        catch (OperationInterruptedException exception) when (exception.ShutdownReason?.ReplyCode == Constants.ResourceLocked)
        {
            throw new Refused(new Violation(
                Reason.FieldInvalid, "queue", $"the {query} belongs to one connection alone: use a queue that is not exclusive"));
        }
    }

    private async Task Publish(
        IChannel channel, ReplayQuery query, ReplayChangesResponse progress, Func<ReplayChangesResponse, Task> send,
        CancellationToken cancellation)
    {
        using var reader = await tail.Open(null, cancellation);
        await tail.CatchUp(cancellation);
        if (query.First > 1) await tail.Expect(query.First, "first_sequence", cancellation);
        var end = query.Last == 0 ? tail.Position : Math.Min(query.Last, tail.Position);
        var start = query.From is { } from ? await times.Before(from, tail.Position, cancellation) : 0;
        reader.Seek(Math.Max(query.First - 1, start));
        progress.Sequence = reader.Position;
        var sent = clock.GetTimestamp();
        while (reader.Position < end)
        {
            var page = await reader.Next(PageSize, TimeSpan.Zero, cancellation);
            var wanted = page.Changes.Where(change => change.Sequence <= end && IsWanted(change, query)).ToList();
            await Task.WhenAll(wanted.Select(change => Publish(channel, query, change, cancellation).AsTask()));
            progress.Published += wanted.Count;
            progress.Sequence = Math.Min(page.Position, end);
            if (clock.GetElapsedTime(sent) < Period) continue;
            await send(progress.Clone());
            sent = clock.GetTimestamp();
        }

        progress.Done = true;
        await send(progress);
    }

    private static bool IsWanted(FeedChange change, ReplayQuery query) =>
        change.Flaw is null && !(change.Time < query.From) && !(change.Time >= query.Until)
        && Effects.On(change, query.Filter, Tenants.All) is not null;

    private static ValueTask Publish(IChannel channel, ReplayQuery query, FeedChange change, CancellationToken cancellation)
    {
        var properties = new BasicProperties { Headers = new Dictionary<string, object?> { [ChangeHeaders.Replayed] = true } };
        MessageHeaders.Describe(change, properties);
        var (exchange, key) = query.IsQueue ? ("", query.Name) : (query.Name, MessageHeaders.RoutingKey(change));
        var body = Encoding.UTF8.GetBytes(JsonFormatter.Default.Format(change.Whole));
        // A queue may be deleted meanwhile. An exchange may have no queue for a change.
        return channel.BasicPublishAsync(exchange, key, mandatory: query.IsQueue, properties, body, cancellation);
    }
}
