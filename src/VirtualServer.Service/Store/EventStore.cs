using JasperFx;
using JasperFx.Events;
using JasperFx.OpenTelemetry;
using Marten;
using Npgsql;
using VirtualServers.Service.Faults;
using VirtualServers.Service.Security;
using VirtualServers.Service.Telemetry;
using Weasel.Core;

namespace VirtualServers.Service.Store;

/// <summary>Marten on PostgreSQL: the event store. The read models are registered by their own room.</summary>
public static class EventStore
{
    /// <summary>The database schema of all objects.</summary>
    public const string Schema = "registry";

    /// <summary>Marten's table of streams: a row for each object, with its version.</summary>
    public static readonly Sql Streams = Sql.Text($"{Schema}.mt_streams");

    /// <param name="serves">False for a command on the database, whose statements have no time limit.</param>
    /// <param name="readModels">The parameter of a session that tells the versions of the read models that it writes.</param>
    public static IServiceCollection AddEventStore(
        this IServiceCollection services, IConfiguration configuration, bool serves, string readModels)
    {
        services.AddSingleton(provider => Connections.OpenByKey(
            configuration, serves ? provider.GetRequiredService<Limits>() : null, readModels,
            provider.GetRequiredService<StoreState>().Opened));
        services.AddSingleton(provider => new PlannedReads(Connections.OpenPlanned(
            configuration, provider.GetRequiredService<Limits>(), provider.GetRequiredService<StoreState>().Opened)));
        services.AddSingleton(provider => new Maintenance(
            Connections.OpenPlanned(configuration, limits: null, provider.GetRequiredService<StoreState>().Opened)));
        services.AddSingleton<CommitSignal>();
        services.AddMarten(provider => Options(
                provider.GetRequiredService<NpgsqlDataSource>()));
        services.AddSingleton<Epochs>();
        services.AddSingleton<Commits>();
        services.AddHostedService<RequestRetention>();
        services.AddSingleton<StoreState>();
        services.AddSingleton<Pulse>().AddHostedService(provider => provider.GetRequiredService<Pulse>());
        services.AddSingleton<Disk>();
        services.AddHealthChecks().AddCheck<Pulse>(Health.PostgreSql).AddCheck<Disk>(Health.Disk);
        return services;
    }

    private static StoreOptions Options(NpgsqlDataSource source)
    {
        var options = new StoreOptions();
        options.Connection(source);
        options.DatabaseSchemaName = Schema;
        // The schema is applied by Store/DatabaseSchema.cs, never by a call.
        options.AutoCreateSchemaObjects = AutoCreate.None;
        options.DisableNpgsqlLogging = true;
        options.UseSystemTextJsonForSerialization(EnumStorage.AsString, Casing.CamelCase, json => StoredJson.Configure(json));

        var events = options.Events;
        StoredEvents.Register(events);
        events.StreamIdentity = StreamIdentity.AsGuid;
        // The clock of the service, so that the view carries the time of the event (Quick alone takes the clock of the database on
        // appends).
        events.AppendMode = EventAppendMode.QuickWithServerTimestamps;
        events.UseMandatoryStreamTypeDeclaration = true;
        events.EnableUniqueIndexOnEventId = true;
        events.MetadataConfig.CorrelationIdEnabled = true;
        events.MetadataConfig.CausationIdEnabled = true;
        events.MetadataConfig.UserNameEnabled = true;
        events.MetadataConfig.HeadersEnabled = true;
        // Without it, the loser of a race uses up a sequence number, and each gap delays the feed for seconds.
        events.UseExclusiveLockOnConcurrentAppends = true;

        // A view carries its own version and times, so Marten's informational columns are not needed.
        options.Policies.DisableInformationalFields();

        options.OpenTelemetry.TrackConnections = TrackLevel.Normal;
        options.OpenTelemetry.TrackEventCounters();
        return options;
    }
}
