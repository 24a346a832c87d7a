namespace VirtualServers.Service.Store;

/// <summary>
/// An incarnation of the registry. A restored or rewound database begins a new one, because it uses the numbers of lost changes again.
/// </summary>
/// <param name="Number">1 for the first epoch.</param>
/// <param name="Since">When it began.</param>
/// <param name="Reason">Why it began.</param>
public sealed record Epoch(int Number, Guid Id, DateTimeOffset Since, string Reason)
{
    /// <summary>Whether the database has never been restored.</summary>
    public bool IsFirst => Number == 1;

    public override string ToString() => $"{Id} (number {Number}) since {Since.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}: {Reason}";
}
