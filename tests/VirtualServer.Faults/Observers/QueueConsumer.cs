using System.Text;
using Google.Protobuf;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;
using VirtualServers.Contracts;
using VirtualServers.V1;

namespace VirtualServers.Faults.Observers;

/// <summary>
/// Consumes a durable quorum queue with a single active consumer, as docs/following-changes.md recommends. It leaves now and then without a
/// word, with messages that it has not acknowledged.
/// </summary>
/// <param name="ackDelay">How long it keeps a message before it acknowledges it and those before it.</param>
internal sealed class QueueConsumer(Inbox inbox, Uri broker, string queue, TimeSpan ackDelay, Journal journal, Random random)
{
    private const ushort Prefetch = 500;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5), Retry = TimeSpan.FromMilliseconds(500);

    private readonly TaskCompletionSource bound = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the queue is bound.</summary>
    public Task Bound => bound.Task;

    public async Task Follow(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await FollowOnce(TimeSpan.FromSeconds(random.Next(5, 60)), stop);
            }
            catch (Exception exception) when (exception is RabbitMQClientException or IOException or TimeoutException
                or OperationCanceledException or System.Net.Sockets.SocketException)
            {
                journal.Note($"{inbox.Name} reconnects: {exception.GetType().Name} {exception.Message}");
            }

            await Waiting.For(Retry, stop);
        }
    }

    private async Task FollowOnce(TimeSpan span, CancellationToken stop)
    {
        var factory = new ConnectionFactory
        {
            Uri = broker, AutomaticRecoveryEnabled = false, RequestedHeartbeat = Timeout, RequestedConnectionTimeout = Timeout,
            ContinuationTimeout = Timeout, ClientProvidedName = inbox.Name,
        };
        var connection = await factory.CreateConnectionAsync(stop);
        try
        {
            var channel = await connection.CreateChannelAsync(cancellationToken: stop);
            await channel.BasicQosAsync(0, Prefetch, global: false, stop);
            await channel.ExchangeDeclareAsync(ChangeAnnouncement.Exchange, ExchangeType.Topic, durable: true, cancellationToken: stop);
            await channel.QueueDeclareAsync(
                queue, durable: true, exclusive: false, autoDelete: false,
                new Dictionary<string, object?> { ["x-queue-type"] = "quorum", ["x-single-active-consumer"] = true },
                cancellationToken: stop);
            await channel.QueueBindAsync(queue, ChangeAnnouncement.Exchange, "#", cancellationToken: stop);
            var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            connection.ConnectionShutdownAsync += (_, _) => Task.FromResult(ended.TrySetResult());
            channel.ChannelShutdownAsync += (_, _) => Task.FromResult(ended.TrySetResult());
            var acks = new LateAcks(channel, ackDelay);
            var consumer = new AsyncEventingBasicConsumer(channel);
            consumer.ReceivedAsync += async (_, message) =>
            {
                Take(message);
                await acks.Acknowledge(message.DeliveryTag);
            };
            await channel.BasicConsumeAsync(queue, autoAck: false, consumer, stop);
            inbox.Connections++;
            bound.TrySetResult();
            await Task.WhenAny(ended.Task, Waiting.For(span, stop));
        }
        finally
        {
            await connection.CloseAsync(Constants.ReplySuccess, "leaves", Timeout, abort: true, CancellationToken.None)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await connection.DisposeAsync().AsTask().WaitAsync(Timeout, CancellationToken.None)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Take(BasicDeliverEventArgs message)
    {
        try
        {
            var received = Received.Of(JsonParser.Default.Parse<Change>(Encoding.UTF8.GetString(message.Body.Span)));
            if (received.EventId != message.BasicProperties.MessageId || received.Type != message.RoutingKey)
            {
                journal.Violate(
                    "a message names its change",
                    $"{received.EventId} {received.Type} came as {message.BasicProperties.MessageId} {message.RoutingKey}");
            }

            inbox.Add(received);
        }
        catch (InvalidProtocolBufferException exception)
        {
            journal.Violate("a message is a change", $"{message.BasicProperties.MessageId}: {exception.Message}");
        }
    }
}
