using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace VirtualServers.Consumer;

/// <summary>Registers subscriptions to changes with MassTransit.</summary>
public static class ChangeSubscriptions
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Subscribes a handler to changes: declares its durable queue with one active consumer, binds it, and calls the handler for every
    /// change once, in order. Needs <c>rabbit.ConfigureEndpoints(context)</c> in <c>UsingRabbitMq</c>, and remembers what was processed in
    /// the <see cref="ISeenChanges"/> of the container; without one, in memory.
    /// </summary>
    /// <typeparam name="THandler">The handler.</typeparam>
    /// <param name="bus">The registration of MassTransit.</param>
    /// <param name="queue">The name of the queue, which no other subscriber uses.</param>
    /// <param name="configure">Chooses the changes; without it, the queue receives all.</param>
    /// <returns>The registration.</returns>
    public static IBusRegistrationConfigurator AddVirtualServerChanges<THandler>(
        this IBusRegistrationConfigurator bus, string queue, Action<ChangeSubscription>? configure = null)
        where THandler : class, IChangeHandler
    {
        ArgumentNullException.ThrowIfNull(bus);
        ArgumentException.ThrowIfNullOrWhiteSpace(queue);
        if (bus.Any(known => known.ServiceType == typeof(SubscriptionOf<THandler>)))
            throw new ConfigurationException($"{typeof(THandler)} already handles a queue: add its bindings there, or use another handler");
        var subscription = new ChangeSubscription(queue);
        configure?.Invoke(subscription);
        bus.TryAddScoped<THandler>();
        bus.TryAddSingleton<ISeenChanges, SeenInMemory>();
        bus.AddSingleton(new SubscriptionOf<THandler>(subscription));
        bus.AddConsumer<ChangeConsumer<THandler>, ChangeConsumerDefinition<THandler>>();
        // Without a limit, a change that fails would hold up the end of the program.
        bus.AddOptions<MassTransitHostOptions>().PostConfigure(options =>
        {
            if (options.StopTimeout is null) options.ConsumerStopTimeout ??= StopTimeout;
        });
        return bus;
    }
}
