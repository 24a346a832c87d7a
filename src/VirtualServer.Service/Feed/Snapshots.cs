using System.Data;
using System.Runtime.CompilerServices;
using Npgsql;
using VirtualServers.Service.Queries;
using VirtualServers.Service.Security;
using VirtualServers.Service.Store;

namespace VirtualServers.Service.Feed;

/// <summary>
/// The live objects as of one moment, for a watch that goes on from there: one transaction of PostgreSQL reads them all. Few are open at a
/// time, because each keeps PostgreSQL from cleaning up while it is open.
/// </summary>
public sealed class Snapshots(PlannedReads reads) : IDisposable
{
    private const int MaxOpen = 4;

    private readonly SemaphoreSlim room = new(MaxOpen);

    /// <summary>
    /// Waits until there is room, and begins a snapshot. Every change up to the position is in it, and so are some later ones.
    /// </summary>
    /// <param name="position">A position below which every change is committed.</param>
    public async Task<OpenSnapshot> Begin(long position, CancellationToken cancellation)
    {
        await room.WaitAsync(cancellation);
        NpgsqlConnection? connection = null;
        try
        {
            connection = await reads.Source.OpenConnectionAsync(cancellation);
            var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellation);
            Sql later = $"select seq_id from {StoredFact.Table} where seq_id > {position}";
            await using var command = later.Command(connection);
            await using var rows = await command.ExecuteReaderAsync(cancellation);
            var contained = new HashSet<long>();
            while (await rows.ReadAsync(cancellation)) contained.Add(rows.GetInt64(0));
            return new(this, connection, transaction, contained);
        }
        catch
        {
            if (connection is not null) await connection.DisposeAsync();
            room.Release();
            throw;
        }
    }

    public void Dispose() => room.Dispose();

    /// <summary>A snapshot has ended.</summary>
    internal void Close() => room.Release();
}

/// <summary>A snapshot that is being read.</summary>
/// <param name="contained">The sequence numbers of the changes after its position that it contains, too.</param>
public sealed class OpenSnapshot(
    Snapshots all, NpgsqlConnection connection, NpgsqlTransaction transaction, HashSet<long> contained) : IAsyncDisposable
{
    private const int PageSize = 500;

    /// <summary>The sequence numbers of the changes after its position that it contains, too.</summary>
    public IReadOnlySet<long> Contained => contained;

    /// <summary>The objects that match.</summary>
    public async IAsyncEnumerable<(IView View, Names Names)> Read(
        ChangeFilter filter, Tenants readable, [EnumeratorCancellation] CancellationToken cancellation)
    {
        for (Guid? last = Guid.Empty; last is { } after;)
        {
            var (views, names) = await LiveObjects.Page(
                connection, filter.Kinds, filter.Ids, after, PageSize, readable, cancellation);
            last = views.Count < PageSize ? null : views[^1].Id;
            foreach (var view in views.Where(view => filter.Matches(view, names))) yield return (view, names);
        }
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await transaction.DisposeAsync();
            await connection.DisposeAsync();
        }
        finally
        {
            all.Close();
        }
    }
}
