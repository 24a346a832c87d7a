using System.IO.Compression;
using System.Xml.Linq;
using VirtualServers.Service.Tests.Harness;

namespace VirtualServers.Service.Tests;

/// <summary>The packages for callers, as <c>dotnet pack</c> makes them: their content, and the sample in .NET that uses them.</summary>
public sealed class PackageTests(PackageTests.Packages packages) : IClassFixture<PackageTests.Packages>
{
    [Theory]
    [InlineData("Contracts")]
    [InlineData("Client")]
    [InlineData("Consumer")]
    public void A_package_has_both_frameworks_with_documentation_symbols_and_a_readme(string name)
    {
        string[] frameworks = ["net8.0", "net10.0"];
        using var package = packages.Open(name, "nupkg");
        var files = Files(package);
        Assert.Equal(
            frameworks.SelectMany(one => new[] { "dll", "xml" }.Select(kind => $"lib/{one}/VirtualServer.{name}.{kind}")).Order(),
            files.Where(file => file.StartsWith("lib/", StringComparison.Ordinal)).Order());
        Assert.Contains("README.md", files);

        using var symbols = packages.Open(name, "snupkg");
        Assert.All(frameworks, framework => Assert.Contains($"lib/{framework}/VirtualServer.{name}.pdb", Files(symbols)));

        using var specification = package.GetEntry($"VsGrpc.{name}.nuspec")!.Open();
        var metadata = XDocument.Load(specification).Descendants().ToLookup(element => element.Name.LocalName);
        Assert.Equal((packages.Version, "README.md"), (metadata["version"].Single().Value, metadata["readme"].Single().Value));
        // What generates code is no dependency of those who use it.
        Assert.DoesNotContain(metadata["dependency"], dependency => (string?)dependency.Attribute("id") == "Grpc.Tools");
    }

    [Fact]
    public void The_package_of_the_contract_has_every_proto_file_under_the_path_that_imports_name()
    {
        using var package = packages.Open("Contracts", "nupkg");
        var protos = Path.Combine(Repository.Root, "protos");
        Assert.Equal(
            Directory.GetFiles(protos, "*.proto", SearchOption.AllDirectories)
                .Select(path => $"protos/{Path.GetRelativePath(protos, path).Replace('\\', '/')}").Order(),
            Files(package).Where(file => file.StartsWith("protos/", StringComparison.Ordinal)).Order());
    }

    [Fact]
    public async Task The_sample_in_dotnet_builds_from_the_packages_for_NET_8_and_calls_the_service()
    {
        var folder = await Build("dotnet");

        // A machine with a newer runtime only runs it in that.
        var newer = new Dictionary<string, string> { ["DOTNET_ROLL_FORWARD"] = "Major" };
        await Samples.CallTheService(
            (address, security) => Programs.Run(folder, newer, "dotnet", [Path.Combine("built", "Sample.dll"), address, .. security]));
    }

    [Fact]
    [Trait("Category", "Messaging")]
    public async Task The_sample_of_a_consumer_in_dotnet_processes_each_change_once_with_its_inbox()
    {
        var folder = await Build("consumer-dotnet");
        await using var service = await TestService.Start();
        await TestInventory.Register(service);
        Follower Start(Uri broker, string queue, string database) =>
            Follower.Start(folder, "dotnet", Path.Combine("built", "Sample.dll"), $"{broker}", queue, database);

        await using (var registry = await FollowedRegistry.By(Start))
            await registry.ProcessesEachChangeOnce(service, lost: null);
        await using (var registry = await FollowedRegistry.By(Start))
            await registry.NoticesARestoredRegistry();
        await using (var registry = await FollowedRegistry.By(Start))
            await registry.HasOneActiveConsumer(service);
    }

    private async Task<string> Build(string sample)
    {
        var folder = Path.Combine(packages.Folder, sample);
        Samples.Copy(sample, folder);
        await File.WriteAllTextAsync(
            Path.Combine(folder, "nuget.config"),
            $"<configuration><packageSources><add key=\"built\" value=\"{packages.Folder}\" /></packageSources></configuration>");
        // Packages of an earlier build under the same version are not used, and those of others are not fetched again.
        var environment = new Dictionary<string, string>
        {
            ["NUGET_PACKAGES"] = Path.Combine(packages.Folder, "restored"),
            ["NUGET_FALLBACK_PACKAGES"] = Repository.PackageCache,
        };
        await Programs.Succeeds(
            folder, environment, "dotnet", "build", "--configuration", "Release", "--output", "built", "-p:UseAppHost=false", "-nologo");
        return folder;
    }

    private static IReadOnlyList<string> Files(ZipArchive package) => [.. package.Entries.Select(entry => entry.FullName)];

    /// <summary>The packages of the build that is tested.</summary>
    public sealed class Packages : IAsyncLifetime
    {
        /// <summary>The folder that has them.</summary>
        public string Folder { get; } = Directory.CreateTempSubdirectory("vsgrpc-packages-").FullName;

        /// <summary>Their version.</summary>
        public string Version { get; } =
            XDocument.Load(Path.Combine(Repository.Root, "Directory.Build.props")).Descendants("Version").Single().Value;

        public async Task InitializeAsync()
        {
            var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
            foreach (var project in new[] { "VirtualServer.Contracts", "VirtualServer.Client", "VirtualServer.Consumer" })
            {
                var output = await Programs.Succeeds(
                    Repository.Root, new Dictionary<string, string>(), "dotnet", "pack", $"src/{project}", "--no-build", "--configuration",
                    configuration, "--output", Folder, "-nologo");
                Assert.DoesNotContain("warning", output, StringComparison.OrdinalIgnoreCase);
            }
        }

        public Task DisposeAsync()
        {
            Directory.Delete(Folder, recursive: true);
            return Task.CompletedTask;
        }

        internal ZipArchive Open(string name, string kind) => ZipFile.OpenRead(Path.Combine(Folder, $"VsGrpc.{name}.{Version}.{kind}"));
    }
}
