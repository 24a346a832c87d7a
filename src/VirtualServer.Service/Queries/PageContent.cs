using Google.Protobuf;

namespace VirtualServers.Service.Queries;

/// <summary>The messages of a page: up to the requested number, and up to a size that every client accepts.</summary>
internal sealed class PageContent<TMessage>(int size) where TMessage : IMessage
{
    // Clients accept messages of up to 4 MB unless configured otherwise. An object has less than 1 MB; a change of it, with the values
    // before and after, can exceed this size, and is a page of its own.
    private const int MaxBytes = 2_000_000;

    private readonly List<TMessage> messages = [];
    private int bytes;

    public IReadOnlyList<TMessage> Messages => messages;

    /// <summary>Adds a message; false when it belongs to the next page.</summary>
    public bool TryAdd(TMessage message)
    {
        var more = message.CalculateSize();
        if (messages.Count == size || (messages.Count > 0 && bytes + more > MaxBytes)) return false;
        messages.Add(message);
        bytes += more;
        return true;
    }
}
