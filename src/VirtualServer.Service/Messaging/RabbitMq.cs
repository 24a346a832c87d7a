using System.Net.Security;
using MassTransit;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using RabbitMQ.Client;
using VirtualServers.Contracts;
using VirtualServers.Service.Faults;
using VirtualServers.Service.Feed;
using VirtualServers.Service.Telemetry;

namespace VirtualServers.Service.Messaging;

/// <summary>MassTransit on RabbitMQ: a durable topic exchange, a headers exchange behind it, plain JSON, and no consumers.</summary>
public static class RabbitMq
{
    // MassTransit's own check looks at consumers, of which there are none, and reports a broker that is down as healthy.
    private const string MassTransitCheck = "masstransit";

    private const string Example = "RabbitMq__Uri=amqp://user:password@host:5672/";

    private const SslPolicyErrors AnyTlsError =
        SslPolicyErrors.RemoteCertificateChainErrors
        | SslPolicyErrors.RemoteCertificateNameMismatch
        | SslPolicyErrors.RemoteCertificateNotAvailable;

    /// <param name="serves">False for a command on the schema, which connects to no broker and needs no address.</param>
    public static IServiceCollection AddMessaging(this IServiceCollection services, IConfiguration configuration, bool serves)
    {
        var address = serves ? Address(configuration) : new Uri("amqp://127.0.0.1/");
        services.AddMassTransit(bus =>
        {
            bus.DisableUsageTelemetry();
            bus.ConfigureHealthCheckOptions(check => check.Name = MassTransitCheck);
            bus.UsingRabbitMq((_, rabbit) => Configure(rabbit, address));
        });
        services.AddPublishObserver<Publisher.Refusals>();
        services.AddSingleton<Publisher>().AddSingleton<Replays>();
        services.AddSingleton<ILeading, Announcer>().AddSingleton<ILeading, ParkedAnnouncements>();
        services.AddSingleton<RabbitMqCheck>().AddSingleton<AnnouncementsCheck>();
        services.AddHealthChecks().AddCheck<RabbitMqCheck>(Health.RabbitMq).AddCheck<AnnouncementsCheck>(Health.Announcements);
        services.AddSingleton<AnnouncementLag>()
            .AddSingleton(provider => new Sample("announcements", provider.GetRequiredService<AnnouncementLag>().Read));
        services.PostConfigure<HealthCheckServiceOptions>(health =>
            health.Registrations.Remove(health.Registrations.Single(check => check.Name == MassTransitCheck)));
        return services;
    }

    /// <summary>The setting <c>RabbitMq:Uri</c>.</summary>
    public static Uri Address(IConfiguration configuration)
    {
        var configured = configuration["RabbitMq:Uri"];
        if (string.IsNullOrWhiteSpace(configured))
            throw new StartupException(
                $"RabbitMq:Uri is not set: give the address of RabbitMQ, for instance in the environment as {Example}");
        return Uri.TryCreate(configured, UriKind.Absolute, out var address)
            && address is { Scheme: "amqp" or "amqps", Host.Length: > 0 }
            ? address
            : throw new StartupException($"RabbitMq:Uri is not an address of RabbitMQ: write it like {Example}");
    }

    /// <summary>A factory of connections of their own, beside that of MassTransit.</summary>
    public static ConnectionFactory Factory(IConfiguration configuration)
    {
        var address = Address(configuration);
        var factory = new ConnectionFactory
        {
            Uri = address, AutomaticRecoveryEnabled = false, ClientProvidedName = "virtualserver replay",
        };
        if (address.Scheme == "amqps") factory.Ssl.ServerName = address.Host;
        return factory;
    }

    private static void Configure(IRabbitMqBusFactoryConfigurator rabbit, Uri address)
    {
        rabbit.Host(address, host =>
        {
            host.Heartbeat(TimeSpan.FromSeconds(10));
            // MassTransit accepts any certificate chain by default.
            if (address.Scheme == "amqps") host.UseSsl(tls => tls.EnforcePolicyErrors(AnyTlsError));
        });
        // Readable in any language: no envelope, and no headers with the name and versions of this machine.
        rabbit.UseRawJsonSerializer(RawSerializerOptions.CopyHeaders);
        rabbit.ConfigureJsonSerializerOptions(json =>
        {
            json.WriteIndented = false;
            return json;
        });
        // The topology of the message reads that of its interface.
        rabbit.Message<IHeaderRouted>(message => message.SetEntityName(ChangeAnnouncement.HeadersExchange));
        rabbit.Publish<IHeaderRouted>(publish => publish.ExchangeType = ExchangeType.Headers);
        rabbit.Message<ChangeAnnouncement>(message => message.SetEntityName(ChangeAnnouncement.Exchange));
        rabbit.Publish<ChangeAnnouncement>(publish =>
        {
            publish.ExchangeType = ExchangeType.Topic;
            publish.Durable = true;
            publish.AutoDelete = false;
        });
        rabbit.DeployPublishTopology = true;
    }
}
