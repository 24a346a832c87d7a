using System.Text.Json;
using System.Text.RegularExpressions;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Rpc;
using Grpc.Core;
using Grpc.Net.Client;
using VirtualServers.Service.Api;
using VirtualServers.Service.Telemetry;
using VirtualServers.Service.Tests.Harness;
using VirtualServers.V1;

namespace VirtualServers.Service.Tests;

/// <summary>The documents agree with the service: snippets run, and settings, names and links exist.</summary>
public sealed partial class ReadmeTests
{
    // The values of the walk-through's shell variables in the answers that the README shows.
    private const string ShownDemo = "demo-4711";
    private const string ShownNet = "10.20.30";

    [Fact]
    public async Task The_walk_through_answers_what_the_readme_shows_also_when_it_is_pasted_twice()
    {
        await using var service = await TestService.Start();
        var steps = Steps(await Read("README.md"));
        Assert.True(steps.Count > 5, "the walk-through of the README was not found");
        foreach (var (demo, net) in new[] { (ShownDemo, ShownNet), ("demo-815", "10.20.31") })
        {
            string Filled(string text) => text
                .Replace("$demo", demo, StringComparison.Ordinal).Replace(ShownDemo, demo, StringComparison.Ordinal)
                .Replace("$net", net, StringComparison.Ordinal).Replace(ShownNet, net, StringComparison.Ordinal)
                .Replace("$soon", $"{DateTime.UtcNow.AddDays(10):yyyy-MM-dd}T00:00:00Z", StringComparison.Ordinal);

            foreach (var (calls, shown) in steps)
            {
                var answer = "";
                foreach (var (method, request) in calls)
                {
                    answer = await Call(service, method, Filled(request));
                    // Only an answer that is shown may be an error.
                    Assert.True(shown is not null || !answer.StartsWith("{\"code\"", StringComparison.Ordinal), $"{method}: {answer}");
                }

                if (shown is null) continue;
                using var expected = JsonDocument.Parse(Filled(shown));
                using var actual = JsonDocument.Parse(answer);
                Holds(expected.RootElement, actual.RootElement, $"after {calls[^1].Method}: {answer}");
            }
        }
    }

    [Fact]
    public async Task The_caller_in_the_documents_enables_a_virtual_server_and_reads_the_reason_of_an_error()
    {
        await using var service = await TestService.Start();
        await TestInventory.Register(service);
        var server = await TestInventory.Create(service);
        await service.VirtualServers.DisableVirtualServerAsync(new() { Id = server.Id });

        Assert.True((await Enable(service.Channel, server.Name)).Enabled);
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => Enable(service.Channel, "no-such-name"));
        Assert.StartsWith("NOT_FOUND: ", failure.Message, StringComparison.Ordinal);
    }

    // docs/calling.md shows this method; the test below compares the two.
    // Enables a virtual server, once, however often the call has to be repeated.
    private static async Task<V1.VirtualServer> Enable(GrpcChannel channel, string name)
    {
        var virtualServers = new VirtualServerService.VirtualServerServiceClient(channel);
        var metadata = new Metadata { { "x-actor", "deployment-7" } };
        var request = new EnableVirtualServerRequest { Name = name, Reason = "go live", RequestId = $"{Guid.NewGuid()}" };
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var response = await virtualServers.EnableVirtualServerAsync(request, metadata, deadline: DateTime.UtcNow.AddSeconds(5));
                return response.VirtualServer;
            }
            catch (RpcException failure) when (failure.StatusCode is StatusCode.Unavailable or StatusCode.DeadlineExceeded && attempt < 5)
            {
                await Task.Delay(TimeSpan.FromSeconds(attempt));
            }
            catch (RpcException rejection) when (rejection.GetRpcStatus()?.GetDetail<ErrorInfo>() is { } info)
            {
                // info.Reason is NOT_FOUND, ETAG_MISMATCH, …
                throw new InvalidOperationException($"{info.Reason}: {rejection.Status.Detail}", rejection);
            }
        }
    }

    [Theory]
    [InlineData("docs/calling.md", "tests/VirtualServer.Service.Tests/ReadmeTests.cs")]
    [InlineData(
        "docs/following-changes.md",
        "docs/samples/consumer-dotnet/Program.cs", "tests/VirtualServer.Service.Tests/WatchSampleTests.cs")]
    public async Task The_CSharp_of_the_documents_is_that_of_a_test(string document, params string[] files)
    {
        var shown = Fence.In(await Read(document)).Where(fence => fence.Language == "csharp").Select(fence => Code(fence.Text).ToList());
        foreach (var (fence, file) in shown.Zip(files, (fence, file) => (fence, file)))
        {
            Assert.NotEmpty(fence);
            Assert.Equal([], fence.Except(Code(await Read(file))));
        }

        Assert.Equal(files.Length, Fence.In(await Read(document)).Count(fence => fence.Language == "csharp"));
    }

    [Fact]
    public async Task The_settings_of_the_documents_are_those_that_the_service_reads()
    {
        var documented = Table(await Read("docs/configuration.md"), "setting").ToHashSet();
        var source = string.Concat(await Task.WhenAll(Sources().Select(path => File.ReadAllTextAsync(path))));
        var read = Setting().Matches(source).Select(match => match.Groups[1].Value).ToHashSet();
        Assert.Contains("Registry:RequestRetention", read);
        Assert.Empty(read.Except(documented));
        // The one list of settings, which check-config checks.
        Assert.All(documented, name => Assert.Contains(Settings.All, setting => setting.Includes(name)));
        Assert.All(Settings.All, setting => Assert.Contains(documented, setting.Includes));
    }

    [Fact]
    public async Task The_health_names_and_the_metrics_of_the_documents_are_those_of_the_service()
    {
        var configuration = await Read("docs/configuration.md");
        string[] health = ["liveness", "readiness", Health.PostgreSql, Health.RabbitMq, Health.Announcements];
        Assert.Equal(health.Order(), Table(configuration, "name").Order());
        Assert.Equal(Instruments.All.Select(metric => metric.Name), Table(configuration, "metric"));
        Assert.All(Instruments.All, metric => Assert.Contains(
            $"\n| `{metric.Name}` | {string.Join(", ", metric.Labels.Select(label => $"`{label}`"))} | ", configuration,
            StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_links_of_the_documents_lead_to_files()
    {
        foreach (var document in Documents())
        {
            var folder = Path.GetDirectoryName(Path.Combine(Repository.Root, document))!;
            var links = Link().Matches(await Read(document)).Select(match => match.Groups[1].Value)
                .Where(link => !link.Contains("://", StringComparison.Ordinal));
            Assert.All(links, link => Assert.True(Path.Exists(Path.Combine(folder, link)), $"{document}: {link}"));
        }
    }

    [Fact]
    public async Task The_prose_of_the_documents_fits_140_columns()
    {
        foreach (var document in Documents())
        {
            var prose = Fence.Prose(await Read(document)).Split('\n').Where(line => !line.StartsWith('|'));
            Assert.All(prose, line => Assert.True(line.Length <= 140, $"{document}: {line}"));
        }
    }

    private static string[] Documents() =>
    [
        "README.md", "CHANGELOG.md", "THIRD-PARTY-NOTICES.md", "protos/README.md", "deploy/README.md",
        "tests/VirtualServer.Benchmarks/README.md", "tests/VirtualServer.Faults/README.md",
        "src/VirtualServer.Contracts/README.md", "src/VirtualServer.Client/README.md",
        .. Directory.GetFiles(Path.Combine(Repository.Root, "docs"), "*.md").Select(path => $"docs/{Path.GetFileName(path)}"),
    ];

    private static IEnumerable<string> Sources() =>
        Directory.EnumerateFiles(Path.Combine(Repository.Root, "src/VirtualServer.Service"), "*.cs", SearchOption.AllDirectories)
            .Where(path => !path.Contains("/obj/", StringComparison.Ordinal));

    private static Task<string> Read(string path) => Repository.Read(path);

    // The code of each line, without its comment.
    private static IEnumerable<string> Code(string text) =>
        text.Split('\n').Select(line => Comment().Replace(line, "").Trim()).Where(line => line.Length > 0);

    // The code spans in the first column of the table with this heading.
    private static IEnumerable<string> Table(string document, string heading) =>
        document.Split($"\n| {heading} |").Skip(1).SelectMany(table => table.Split("\n\n")[0].Split('\n').Skip(2))
            .SelectMany(row => Span().Matches(row.Split('|')[1]).Select(match => match.Groups[1].Value));

    // A fence of calls, and the fence of JSON that follows it.
    private static List<(List<(string Method, string Request)> Calls, string? Shown)> Steps(string readme)
    {
        var fences = Fence.In(readme);
        return [.. fences.Select((fence, i) => (Fence: fence, Next: fences.ElementAtOrDefault(i + 1)))
            .Where(pair => pair.Fence.Language == "sh" && Pasted().IsMatch(pair.Fence.Text))
            .Select(pair => (
                Pasted().Matches(pair.Fence.Text).Select(match => (match.Groups[1].Value, match.Groups[2].Value)).ToList(),
                pair.Next is { Language: "json" } shown ? shown.Text : null))];
    }

    private static async Task<string> Call(TestService service, string path, string request)
    {
        var (name, method) = (path.Split('/')[0], path.Split('/')[1]);
        var found = ReflectedServices.Contract.Single(known => known.Name == name).FindMethodByName(method);
        var call = new Method<IMessage, IMessage>(
            MethodType.Unary, found.Service.FullName, found.Name, Marshaller(found.InputType), Marshaller(found.OutputType));
        try
        {
            var message = found.InputType.Parser.ParseJson(request);
            return JsonFormatter.Default.Format(await service.Channel.CreateCallInvoker().AsyncUnaryCall(call, null, default, message));
        }
        catch (RpcException rejection)
        {
            return JsonSerializer.Serialize(new { code = Spelled(rejection.StatusCode), message = rejection.Status.Detail });
        }
    }

    // As buf spells it: invalid_argument.
    private static string Spelled(StatusCode code) =>
        string.Concat($"{code}".Select((c, i) => i > 0 && char.IsUpper(c) ? $"_{c}" : $"{c}")).ToLowerInvariant();

    // The README shortens answers: it leaves fields out, and elides ids and times, which differ every time.
    private static void Holds(JsonElement expected, JsonElement actual, string where)
    {
        if (expected.ValueKind == JsonValueKind.Object)
        {
            foreach (var field in expected.EnumerateObject())
            {
                Assert.True(actual.TryGetProperty(field.Name, out var value), $"{field.Name} is missing {where}");
                Holds(field.Value, value, where);
            }

            // An object without conditions in the README has none.
            if (expected.TryGetProperty("version", out _) && !expected.TryGetProperty("conditions", out _))
                Assert.False(actual.TryGetProperty("conditions", out _), $"there are conditions {where}");
        }
        else if (expected.ValueKind == JsonValueKind.Array)
        {
            var (shown, found) = (expected.GetArrayLength(), actual.GetArrayLength());
            Assert.True(shown == found, $"there are {found} instead of {shown} {where}");
            foreach (var (one, other) in expected.EnumerateArray().Zip(actual.EnumerateArray())) Holds(one, other, where);
        }
        else if (expected.ValueKind == JsonValueKind.String)
        {
            var pattern = $"^{Regex.Escape(ElidedId().Replace(expected.GetString()!, "…")).Replace("…", ".*")}$";
            Assert.Matches(pattern, actual.GetString());
        }
        else
        {
            Assert.Equal(expected.GetRawText(), actual.GetRawText());
        }
    }

    private static Marshaller<IMessage> Marshaller(MessageDescriptor type) =>
        Marshallers.Create(message => message.ToByteArray(), type.Parser.ParseFrom);

    [GeneratedRegex("^call ([A-Za-z/]+) '([^']*)'", RegexOptions.Multiline)]
    private static partial Regex Pasted();

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-…")]
    private static partial Regex ElidedId();

    [GeneratedRegex("\"((?:Registry|RabbitMq|ConnectionStrings|Security|Metrics|Http):[A-Za-z:]+|OTEL_[A-Z_]+)\"")]
    private static partial Regex Setting();

    [GeneratedRegex("\\]\\(([^)#]+)\\)")]
    private static partial Regex Link();

    [GeneratedRegex("(^|\\s+)// .*$")]
    private static partial Regex Comment();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Span();
}
