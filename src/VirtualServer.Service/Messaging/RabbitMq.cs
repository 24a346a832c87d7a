using System.Net.Security;
using MassTransit;
using RabbitMQ.Client;
using VirtualServers.Contracts;
using VirtualServers.Service.Telemetry;

namespace VirtualServers.Service.Messaging;

/// <summary>MassTransit on RabbitMQ: one durable topic exchange, plain JSON, no consumers of our own.</summary>
public static class RabbitMq
{
    private const string Example = "RabbitMq__Uri=amqp://user:password@host:5672/";

    public static IServiceCollection AddRabbitMq(this IServiceCollection services, IConfiguration configuration, bool serves)
    {
        // A command on the schema connects to no broker, so it need not know one.
        var address = serves ? Address(configuration["RabbitMq:Uri"]) : new Uri("amqp://127.0.0.1/");
        services.AddSingleton<Feed.Changes>();
        services.AddMassTransit(bus =>
        {
            bus.DisableUsageTelemetry();
            bus.ConfigureHealthCheckOptions(check => check.Name = HealthChecks.MassTransit);
            bus.UsingRabbitMq((_, rabbit) =>
            {
                rabbit.Host(address, host =>
                {
                    host.Heartbeat(TimeSpan.FromSeconds(10));
                    // MassTransit takes any certificate chain unless told otherwise.
                    if (address.Scheme == "amqps") host.UseSsl(tls => tls.EnforcePolicyErrors(SslPolicyErrors.RemoteCertificateChainErrors | SslPolicyErrors.RemoteCertificateNameMismatch | SslPolicyErrors.RemoteCertificateNotAvailable));
                });
                // Readable in any language: no envelope, and no headers that tell this machine's name and versions.
                rabbit.UseRawJsonSerializer(RawSerializerOptions.CopyHeaders);
                rabbit.ConfigureJsonSerializerOptions(json =>
                {
                    json.WriteIndented = false;
                    return json;
                });
                rabbit.Message<ChangeAnnouncement>(message => message.SetEntityName(ChangeAnnouncement.Exchange));
                rabbit.Publish<ChangeAnnouncement>(publish =>
                {
                    publish.ExchangeType = ExchangeType.Topic;
                    publish.Durable = true;
                    publish.AutoDelete = false;
                });
                rabbit.DeployPublishTopology = true;
            });
        });
        return services;
    }

    private static Uri Address(string? configured) =>
        string.IsNullOrWhiteSpace(configured) ? throw new StartupException($"RabbitMq:Uri is not set: give RabbitMQ's address, for instance in the environment as {Example}")
        : Uri.TryCreate(configured, UriKind.Absolute, out var address) && address.Scheme is "amqp" or "amqps" ? address
        : throw new StartupException($"RabbitMq:Uri is not an address of RabbitMQ: give one like {Example}");
}
