using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using VirtualServers.Service.Tests.Harness;

namespace VirtualServers.Service.Tests;

/// <summary>A release is complete: one version, and every package with its licence.</summary>
public sealed partial class ReleaseTests
{
    [Theory]
    [InlineData("deploy/Dockerfile", "ARG VERSION=(.+)")]
    [InlineData("deploy/Dockerfile", "--tag vsgrpc:([0-9.]+)")]
    [InlineData("deploy/compose.yaml", "image: &image vsgrpc:(.+)")]
    [InlineData("deploy/kubernetes/base/kustomization.yaml", "newTag: (.+)")]
    [InlineData("docs/deployment.md", "--tag vsgrpc:([0-9.]+)")]
    [InlineData("CHANGELOG.md", "\n## ([0-9.]+)")]
    public async Task A_copy_of_the_version_is_that_of_the_build(string file, string pattern) =>
        Assert.Equal(await Version(), Regex.Match(await Repository.Read(file), pattern).Groups[1].Value.Trim());

    [Fact]
    public async Task The_service_and_the_package_have_the_version_of_the_build()
    {
        var version = await Version();
        Assert.All(
            [typeof(Composition), typeof(V1.Change)],
            type => Assert.StartsWith(
                version,
                type.Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion,
                StringComparison.Ordinal));
        var (exitCode, output) = await ServiceProcess.Ends(new Dictionary<string, string>(), "--version");
        Assert.Equal(0, exitCode);
        Assert.StartsWith(version, output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_package_is_listed_with_the_licence_that_it_declares()
    {
        var notices = (await Repository.Read("THIRD-PARTY-NOTICES.md")).Split("\n## ");
        var (shipped, others) = (Packages("src"), Packages("tests"));
        var (listed, listedOthers) = (Listed(notices[1]), Listed(notices[2]));
        Assert.Equal(shipped.Keys.Order(StringComparer.Ordinal), listed.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(others.Keys.Except(shipped.Keys).Order(StringComparer.Ordinal), listedOthers.Keys.Order(StringComparer.Ordinal));
        foreach (var (name, licence) in listed.Concat(listedOthers))
        {
            var declared = Declared(name, shipped.GetValueOrDefault(name) ?? others[name]);
            Assert.Equal((name, declared ?? licence), (name, licence));
        }
    }

    private static async Task<string> Version() =>
        XDocument.Parse(await Repository.Read("Directory.Build.props")).Descendants("Version").Single().Value;

    private static Dictionary<string, string> Listed(string table) =>
        Row().Matches(table).Skip(1).ToDictionary(row => row.Groups[1].Value, row => row.Groups[2].Value);

    // Name → version.
    private static Dictionary<string, string> Packages(string room)
    {
        var packages = new Dictionary<string, string>();
        foreach (var folder in Directory.GetDirectories(Path.Combine(Repository.Root, room)))
        {
            var path = Path.Combine(folder, "packages.lock.json");
            if (!File.Exists(path)) continue;
            using var locked = JsonDocument.Parse(File.ReadAllText(path));
            var frameworks = locked.RootElement.GetProperty("dependencies").EnumerateObject();
            foreach (var package in frameworks.SelectMany(framework => framework.Value.EnumerateObject()))
            {
                if (package.Value.TryGetProperty("resolved", out var version)) packages[package.Name] = version.GetString()!;
            }
        }

        return packages;
    }

    // The SPDX expression of the package; null for an older package, which has a file or an address instead.
    private static string? Declared(string name, string version)
    {
        var (folder, id) = (version.ToLowerInvariant(), name.ToLowerInvariant());
        return XDocument.Load(Path.Combine(Repository.PackageCache, id, folder, $"{id}.nuspec")).Descendants()
            .FirstOrDefault(element => element.Name.LocalName == "license" && (string?)element.Attribute("type") == "expression")?.Value;
    }

    [GeneratedRegex(@"^\| (\S+) \| ([^|]+?) \|$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
