using Google.Protobuf;
using VirtualServers.V1;

namespace VirtualServers.Faults.Workload;

/// <summary>An object as a response shows it.</summary>
internal sealed record Result(string Id, int Version, string Etag, bool IsDeleted)
{
    /// <summary>The objects of a response, whatever it is the response to.</summary>
    public static IReadOnlyList<Result> Of(IMessage response) =>
    [
        .. from field in response.Descriptor.Fields.InDeclarationOrder()
           let value = field.Accessor.GetValue(response)
           from message in value is IEnumerable<UpsertResult> several ? several.Select(one => (object)one.InventoryObject) : [value]
           where message is IRecord
           let found = (IRecord)message
           select new Result(found.Id, found.Version, found.Etag, found.DeleteTime is not null),
    ];
}

/// <summary>A command, which is repeated with its request id until it is answered.</summary>
/// <param name="AlwaysChanges">Whether it stores an event whenever it succeeds.</param>
/// <param name="Base">The version of its etag; null if it has none.</param>
internal sealed record Command(int Number, IMutation Request, bool AlwaysChanges, int? Base)
{
    /// <summary>The reason of the command, by which its events are recognized.</summary>
    public string Reason => ReasonOf(Number);

    /// <summary>How many attempts ended without an answer of the service to the command itself.</summary>
    public int Unanswered { get; set; }

    /// <summary>The objects of the response; null if it was refused, or not answered yet.</summary>
    public IReadOnlyList<Result>? Acknowledged { get; set; }

    /// <summary>The status with which it was refused; null if it was not.</summary>
    public string? Refused { get; set; }

    public static string ReasonOf(int number) => $"command {number}";

    public override string ToString() => $"{Reason}, {Request.Descriptor.Name}";
}
