namespace VirtualServers.Benchmarks.Rows;

/// <summary>The numbers of concurrent callers.</summary>
internal static class Callers
{
    public static readonly IReadOnlyList<int> Counts = [1, 16, 64];

    public static string Words(int callers) => callers == 1 ? "1 caller" : $"{callers} callers";
}
