namespace VirtualServers.Benchmarks.Rows;

/// <summary>How many call at once.</summary>
internal static class Callers
{
    public static readonly IReadOnlyList<int> Counts = [1, 16, 64];

    public static string Words(int callers) => callers == 1 ? "1 caller" : $"{callers} callers";
}
