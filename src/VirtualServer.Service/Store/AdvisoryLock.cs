using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Marten;

namespace VirtualServers.Service.Store;

/// <summary>
/// A lock of PostgreSQL on something that has no row to lock (an advisory lock), held to the end of the transaction: alone, or shared with
/// others who only look.
/// </summary>
internal readonly record struct AdvisoryLock(long Key, bool IsAlone)
{
    public static AdvisoryLock Alone(Guid id) => new(KeyOf(id), true);

    public static AdvisoryLock Shared(Guid id) => new(KeyOf(id), false);

    public static AdvisoryLock Alone(string text) => new(BinaryPrimitives.ReadInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text))), true);

    /// <summary>Takes them all, always in the same order, so that no two transactions wait for each other.</summary>
    public static void Queue(IDocumentOperations operations, IEnumerable<AdvisoryLock> locks)
    {
        var ordered = locks.GroupBy(one => one.Key).Select(same => new AdvisoryLock(same.Key, same.Any(one => one.IsAlone))).OrderBy(one => one.Key).ToList();
        if (ordered.Count == 0) return;
        operations.QueueSqlCommand(
            "select case when alone then pg_advisory_xact_lock(key) else pg_advisory_xact_lock_shared(key) end from unnest(?::bigint[], ?::boolean[]) as locks (key, alone)",
            ordered.Select(one => one.Key).ToArray(), ordered.Select(one => one.IsAlone).ToArray());
    }

    private static long KeyOf(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        return BinaryPrimitives.ReadInt64BigEndian(bytes) ^ BinaryPrimitives.ReadInt64BigEndian(bytes[8..]);
    }
}
