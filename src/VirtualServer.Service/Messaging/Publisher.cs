using System.Collections.Concurrent;
using System.Diagnostics;
using MassTransit;
using VirtualServers.Contracts;
using VirtualServers.Service.Feed;
using VirtualServers.Service.Telemetry;
using PublishException = RabbitMQ.Client.Exceptions.PublishException;

namespace VirtualServers.Service.Messaging;

/// <summary>
/// Publishes one change and waits for the broker's confirmation. While the broker is away it tries again; when a queue refuses the change
/// (a full queue with <c>x-overflow=reject-publish</c>), it says so at once.
/// </summary>
public sealed class Publisher(IBus bus, Instruments instruments, TimeProvider clock, ILogger<Publisher> logger) : IDisposable
{
    // A publish to a frozen broker may wait for ever; without a confirmation within this time it is repeated.
    private static readonly TimeSpan ConfirmationTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(5);

    // The types that a queue refuses, each logged once, and the changes whose confirmation is overdue, each with the time of its first
    // attempt that failed.
    private readonly ConcurrentDictionary<string, bool> refused = new();
    private readonly ConcurrentDictionary<Guid, DateTimeOffset> overdue = new();

    private readonly RepeatedFailure failure = new("Announcing on RabbitMQ", clock, logger);

    /// <summary>Since when the broker owes a confirmation; null when none is overdue.</summary>
    public DateTimeOffset? OverdueSince => overdue.IsEmpty ? null : overdue.Values.DefaultIfEmpty(clock.GetUtcNow()).Min();

    /// <summary>Publishes a change. True when the broker has confirmed it, false when a queue refuses it.</summary>
    public async Task<bool> Publish(FeedChange change, CancellationToken cancellation)
    {
        // The parent is the span of the command, so that one trace leads from the call to the consumer.
        using var activity = Instruments.Activities.StartActivity($"announce {change.Type}", ActivityKind.Producer, change.Span);
        try
        {
            for (var number = 1; ; number++)
            {
                using var attempt = new Attempt(cancellation);
                try
                {
                    await bus.Publish(new ChangeAnnouncement(change.Whole), context =>
                    {
                        context.MessageId = change.EventId;
                        context.SetRoutingKey(MessageHeaders.RoutingKey(change));
                        MessageHeaders.Describe(change, context.GetPayload<RabbitMqSendContext>().BasicProperties);
                        context.GetOrAddPayload(() => attempt);
                    }, attempt.Token);
                    instruments.Announced(change.Type);
                    failure.Succeeded();
                    return true;
                }
                catch (Exception) when (attempt.IsRefused)
                {
                    instruments.AnnouncementRefused(change.Type);
                    if (refused.TryAdd(change.Type, true))
                        Log.RefusedByQueue(logger, change.Type, change.Sequence, change.Whole.Name, change.Whole.Id);
                    return false;
                }
                catch (Exception exception) when (!cancellation.IsCancellationRequested)
                {
                    overdue.TryAdd(change.EventId, clock.GetUtcNow());
                    instruments.AnnouncementFailed();
                    failure.Failed($"change {change.Sequence} {change.Type}: {exception.GetBaseException().Message}");
                    await Task.Delay(Pause(number), cancellation);
                }
            }
        }
        finally
        {
            overdue.TryRemove(change.EventId, out _);
        }
    }

    public void Dispose() => failure.Dispose();

    /// <summary>Changes of a type are accepted again, or another node takes care of them.</summary>
    public bool Forget(string type) => refused.TryRemove(type, out _);

    /// <summary>Another node announces.</summary>
    public void ForgetAll() => refused.Clear();

    private static TimeSpan Pause(int attempt) =>
        TimeSpan.FromMilliseconds(Math.Min(MaxPause.TotalMilliseconds, 50 * Math.Pow(2, Math.Min(attempt, 10))));

    /// <summary>One attempt to publish, which ends with a confirmation, a refusal, or its time.</summary>
    private sealed class Attempt : IDisposable
    {
        private readonly CancellationTokenSource limit;

        public Attempt(CancellationToken cancellation)
        {
            limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limit.CancelAfter(ConfirmationTimeout);
        }

        public CancellationToken Token => limit.Token;

        public bool IsRefused { get; private set; }

        public void Refuse()
        {
            IsRefused = true;
            limit.Cancel();
        }

        public void Dispose() => limit.Dispose();
    }

    /// <summary>
    /// Ends an attempt whose message the broker has refused (basic.nack). MassTransit takes a refusal for a broken connection and publishes
    /// the message again every few seconds, until the attempt is out of time.
    /// </summary>
    public sealed class Refusals : IPublishObserver
    {
        public Task PrePublish<T>(PublishContext<T> context) where T : class => Task.CompletedTask;

        public Task PostPublish<T>(PublishContext<T> context) where T : class => Task.CompletedTask;

        public Task PublishFault<T>(PublishContext<T> context, Exception exception) where T : class
        {
            if (IsNack(exception) && context.TryGetPayload<Attempt>(out var attempt)) attempt.Refuse();
            return Task.CompletedTask;
        }

        private static bool IsNack(Exception? exception) =>
            exception is PublishException { IsReturn: false } || (exception is not null && IsNack(exception.InnerException));
    }
}
