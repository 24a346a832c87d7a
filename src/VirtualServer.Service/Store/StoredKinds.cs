using VirtualServers.Domain;

namespace VirtualServers.Service.Store;

/// <summary>How kinds are spelled in the store, and therefore in names of events and routing keys.</summary>
public static class StoredKinds
{
    // Looked up for every row that is read.
    private static readonly Dictionary<Kind, string> Names =
        Enum.GetValues<Kind>().ToDictionary(kind => kind, kind => kind.Words.Replace(' ', '_').ToLowerInvariant());

    private static readonly Dictionary<string, Kind> Kinds = Names.ToDictionary(pair => pair.Value, pair => pair.Key);

    /// <summary>The stored spelling of a kind: <c>virtual_server</c>.</summary>
    public static string Stored(this Kind kind) => Names[kind];

    /// <summary>The kind of a stored spelling.</summary>
    public static Kind ToKind(string stored) => Kinds[stored];
}
