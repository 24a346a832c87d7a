namespace VirtualServers.Benchmarks.Processes;

/// <summary>Lets the one who started this process ask on its standard input how many bytes it has allocated.</summary>
internal static class AllocatedBytes
{
    public const string Question = "allocated?";
    public const string Answer = "allocated ";

    public static void Tell() => new Thread(() =>
    {
        while (Console.In.ReadLine() is { } line)
        {
            if (line == Question) Console.Out.WriteLine($"{Answer}{GC.GetTotalAllocatedBytes(precise: true)}");
        }
    }) { IsBackground = true }.Start();
}
