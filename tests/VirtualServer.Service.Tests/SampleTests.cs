using System.Text.Json;
using Google.Protobuf.Reflection;
using VirtualServers.Client;
using VirtualServers.Service.Tests.Harness;
using VirtualServers.V1;

namespace VirtualServers.Service.Tests;

/// <summary>The samples in Python and Node.js, run as docs/clients.md tells it. PackageTests run the one in .NET.</summary>
public sealed class SampleTests
{
    private static readonly Dictionary<string, string> Inherited = [];

    [PythonFact]
    public async Task The_sample_in_Python_calls_the_service()
    {
        var generated = Directory.CreateTempSubdirectory("vsgrpc-python-");
        try
        {
            await Programs.Succeeds(Repository.Root, Inherited, "bash", "-c", (await Generation()).Replace(
                "generated", generated.FullName, StringComparison.Ordinal));
            var environment = new Dictionary<string, string>
            {
                ["PYTHONPATH"] = generated.FullName, ["PYTHONDONTWRITEBYTECODE"] = "1",
            };
            await Samples.CallTheService((address, security) => Programs.Run(
                Path.Combine(Samples.Folder, "python"), environment, PythonFactAttribute.Python,
                ["sample.py", new Uri(address).Authority, .. security]));
        }
        finally
        {
            generated.Delete(recursive: true);
        }
    }

    [NodeFact]
    public async Task The_sample_in_Node_calls_the_service()
    {
        var protos = Path.Combine(Repository.Root, "protos");
        await Samples.CallTheService((address, security) => Programs.Run(
            NodeFactAttribute.Folder, Inherited, "node", ["sample.js", protos, new Uri(address).Authority, .. security]));
    }

    [Fact]
    public async Task The_service_config_of_the_samples_has_every_service_and_the_defaults_of_the_clients()
    {
        using var config = JsonDocument.Parse(await Repository.Read("docs/samples/service_config.json"));
        var configs = config.RootElement.GetProperty("methodConfig");
        var (calls, once, streams) = (configs[0], configs[1], configs[2]);
        Assert.Equal(
            Clients.Contract.Select(service => service.FullName).Order(),
            Names(calls).Select(name => name.GetProperty("service").GetString()).Order());
        var methods = Clients.Contract.SelectMany(service => service.Methods).ToLookup(method =>
            method.IsClientStreaming || method.IsServerStreaming ? "streams" : IsRepeatable(method) ? "repeatable" : "once");
        Assert.Equal(methods["streams"].Select(method => method.FullName).Order(), Methods(streams).Order());
        Assert.Equal(methods["once"].Select(method => method.FullName).Order(), Methods(once).Order());

        var (defaults, retry) = (new VirtualServerClientOptions(), calls.GetProperty("retryPolicy"));
        Assert.Equal(
            (
                Seconds(defaults.Deadline), Seconds(defaults.Deadline), defaults.MaxAttempts, Seconds(defaults.InitialBackoff),
                Seconds(defaults.MaxBackoff)),
            (
                calls.GetProperty("timeout").GetString(), once.GetProperty("timeout").GetString(),
                retry.GetProperty("maxAttempts").GetInt32(),
                retry.GetProperty("initialBackoff").GetString(), retry.GetProperty("maxBackoff").GetString()));
    }

    private static List<JsonElement> Names(JsonElement method) => [.. method.GetProperty("name").EnumerateArray()];

    private static IEnumerable<string> Methods(JsonElement config) =>
        Names(config).Select(name => $"{name.GetProperty("service").GetString()}.{name.GetProperty("method").GetString()}");

    private static bool IsRepeatable(MethodDescriptor method) =>
        method.InputType.ClrType.IsAssignableTo(typeof(IMutation))
        || new[] { "Get", "BatchGet", "List", "Summarize", "Diff" }.Any(read => method.Name.StartsWith(read, StringComparison.Ordinal));

    private static string Seconds(TimeSpan time) => $"{time.TotalSeconds}s";

    // The command that the document shows for Python.
    private static async Task<string> Generation() => Fence.In(await Repository.Read("docs/clients.md"))
        .Single(fence => fence.Language == "sh" && fence.Text.Contains("--grpc_python_out", StringComparison.Ordinal)).Text;
}

/// <summary>A test that generates code for Python and runs it; skipped where something for it is missing.</summary>
internal sealed class PythonFactAttribute : FactAttribute
{
    /// <summary>The Python of the distribution, for which its packages are.</summary>
    public const string Python = "/usr/bin/python3";

    private static readonly bool Works =
        Programs.Work(Samples.Folder, Python, "-c", "import google.protobuf, grpc")
        && Programs.Work(Samples.Folder, "protoc", "--proto_path=.", "--descriptor_set_out=/dev/null", "refusal.proto")
        && Programs.Work(Samples.Folder, "bash", "-c", "command -v grpc_python_plugin");

    public PythonFactAttribute() => Skip = Works
        ? null
        : "no gRPC for Python: install Debian's packages python3-grpcio, protobuf-compiler, protobuf-compiler-grpc and libprotobuf-dev";
}

/// <summary>A test that runs a program in Node.js; skipped where there is none, or where npm cannot install its packages.</summary>
internal sealed class NodeFactAttribute : FactAttribute
{
    /// <summary>A copy of the sample with its packages, which the next run finds.</summary>
    public static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "samples", "node");

    private static readonly bool Works = Install();

    public NodeFactAttribute() => Skip = Works ? null : "npm cannot install the packages of docs/samples/node: install Node.js 18 or newer";

    private static bool Install()
    {
        Samples.Copy("node", Folder);
        Samples.Copy("", Path.Combine(Folder, ".."));
        return Programs.Work(Folder, "node", "--version")
            && Programs.Work(
                Folder, "npm", "install", "--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts", "--fetch-retries=1");
    }
}
