using Google.Protobuf;

namespace VirtualServers.Service.Wire;

/// <summary>
/// Keeps responses within the 4 MB that clients accept unless configured otherwise. An object has less than 1 MB
/// (<see cref="Domain.Pools.MembersSize"/>); lists beside it are cut.
/// </summary>
internal static class Sizes
{
    // The tag and the length of an element.
    private const int OfHeader = 5;

    /// <summary>The first messages, as many as fit into these bytes together.</summary>
    public static IEnumerable<T> Within<T>(this IEnumerable<T> messages, int maxBytes) where T : IMessage
    {
        var bytes = 0;
        foreach (var message in messages)
        {
            bytes += message.CalculateSize() + OfHeader;
            if (bytes > maxBytes) yield break;
            yield return message;
        }
    }
}
