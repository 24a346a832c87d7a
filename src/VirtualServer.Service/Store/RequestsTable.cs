using Google.Protobuf;
using Marten;

namespace VirtualServers.Service.Store;

/// <summary>The answer to a command with a request id, which is repeated when the id is received again.</summary>
/// <param name="RequestId">The id that the caller chose.</param>
/// <param name="Fingerprint">Equal for equal requests.</param>
/// <param name="Answer">The answer as a protobuf message.</param>
public sealed record StoredAnswer(Guid RequestId, byte[] Fingerprint, byte[] Answer)
{
    public static StoredAnswer Of(Guid requestId, byte[] fingerprint, IMessage answer) => new(requestId, fingerprint, answer.ToByteArray());
}

/// <summary>The answers of commands that had a request id.</summary>
public static class RequestsTable
{
    public static readonly Sql Name = Sql.Text($"{EventStore.Schema}.requests");

    private static readonly Columns<StoredAnswer> Columns = new(
        Columns<StoredAnswer>.Key("id", "uuid", answer => answer.RequestId),
        Columns<StoredAnswer>.Of("fingerprint", "bytea", answer => answer.Fingerprint),
        Columns<StoredAnswer>.Of("answer", "bytea", answer => answer.Answer));

    public static void Insert(IDocumentOperations operations, IReadOnlyList<StoredAnswer> answers, DateTimeOffset time)
    {
        if (answers.Count == 0) return;
        Sql.Of($"insert into {Name} ({Columns.Names}, time) select {Columns.Select}, {time} from {Columns.From(answers)}")
            .Queue(operations);
    }

    /// <summary>Stores an answer of these bytes that nobody asks for: a write to try the disk with.</summary>
    public static Sql Probe(byte[] bytes) =>
        $"insert into {Name} ({Columns.Names}, time) values ({Guid.NewGuid()}, {Array.Empty<byte>()}, {bytes}, {DateTimeOffset.UtcNow})";

    /// <summary>Deletes one answer with a transaction.</summary>
    public static void Delete(IDocumentOperations operations, Guid id) => Sql.Of($"delete from {Name} where id = {id}").Queue(operations);

    /// <summary>Deletes the answers given before a time.</summary>
    public static Sql DeleteBefore(DateTimeOffset time) => $"delete from {Name} where time < {time}";
}
