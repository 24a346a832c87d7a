using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using VirtualServers.Contracts;
using VirtualServers.V1;

namespace VirtualServers.Consumer;

/// <summary>
/// Gives a handler the changes of its queue. A change whose work fails is repeated here, not moved to an error queue, because later changes
/// of the object would overtake it.
/// </summary>
internal sealed class ChangeConsumer<THandler>(
    IServiceScopeFactory scopes, SubscriptionOf<THandler> own, ILogger<ChangeConsumer<THandler>> logger) : IConsumer<ChangeAnnouncement>
    where THandler : class, IChangeHandler
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);

    public async Task Consume(ConsumeContext<ChangeAnnouncement> context)
    {
        var change = context.Message.Change;
        for (var pause = FirstPause; ; pause = Longer(pause))
        {
            try
            {
                await Process(change, context.CancellationToken).ConfigureAwait(false);
                return;
            }
            catch (Exception exception) when (!context.CancellationToken.IsCancellationRequested)
            {
                ChangeLog.Failed(logger, exception, change.Type, change.Id, change.Sequence, pause);
            }

            // When the bus stops, MassTransit cancels after its ConsumerStopTimeout, and the message returns to the queue.
            await Task.Delay(pause, context.CancellationToken).ConfigureAwait(false);
        }
    }

    private async Task Process(Change change, CancellationToken cancellation)
    {
        var scope = scopes.CreateAsyncScope();
        await using (scope.ConfigureAwait(false))
        {
            var handler = scope.ServiceProvider.GetRequiredService<THandler>();
            await scope.ServiceProvider.GetRequiredService<ISeenChanges>().ProcessOnce(
                own.Subscription.Queue, change,
                async isNewEpoch =>
                {
                    if (isNewEpoch) await handler.BeginEpoch(change.Epoch, cancellation).ConfigureAwait(false);
                    await handler.Handle(change, cancellation).ConfigureAwait(false);
                },
                cancellation).ConfigureAwait(false);
        }
    }

    private TimeSpan Longer(TimeSpan pause) => pause * 2 < own.Subscription.MaxPause ? pause * 2 : own.Subscription.MaxPause;
}

/// <summary>The endpoint of a subscription.</summary>
internal sealed class ChangeConsumerDefinition<THandler> : ConsumerDefinition<ChangeConsumer<THandler>>
    where THandler : class, IChangeHandler
{
    private readonly ChangeSubscription subscription;

    public ChangeConsumerDefinition(SubscriptionOf<THandler> own)
    {
        subscription = own.Subscription;
        EndpointName = subscription.Queue;
        ConcurrentMessageLimit = 1; // one after another, in order
    }

    protected override void ConfigureConsumer(
        IReceiveEndpointConfigurator endpointConfigurator, IConsumerConfigurator<ChangeConsumer<THandler>> consumerConfigurator,
        IRegistrationContext context)
    {
        if (endpointConfigurator is not IRabbitMqReceiveEndpointConfigurator endpoint)
            throw new ConfigurationException($"the changes of the queue {subscription.Queue} are on RabbitMQ: use UsingRabbitMq");
        endpoint.UseRawJsonDeserializer(isDefault: true); // the body is the change itself, without the envelope of MassTransit
        endpoint.ConfigureConsumeTopology = false; // the queue is bound to the exchanges below, not to one named after the type
        endpoint.PrefetchCount = subscription.PrefetchCount;
        endpoint.SingleActiveConsumer = true; // of several instances, one receives, and another goes on when it ends
        if (subscription.IsQuorum) endpoint.SetQuorumQueue();
        foreach (var pattern in subscription.Types)
        {
            endpoint.Bind(ChangeAnnouncement.Exchange, exchange =>
                (exchange.ExchangeType, exchange.RoutingKey) = ("topic", pattern));
        }

        foreach (var headers in subscription.Headers)
        {
            endpoint.Bind(ChangeAnnouncement.HeadersExchange, exchange =>
            {
                exchange.ExchangeType = "headers";
                foreach (var (name, value) in headers) exchange.SetBindingArgument(name, value);
            });
        }
    }
}

internal static partial class ChangeLog
{
    [LoggerMessage(
        1, LogLevel.Error,
        "Change {Type} of {Id}, sequence {Sequence}, could not be processed. It is repeated in {Pause}; later ones wait.")]
    public static partial void Failed(ILogger logger, Exception exception, string type, string id, long sequence, TimeSpan pause);
}
