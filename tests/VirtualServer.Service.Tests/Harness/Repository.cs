namespace VirtualServers.Service.Tests.Harness;

/// <summary>The files of the repository that tests read.</summary>
internal static class Repository
{
    /// <summary>The folder of the solution.</summary>
    public static string Root { get; } = Find(new(AppContext.BaseDirectory));

    /// <summary>The text of a file.</summary>
    public static Task<string> Read(string path) => File.ReadAllTextAsync(Path.Combine(Root, path));

    /// <summary>The folder into which NuGet unpacks packages.</summary>
    public static string PackageCache { get; } = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
        ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    private static string Find(DirectoryInfo folder) =>
        File.Exists(Path.Combine(folder.FullName, "VsGrpc.sln")) ? folder.FullName : Find(folder.Parent!);
}
