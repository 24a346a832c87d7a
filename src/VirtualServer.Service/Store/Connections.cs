using System.Data.Common;
using Npgsql;
using VirtualServers.Service.Faults;
using VirtualServers.Service.Security;
using static System.FormattableString;

namespace VirtualServers.Service.Store;

/// <summary>The connections to the database, made from one connection string.</summary>
public static class Connections
{
    private const string Name = "virtualserver";

    private const string Setting = "ConnectionStrings:Postgres";

    private const string Example = "ConnectionStrings__Postgres=Host=127.0.0.1;Username=virtualserver;Password=…;Database=virtualserver";

    // Commands, Gets and pages look up rows by key and name. PostgreSQL would plan a statement with arrays anew each time, which costs as
    // much as executing it, and would scan a table for a page that an index leads to. A plan made while a table was empty must fit when it
    // is full.
    private const string ByKey =
        "-c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off " +
        "-c max_parallel_workers_per_gather=0 -c jit=off";

    // A filter may match a few rows or most of them. The start of parallel workers takes longer than most pages.
    private const string Planned =
        "-c plan_cache_mode=force_custom_plan -c random_page_cost=1.1 -c max_parallel_workers_per_gather=0 -c jit=off";

    // By the time that the driver gives up, PostgreSQL has ended the statement, unless nothing comes back.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Connections for statements that look up by key, and for commits.</summary>
    /// <param name="limits">The limits of each statement; null for work on the schema, which takes as long as it takes.</param>
    /// <param name="parameter">A further parameter of the sessions.</param>
    /// <param name="opened">Called for each new connection, before its first statement.</param>
    public static NpgsqlDataSource OpenByKey(IConfiguration configuration, Limits? limits, string parameter, Action opened) =>
        Open(configuration, "commands", $"{ByKey} -c {parameter}", limits, opened);

    /// <summary>Connections for statements that PostgreSQL plans for their values.</summary>
    public static NpgsqlDataSource OpenPlanned(IConfiguration configuration, Limits? limits, Action opened) =>
        Open(configuration, limits is null ? "maintenance" : "reads", Planned, limits, opened);

    /// <summary>
    /// Connections to ask for a sign of life: few, because a frozen server keeps each of them, and given up after some seconds, because an
    /// answer may get lost with its connection.
    /// </summary>
    public static NpgsqlDataSource OpenForPulse(IConfiguration configuration)
    {
        var settings = Read(configuration);
        (settings.MinPoolSize, settings.MaxPoolSize, settings.Timeout, settings.CommandTimeout) = (0, 2, 10, 10);
        settings.CancellationTimeout = -1;
        settings.ApplicationName = $"{settings.ApplicationName ?? Name} pulse";
        return Build("pulse", settings, opened: null);
    }

    /// <summary>
    /// For a connection whose session holds the lock of the leader. PostgreSQL ends the session, and so frees the lock, soon after its peer
    /// says nothing more, because it is frozen or has vanished; the client gives up a server that does not answer.
    /// </summary>
    public static NpgsqlDataSource OpenForLeader(IConfiguration configuration)
    {
        var settings = Read(configuration);
        (settings.Pooling, settings.Timeout, settings.CommandTimeout, settings.CancellationTimeout) = (false, 5, 5, -1);
        settings.ApplicationName = $"{settings.ApplicationName ?? Name} leader";
        settings.Options = $"{settings.Options} -c idle_session_timeout=1200ms".Trim();
        return Build("leader", settings, opened: null);
    }

    // A pool without a name would show the connection string in metrics.
    private static NpgsqlDataSource Build(string pool, NpgsqlConnectionStringBuilder settings, Action? opened)
    {
        var builder = new NpgsqlDataSourceBuilder(settings.ConnectionString) { Name = pool };
        if (opened is not null)
        {
            builder.UsePhysicalConnectionInitializer(
                _ => opened(),
                _ =>
                {
                    opened();
                    return Task.CompletedTask;
                });
        }

        return builder.Build();
    }

    private static NpgsqlDataSource Open(IConfiguration configuration, string pool, string options, Limits? limits, Action opened)
    {
        var settings = Read(configuration);
        // Planning is half of PostgreSQL's work for small statements: prepare those that are executed again.
        if (settings.MaxAutoPrepare == 0) (settings.MaxAutoPrepare, settings.AutoPrepareMinUsages) = (200, 2);
        // No statement changes a session beyond its transaction, so a returned connection need not be reset by five statements.
        settings.NoResetOnClose = true;
        settings.ApplicationName ??= Name;
        // A statement of a killed process ends soon, with the locks that it holds or waits for.
        settings.Options = $"{settings.Options} -c client_connection_check_interval=1s {options}".Trim();
        if (limits is not null)
        {
            var (statement, wait) = (limits.StatementTimeout.TotalMilliseconds, limits.LockTimeout.TotalMilliseconds);
            settings.Options += Invariant($" -c statement_timeout={statement:F0} -c lock_timeout={wait:F0}");
            settings.CommandTimeout = (int)(limits.StatementTimeout + Patience).TotalSeconds;
        }

        return Build(pool, settings, opened);
    }

    /// <summary>The setting <c>ConnectionStrings:Postgres</c>.</summary>
    public static NpgsqlConnectionStringBuilder Read(IConfiguration configuration)
    {
        var configured = configuration.GetConnectionString("Postgres");
        if (string.IsNullOrWhiteSpace(configured))
            throw new StartupException(
                $"{Setting} is not set: give the address of PostgreSQL, for instance in the environment as {Example}");
        var settings = new NpgsqlConnectionStringBuilder();
        var mistakes = new Mistakes();
        foreach (var (keyword, value) in Keywords(configured))
        {
            try
            {
                settings[keyword] = value;
            }
            catch (Exception exception)
                when (exception is ArgumentException or FormatException or InvalidCastException or OverflowException)
            {
                // A keyword that Npgsql does not know may be a piece of a password.
                mistakes.Add(settings.ContainsKey(keyword)
                    ? $"{Setting} is invalid, the value of {keyword} cannot be used: write it like {Example}"
                    : $"{Setting} is invalid, it has a keyword that Npgsql does not know: write it like {Example}");
            }
        }

        if (string.IsNullOrWhiteSpace(settings.Host)) mistakes.Add($"{Setting} has no Host: write it like {Example}");
        if (string.IsNullOrWhiteSpace(settings.Username)) mistakes.Add($"{Setting} has no Username: write it like {Example}");
        if (settings.Port is < 1 or > 65535) mistakes.Add($"{Setting} is invalid, the value of port is out of range: use 1 to 65535");
        mistakes.Throw();
        return settings;
    }

    private static IEnumerable<(string Keyword, object Value)> Keywords(string configured)
    {
        try
        {
            var pairs = new DbConnectionStringBuilder { ConnectionString = configured };
            return [.. pairs.Keys.Cast<string>().Select(keyword => (keyword, pairs[keyword]))];
        }
        catch (ArgumentException exception)
        {
            throw new StartupException(
                $"{Setting} is invalid, it is no list of keywords and values: write it like {Example}", exception);
        }
    }
}

/// <summary>
/// Connections for statements whose best plan depends on their values: filtered lists, counts and uses, which may read a few rows or most
/// of them. All others look up by key and have one plan.
/// </summary>
public sealed class PlannedReads(NpgsqlDataSource source) : IAsyncDisposable
{
    public NpgsqlDataSource Source => source;

    public ValueTask DisposeAsync() => source.DisposeAsync();
}

/// <summary>
/// Connections for work on the schema and on whole tables (migrations, rebuild, verification): planned for their values, and without the
/// time limits of calls.
/// </summary>
public sealed class Maintenance(NpgsqlDataSource source) : IAsyncDisposable
{
    public NpgsqlDataSource Source => source;

    public ValueTask DisposeAsync() => source.DisposeAsync();
}
