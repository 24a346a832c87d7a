using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Marten;

namespace VirtualServers.Service.Store;

/// <summary>
/// An advisory lock of PostgreSQL, for a thing that has no row to lock. A transaction holds it to its end, exclusively or shared with
/// others.
/// </summary>
public readonly record struct AdvisoryLock(long Key, bool IsExclusive)
{
    public static AdvisoryLock Exclusive(Guid id) => new(KeyOf(id), true);

    public static AdvisoryLock Shared(Guid id) => new(KeyOf(id), false);

    public static AdvisoryLock Exclusive(string text) =>
        new(BinaryPrimitives.ReadInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text))), true);

    /// <summary>Takes the locks in one order for all transactions, so that no two wait for each other.</summary>
    public static void Queue(IDocumentOperations operations, IEnumerable<AdvisoryLock> locks)
    {
        var ordered = locks
            .GroupBy(one => one.Key)
            .Select(same => new AdvisoryLock(same.Key, same.Any(one => one.IsExclusive)))
            .OrderBy(one => one.Key).ToList();
        if (ordered.Count == 0) return;
        Sql.Of(
            $"""
            select case when exclusive then pg_advisory_xact_lock(key) else pg_advisory_xact_lock_shared(key) end
            from unnest({ordered.Select(one => one.Key).ToArray()}::bigint[], {ordered.Select(one => one.IsExclusive).ToArray()}::boolean[])
                as locks (key, exclusive)
            """).Queue(operations);
    }

    private static long KeyOf(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        return BinaryPrimitives.ReadInt64BigEndian(bytes) ^ BinaryPrimitives.ReadInt64BigEndian(bytes[8..]);
    }
}
