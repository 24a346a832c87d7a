using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Grpc.Health.V1;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using VirtualServers.Service.Tests.Harness;
using VirtualServers.V1;

namespace VirtualServers.Service.Tests;

/// <summary>Pages in a real browser call the service: gRPC-Web and JSON, from an allowed origin and from another one.</summary>
public sealed class BrowserTests
{
    [ChromiumFact]
    public async Task A_page_of_an_allowed_origin_calls_the_service_and_a_page_of_another_does_not()
    {
        await using var pages = await Pages.Serve();
        await using var service = await TestService.Start(
            settings: [TestService.WithHttp1, $"Http:Origins:0=http://127.0.0.1:{pages.Port}"]);
        await TestInventory.Register(service);
        var server = await TestInventory.Create(service, "web");

        var seen = await pages.Open("127.0.0.1", service.HttpAddress);
        Assert.Equal(server, Message(seen["get"]!, GetVirtualServerResponse.Parser).VirtualServer);
        Assert.Equal("0", (string?)seen["get"]!["status"]!["grpc-status"]);
        Assert.Equal("5", (string?)seen["missing"]!["status"]!["grpc-status"]);
        Assert.Equal("virtual server \"none\" does not exist", (string?)seen["missing"]!["status"]!["grpc-message"]);
        Assert.NotNull((string?)seen["missing"]!["status"]!["grpc-status-details-bin"]);
        Assert.NotNull((string?)seen["missing"]!["status"]!["x-correlation-id"]);
        Assert.Equal("12", (string?)seen["unknown"]!["status"]!["grpc-status"]);
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, Message(seen["watch"]!, HealthCheckResponse.Parser).Status);
        Assert.Equal((200, server.Id), ((int?)seen["read"]!["http"], (string?)seen["read"]!["body"]!["virtualServer"]!["id"]));
        Assert.Equal(200, (int?)seen["disable"]!["http"]);
        Assert.Equal(404, (int?)seen["wrong"]!["http"]);
        Assert.NotNull((string?)seen["wrong"]!["id"]);
        var versions = await service.Past.ListVersionsAsync(new() { Target = new() { Id = server.Id } });
        Assert.Equal(("browser", "from a page"), (versions.Versions[0].Actor, versions.Versions[0].Reason));

        // The browser sends what changes something to another origin only after a preflight, and shows no answer to the page.
        await service.VirtualServers.EnableVirtualServerAsync(new() { Id = server.Id });
        var other = await pages.Open("localhost", service.HttpAddress);
        Assert.All(other, attempt => Assert.Equal("TypeError", (string?)attempt.Value!["error"]));
        Assert.True((await service.VirtualServers.GetVirtualServerAsync(new() { Id = server.Id })).VirtualServer.Enabled);
    }

    private static T Message<T>(JsonNode seen, MessageParser<T> parser) where T : IMessage<T>
    {
        Assert.True(seen["messages"]?.AsArray().Count == 1, seen.ToJsonString());
        return parser.ParseFrom(Convert.FromBase64String((string)seen["messages"]![0]!));
    }

    // The server of the page, which also receives what the page has seen.
    private sealed class Pages(WebApplication app) : IAsyncDisposable
    {
        private TaskCompletionSource<string> seen = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Port => new Uri(app.Urls.Single()).Port;

        public static async Task<Pages> Serve()
        {
            var builder = WebApplication.CreateEmptyBuilder(new());
            builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
            var app = builder.Build();
            var pages = new Pages(app);
            app.Run(pages.Answer);
            await app.StartAsync();
            return pages;
        }

        public async Task<JsonObject> Open(string host, string service)
        {
            seen = new(TaskCreationOptions.RunContinuationsAsynchronously);
            var profile = Directory.CreateTempSubdirectory("vsgrpc-chromium-");
            using var chromium = Process.Start(new ProcessStartInfo(ChromiumFactAttribute.Program!,
            [
                "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--remote-debugging-port=0",
                $"--user-data-dir={profile.FullName}", $"http://{host}:{Port}/?service={Uri.EscapeDataString(service)}",
            ])
            {
                RedirectStandardOutput = true, RedirectStandardError = true,
            })!;
            chromium.OutputDataReceived += (_, _) => { };
            chromium.ErrorDataReceived += (_, _) => { };
            chromium.BeginOutputReadLine();
            chromium.BeginErrorReadLine();
            try
            {
                return JsonNode.Parse(await Eventually.Ends("the calls of the page", seen.Task))!.AsObject();
            }
            finally
            {
                chromium.Kill(entireProcessTree: true);
                await chromium.WaitForExitAsync();
                try
                {
                    profile.Delete(recursive: true);
                }
                catch (IOException)
                {
                    // A process of the browser is still writing; the system cleans its temporary folder.
                }
            }
        }

        public ValueTask DisposeAsync() => app.DisposeAsync();

        private async Task Answer(HttpContext http)
        {
            if (http.Request.Path == "/seen")
            {
                using var body = new StreamReader(http.Request.Body);
                seen.TrySetResult(await body.ReadToEndAsync());
                return;
            }

            http.Response.ContentType = "text/html";
            await http.Response.WriteAsync(await Repository.Read("tests/VirtualServer.Service.Tests/BrowserPage.html"));
        }
    }
}

/// <summary>A test in Chromium; skipped where there is none.</summary>
internal sealed class ChromiumFactAttribute : FactAttribute
{
    /// <summary>The program; null where there is none.</summary>
    public static readonly string? Program = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .SelectMany(folder => new[] { "chromium", "chromium-browser", "google-chrome" }.Select(name => Path.Combine(folder, name)))
        .FirstOrDefault(File.Exists);

    public ChromiumFactAttribute() => Skip = Program is null ? "there is no Chromium: install the package chromium" : null;
}
