namespace VirtualServers.Benchmarks.Processes;

/// <summary>Reports the number of allocated bytes when the parent process asks on standard input.</summary>
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
