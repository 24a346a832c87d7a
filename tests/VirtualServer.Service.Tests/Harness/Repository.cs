namespace VirtualServers.Service.Tests.Harness;

/// <summary>The files of the repository that tests read.</summary>
internal static class Repository
{
    /// <summary>The folder of the solution.</summary>
    public static string Root { get; } = Find(new(AppContext.BaseDirectory));

    private static string Find(DirectoryInfo folder) =>
        File.Exists(Path.Combine(folder.FullName, "VsGrpc.sln")) ? folder.FullName : Find(folder.Parent!);
}
