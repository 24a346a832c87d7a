using JasperFx;
using JasperFx.Events;
using JasperFx.Events.Daemon;
using JasperFx.OpenTelemetry;
using Marten;
using Npgsql;
using VirtualServers.Service.Feed;
using VirtualServers.Service.Messaging;
using VirtualServers.Service.Views;
using Weasel.Core;
using Certificates = VirtualServers.Domain.Certificates;
using Inventory = VirtualServers.Domain.Inventory;
using Monitors = VirtualServers.Domain.Monitors;
using Pools = VirtualServers.Domain.Pools;
using Servers = VirtualServers.Domain.VirtualServers;

namespace VirtualServers.Service.Store;

/// <summary>Marten on PostgreSQL: events, views, and the tables that span aggregates.</summary>
public static class EventStore
{
    /// <summary>The database schema that everything lies in.</summary>
    public const string Schema = "registry";

    private const string Example = "ConnectionStrings__Postgres=Host=127.0.0.1;Username=virtualserver;Password=…;Database=virtualserver";

    // Commands, Gets and pages find their way by keys and names, row by row. PostgreSQL would plan what takes arrays anew each time, which costs as much
    // as doing it, and read a table for a page that an index leads to; and what it planned while a table was empty must be right when it is full.
    private const string ByKey = "-c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c max_parallel_workers_per_gather=0 -c jit=off";

    public static IServiceCollection AddEventStore(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(_ => new NpgsqlDataSourceBuilder(Settings(configuration, ByKey)).Build());
        services.AddSingleton(_ => new PlannedReads(Settings(configuration)));
        services.AddSingleton<CommitSignal>();
        services.AddMarten(provider => Options(provider.GetRequiredService<NpgsqlDataSource>(), provider.GetRequiredService<CommitSignal>()))
            .AddSubscriptionWithServices<Announcer>(ServiceLifetime.Singleton)
            .AddAsyncDaemon(DaemonMode.HotCold);
        services.AddSingleton<Turns>();
        services.AddHostedService<AnnouncerRestart>();
        services.AddSingleton<Commits>();
        services.AddSingleton<Registry>();
        services.AddSingleton<ExpirationWarning>();
        services.AddSingleton<Lookups>();
        services.AddSingleton<Reader>();
        services.AddSingleton<CertificateRotation>();
        services.AddHostedService<RequestRetention>();
        return services;
    }

    private static string Settings(IConfiguration configuration, string options = "")
    {
        var settings = Read(configuration.GetConnectionString("Postgres"));
        // Planning is half of PostgreSQL's work for statements this small: prepare those that come again.
        if (settings.MaxAutoPrepare == 0) (settings.MaxAutoPrepare, settings.AutoPrepareMinUsages) = (200, 2);
        // Nothing here changes a session beyond its transaction, so a connection that comes back needs no five statements to be reset.
        settings.NoResetOnClose = true;
        settings.ApplicationName ??= "virtualserver";
        // The lock of the announcing node lies in a query that sleeps for a minute (DistributedLock); PostgreSQL shall see sooner that
        // a process was killed, so that the next one announces.
        settings.Options = $"{settings.Options} -c client_connection_check_interval=1s {options}".Trim();
        return settings.ConnectionString;
    }

    private static NpgsqlConnectionStringBuilder Read(string? configured)
    {
        if (string.IsNullOrWhiteSpace(configured)) throw new StartupException($"ConnectionStrings:Postgres is not set: give PostgreSQL's address, for instance in the environment as {Example}");
        try
        {
            return new(configured);
        }
        catch (ArgumentException exception)
        {
            throw new StartupException($"ConnectionStrings:Postgres can't be read ({exception.Message}): write it like {Example}", exception);
        }
    }

    private static StoreOptions Options(NpgsqlDataSource source, CommitSignal committed)
    {
        var options = new StoreOptions();
        options.Connection(source);
        options.DatabaseSchemaName = Schema;
        // The schema is applied by Store/DatabaseSchema.cs, never by a call on its way.
        options.AutoCreateSchemaObjects = AutoCreate.None;
        options.DisableNpgsqlLogging = true;
        options.UseSystemTextJsonForSerialization(EnumStorage.AsString, Casing.CamelCase, json => StoredJson.Configure(json));

        var events = options.Events;
        StoredEvents.Register(events);
        events.StreamIdentity = StreamIdentity.AsGuid;
        // The service's clock, so that the view carries the very time of the event (Quick alone takes the database's on appends).
        events.AppendMode = EventAppendMode.QuickWithServerTimestamps;
        events.UseMandatoryStreamTypeDeclaration = true;
        events.EnableUniqueIndexOnEventId = true;
        events.MetadataConfig.CorrelationIdEnabled = true;
        events.MetadataConfig.CausationIdEnabled = true;
        events.MetadataConfig.UserNameEnabled = true;
        events.MetadataConfig.HeadersEnabled = true;
        // Without it the loser of a race burns a sequence number, and each hole holds up the feed for seconds.
        events.UseExclusiveLockOnConcurrentAppends = true;
        // Leader election needs it with the official DistributedLock.Postgres (Directory.Build.props).
        events.UseAdvisoryLockTransaction = true;

        // An event that this version does not know must stop the announcer, not be skipped: an older node may lead during a deploy.
        options.Projections.Errors.SkipUnknownEvents = false;
        options.Projections.Errors.SkipSerializationErrors = false;
        options.Projections.Errors.SkipApplyErrors = false;
        // Commits of this process wake the feed at once; those of others are found by polling.
        options.Projections.Wakeup = committed;
        options.Projections.SlowPollingTime = TimeSpan.FromMilliseconds(250);
        options.Projections.LeadershipPollingTime = 1000;

        // Marten's own bookkeeping on documents is of no use here: the view has version and times.
        options.Policies.DisableInformationalFields();
        options.Schema.For<View<Servers.VirtualServer>>().DocumentAlias("virtual_server");
        options.Schema.For<View<Pools.LoadBalancerPool>>().DocumentAlias("load_balancer_pool");
        options.Schema.For<View<Monitors.HealthCheckMonitor>>().DocumentAlias("health_check_monitor");
        options.Schema.For<View<Certificates.CertificateProfile>>().DocumentAlias("certificate_profile");
        options.Schema.For<View<Inventory.InventoryObject>>().DocumentAlias("inventory_object");
        options.Storage.ExtendedSchemaObjects.AddRange(RegistryTables.All);

        options.OpenTelemetry.TrackConnections = TrackLevel.Normal;
        options.OpenTelemetry.TrackEventCounters();
        return options;
    }
}
