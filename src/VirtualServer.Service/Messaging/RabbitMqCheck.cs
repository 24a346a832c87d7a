using MassTransit;
using MassTransit.RabbitMqTransport;
using MassTransit.RabbitMqTransport.Configuration;
using MassTransit.Transports;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using VirtualServers.Domain;
using VirtualServers.Service.Telemetry;

namespace VirtualServers.Service.Messaging;

/// <summary>
/// Whether the broker takes what is published: it owes no confirmation, and it confirms a message that is routed to no queue. An open
/// connection alone says nothing: a frozen broker keeps it, and so does one that has blocked publishers because it is short of memory.
/// </summary>
public sealed class RabbitMqCheck : IHealthCheck
{
    private const string NoQueue = "virtualserver.probe";

    private readonly IBusInstance bus;
    private readonly Publisher publisher;
    private readonly Probe probe;

    public RabbitMqCheck(IBusInstance bus, Publisher publisher, TimeProvider clock)
    {
        (this.bus, this.publisher) = (bus, publisher);
        probe = new("RabbitMQ", Ask, clock);
    }

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        publisher.OverdueSince is { } since
            ? Task.FromResult(HealthCheckResult.Unhealthy($"RabbitMQ has not confirmed an announcement since {since.InUtc}"))
            : probe.Check(cancellationToken);

    private async Task<string?> Ask(CancellationToken cancellation)
    {
        IConnection? open = null;
        await ((IRabbitMqHostConfiguration)bus.HostConfiguration).ConnectionContextSupervisor
            .Send(Pipe.Execute<ConnectionContext>(connection => open = connection.Connection), cancellation).WaitAsync(cancellation);
        if (open is not { IsOpen: true }) return "the connection to RabbitMQ is closed";
        try
        {
            await using var channel = await open.CreateChannelAsync(new CreateChannelOptions(true, true), cancellation);
            await channel.BasicPublishAsync("", NoQueue, ReadOnlyMemory<byte>.Empty, cancellation).AsTask().WaitAsync(cancellation);
        }
        catch (OperationInterruptedException refusal) when (refusal.ShutdownReason?.ReplyCode == Constants.AccessRefused)
        {
            // An answer, too: the account of the service may publish to its own exchange only.
        }

        return null;
    }
}
