using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using VirtualServers.Service.Tests.Harness;

namespace VirtualServers.Service.Tests;

/// <summary>
/// A failure over HTTP has the status of HTTP, google.rpc.Status as JSON, and the correlation id and the one log line of every failure.
/// </summary>
public sealed class HttpFailureTests(HttpFixture fixture) : IClassFixture<HttpFixture>
{
    private const string Servers = "/v1/virtualServers", Monitors = "/v1/healthCheckMonitors";

    private readonly TestService service = fixture.Service;
    private readonly LogLines log = fixture.Log;

    [Theory]
    // The form of the request.
    [InlineData(
        "POST", Servers, "{", 400, "FIELD_INVALID",
        "the body of the request is not JSON, from line 1, byte 2: write one JSON object")]
    [InlineData(
        "POST", Servers, "[]", 400, "FIELD_INVALID",
        "virtual_server is not a JSON object: write VirtualServer as {…}", "virtual_server")]
    [InlineData("POST", $"{Servers}:list", "7", 400, "FIELD_INVALID", "the body of the request is not a JSON object: write ListVirt")]
    [InlineData("POST", $"{Servers}:list", """{"filtre": 1}""", 400, "FIELD_UNKNOWN", "\"filtre\" is not a field of ListVi", "filtre")]
    [InlineData("GET", $"{Servers}?filtre=1", null, 400, "FIELD_UNKNOWN", "\"filtre\" is not a field of ListVirtualServersReq", "filtre")]
    [InlineData(
        "GET", $"{Servers}?filter.port=1&filter.vips=a&page_size=a&pageSize=2&orderBy=name&orderBy=name", null, 400, "FIELD_INVALID",
        "\"filter.port\" has fields of its own", "filter.port", "filter.vips", "orderBy", "pageSize", "page_size")]
    [InlineData(
        "GET", $"{Servers}?filter.enabled=yes", null, 400, "FIELD_INVALID",
        "filter.enabled \"yes\" cannot be read: write true or", "filter.enabled")]
    [InlineData(
        "GET", $"{Servers}?read_time=yesterday", null, 400, "FIELD_INVALID",
        "read_time \"yesterday\" cannot be read: write a time like", "read_time")]
    [InlineData(
        "GET", $"{Servers}?filter.vips=a", null, 400, "FIELD_INVALID",
        "\"filter.vips\" cannot be in a query: send it in the body of POST /v1/virtualServers:list", "filter.vips")]
    [InlineData(
        "GET", $"{Servers}?filter.vips.address=a", null, 400, "FIELD_INVALID",
        "\"filter.vips\" cannot be in a query: send it in the body of POST /v1/virtualServers:list", "filter.vips.address")]
    [InlineData(
        "GET", $"{Servers}?filter.port=1", null, 400, "FIELD_INVALID",
        "\"filter.port\" has fields of its own: give each of them, like filter.port.ports", "filter.port")]
    [InlineData(
        "GET", $"{Servers}?names=web", null, 400, "FIELD_UNKNOWN",
        "\"names\" is not a field of ListVirtualServersRequest: use filter.names", "names")]
    [InlineData(
        "GET", $"/v1/objects/byName/KIND_DEVICE/a:asOf?time=1", null, 400, "FIELD_UNKNOWN",
        "\"time\" is not a field of GetVersionRequest: use at.time", "time")]
    [InlineData(
        "GET", $"/v1/objects/byName/KIND_DEVICE/a:asOf?x=1", null, 400, "FIELD_UNKNOWN",
        "\"x\" is not a field of GetVersionRequest: use at", "x")]
    [InlineData(
        "GET", $"{Servers}?read_mask=_", null, 400, "FIELD_INVALID",
        "read_mask \"_\" cannot be read: write names of fields like", "read_mask")]
    [InlineData(
        "GET", $"{Servers}?read_mask=ssl_offloat", null, 400, "FIELD_UNKNOWN",
        "read_mask \"ssl_offloat\" is not a field of VirtualServer: use ", "read_mask")]
    [InlineData(
        "GET", "/v1/changes:watch?progressInterval=5", null, 400, "FIELD_INVALID",
        "progress_interval \"5\" cannot be read: write a duration like \"10s\"", "progress_interval")]
    [InlineData(
        "GET", "/v1/changes:watch?token=a&snapshot=true", null, 400, "FIELD_INVALID",
        "token and snapshot exclude each other: give one of them", "token", "snapshot")]
    [InlineData(
        "POST", "/v1/changes:watch", """{"filter": {"kinds": ["KIND_DEVICE"]}, "token": "a", "time": "2026-01-31T12:00:00Z"}""",
        400, "FIELD_INVALID", "token and time exclude each other: give one of them", "token", "time")]
    [InlineData("GET", $"{Servers}?order_by.x=1", null, 400, "FIELD_INVALID", "\"order_by.x\" is no part of order_by", "order_by.x")]
    [InlineData("GET", Servers, "{}", 400, "FIELD_INVALID", "GET /v1/virtualServers has no body: give")]
    [InlineData("POST", $"{Servers}:list?page_size=1", "{}", 400, "FIELD_INVALID", "\"page_size\" is in the query: send it", "page_size")]
    [InlineData(
        "POST", $"{Servers}?virtual_server.port=1", "{}", 400, "FIELD_INVALID",
        "\"virtual_server.port\" is in the query: send it in the body", "virtual_server.port")]
    [InlineData(
        "POST", $"{Servers}/byName/a:enable", """{"id": "b"}""", 400, "FIELD_INVALID",
        "id is in the body, and the path names the object: omit it", "id")]
    [InlineData(
        "GET", $"{Servers}/byName/a?id=b", null, 400, "FIELD_INVALID",
        "\"id\" is in the query, and the path names the object: omit", "id")]
    [InlineData(
        "POST", Servers,
        """{"name": 1, "port": "x", "protocol": "HTTP", "certificate_profiles": [{"id": 1}, 2], "labels": [], "nome": ""}""",
        400, "FIELD_INVALID", "virtual_server.name \"1\" cannot be read: write a text in quotes; virtual_server.port",
        "virtual_server.name", "virtual_server.port", "virtual_server.protocol", "virtual_server.certificate_profiles[0].id",
        "virtual_server.certificate_profiles[1]", "virtual_server.labels", "virtual_server.nome")]
    // The rules of the service.
    [InlineData("POST", Monitors, """{"name": " "}""", 400, "FIELD_REQUIRED", "name is required", "health_check_monitor.name")]
    [InlineData(
        "GET", $"{Servers}/x", null, 400, "FIELD_INVALID",
        "id \"x\" is not a UUID: write it like 0190a5c4-7b1e-7f3a-9c52-0d6c1f1f2a10, or use the path /v1/virtualServers/byName/{name}",
        "id")]
    [InlineData("GET", "/v1/objects/x/usages", null, 400, "FIELD_INVALID", "id \"x\" is not a UUID: ", "id")]
    [InlineData("POST", $"{Servers}/x:enable", "{}", 400, "FIELD_INVALID", "id \"x\" is not a UUID: ", "id")]
    [InlineData("GET", $"{Servers}/byName/none", null, 404, "NOT_FOUND", "virtual server \"none\" does not exist")]
    // The path.
    [InlineData("GET", "/v1", null, 404, "UNIMPLEMENTED", "the path \"/v1\" does not exist: ")]
    [InlineData("GET", "/", null, 404, "UNIMPLEMENTED", "the path \"/\" does not exist: /openapi.json lists the paths")]
    [InlineData("GET", "/v2/virtualServers", null, 404, "UNIMPLEMENTED", "the path \"/v2/virtualServers\" does not exist: ")]
    [InlineData("POST", "/index.html", "{}", 404, "UNIMPLEMENTED", "the path \"/index.html\" does not exist: ")]
    [InlineData("GET", "/v1/virtualservers", null, 404, "UNIMPLEMENTED", "the path \"/v1/virtualservers\" does not exist: ")]
    [InlineData("POST", $"{Servers}:explode", "{}", 404, "UNIMPLEMENTED", "the path \"/v1/virtualServers:explode\" does not exist: ")]
    [InlineData("PUT", Servers, "{}", 405, "UNIMPLEMENTED", "the path \"/v1/virtualServers\" has no method \"PUT\": use POST or GET")]
    public async Task A_wrong_request_is_rejected(
        string method, string path, string? body, int status, string reason, string message, params string[] fields)
    {
        var id = $"http-{Guid.NewGuid():N}";
        var answer = await Curl.Send(service.HttpAddress + path, method, body, "--header", $"x-correlation-id: {id}");
        Assert.Equal((status, reason), (answer.Status, answer.Reason));
        Assert.StartsWith(message, answer.Message, StringComparison.Ordinal);
        Assert.Equal(fields.Order(), answer.Fields.Order());
        Assert.Equal("application/json", answer.Headers["content-type"]);
        Assert.Equal(id, answer.Headers["x-correlation-id"]);
        Assert.DoesNotContain("grpc-status", answer.Headers.Keys);
        await Eventually.Get("one log line", () => log.With(id), lines => lines.Count == 1);
        Assert.Empty(log.With(" Error: "));
        Assert.Equal([], fixture.Described.ErrorFlaws(answer));
        if (status == 405) Assert.Equal("POST, GET", answer.Headers["allow"]);
    }

    [Fact]
    public async Task A_conflict_names_the_object()
    {
        var first = await Curl.Send(service.HttpAddress + Monitors, "POST", """{"name": "check"}""");
        var second = await Curl.Send(service.HttpAddress + Monitors, "POST", """{"name": "check"}""");
        Assert.Equal((200, 409, "NAME_TAKEN"), (first.Status, second.Status, second.Reason));
        Assert.Equal((string?)first.Json["healthCheckMonitor"]!["id"], (string?)second.Detail("ResourceInfo")!["resourceName"]);
        Assert.Equal(6, (int?)second.Json["code"]);
    }

    [Fact]
    public async Task A_body_that_a_page_of_another_origin_could_send_is_rejected()
    {
        var answer = await Curl.Send($"{service.HttpAddress}{Monitors}", "POST", null, "--data", "{\"name\": \"check\"}");
        Assert.Equal((400, "FIELD_INVALID"), (answer.Status, answer.Reason));
        Assert.EndsWith(
            "is not application/json: send JSON with the content type application/json", answer.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_that_is_not_this_machine_is_rejected()
    {
        var answer = await Curl.Send(service.HttpAddress + Servers, arguments: ["--header", "host: attacker.example"]);
        Assert.Equal((400, "FIELD_INVALID"), (answer.Status, answer.Reason));
        Assert.StartsWith("the host \"attacker.example\" is not this machine", answer.Message, StringComparison.Ordinal);
        Assert.Equal(200, (await Curl.Send(service.HttpAddress + Servers, arguments: ["--header", "host: localhost:80"])).Status);
    }

    [Fact]
    public async Task A_body_of_more_than_1_MB_is_rejected()
    {
        var answer = await Curl.Send(service.HttpAddress + Monitors, "POST", $$"""{"description": "{{new string('x', 1024 * 1024)}}"}""");
        Assert.Equal((413, "REQUEST_TOO_LARGE", 8), (answer.Status, answer.Reason, (int?)answer.Json["code"]));
    }

    [Fact]
    public async Task A_body_that_is_not_UTF_8_is_rejected()
    {
        using var http = new HttpClient();
        using var content = new ByteArrayContent([.. "{\"name\": \""u8, 0xFF, .. "\"}"u8]);
        content.Headers.ContentType = new("application/json");
        using var answer = await http.PostAsync(service.HttpAddress + Monitors, content);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("is not UTF-8", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2")]
    [InlineData("soon")]
    [InlineData("-1S")]
    public async Task A_malformed_deadline_is_rejected(string deadline)
    {
        var answer = await Curl.Send(service.HttpAddress + Servers, arguments: ["--header", $"grpc-timeout: {deadline}"]);
        Assert.Equal((400, "FIELD_INVALID"), (answer.Status, answer.Reason));
        Assert.Equal(
            $"metadata grpc-timeout \"{deadline}\" is not a deadline: write up to 8 digits and a unit, like 5S or 300m", answer.Message);
        Assert.Equal(["grpc-timeout"], answer.Fields);
    }

    // With and without HTTP/2, which gRPC would reset.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_call_ends_with_its_deadline(bool isHttp2)
    {
        await using var held = await HeldLock.Take(service, "lock table registry.directory in exclusive mode");
        string[] http2 = isHttp2 ? ["--http2-prior-knowledge"] : [];
        var answer = await Curl.Send(
            $"{(isHttp2 ? service.Address : service.HttpAddress)}{Monitors}", "POST", """{"name": "late"}""",
            ["--header", "grpc-timeout: 300m", .. http2]);
        Assert.Equal((504, 4), (answer.Status, (int?)answer.Json["code"]));
    }

    [Fact]
    public async Task The_same_is_served_over_HTTP_2()
    {
        var answer = await Curl.Send(service.Address + Servers, arguments: "--http2-prior-knowledge");
        Assert.Equal((200, "{}"), (answer.Status, answer.Body.Replace(" ", "", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task The_caller_is_authenticated_and_permitted_and_limited()
    {
        using var issuer = new TestIssuer();
        await using var secure = await TestService.StartSecure(
            issuer, settings: [TestService.WithHttp1, "Limits:CallsPerSecondPerCaller=200"]);
        string[] As(string role) => ["--header", $"authorization: Bearer {issuer.Token(role, role)}"];

        var nobody = await Curl.Send(secure.HttpAddress + Servers);
        Assert.Equal((401, "UNAUTHENTICATED", "Bearer"), (nobody.Status, nobody.Reason, nobody.Headers["www-authenticate"]));
        // Nor does anybody learn what exists.
        Assert.Equal(401, (await Curl.Send($"{secure.HttpAddress}/v1/none")).Status);
        var reader = await Curl.Send(secure.HttpAddress + Monitors, "POST", """{"name": "check"}""", As("reader"));
        Assert.Equal((403, "PERMISSION_DENIED"), (reader.Status, reader.Reason));
        var writer = await Curl.Send(secure.HttpAddress + Monitors, "POST", """{"name": "check"}""", As("writer"));
        Assert.Equal(200, writer.Status);
        var id = (string)writer.Json["healthCheckMonitor"]!["id"]!;
        var versions = await Curl.Send($"{secure.HttpAddress}/v1/objects/{id}/versions", arguments: As("reader"));
        Assert.Equal("writer", (string?)versions.Json["versions"]![0]!["actor"]);

        // One process sends them all, so that they are many in a second.
        var flood = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Flood(secure, issuer.Token("reader", "reader"))));
        var refused = flood.SelectMany(told => told).ToList();
        Assert.NotEmpty(refused);
        Assert.All(refused, told => Assert.Equal(("RATE_LIMITED", "1"), told));
    }

    [Fact]
    public async Task Its_duration_counts_under_the_method_and_its_code()
    {
        var (seen, meters) = (new ConcurrentBag<(object?, object?)>(), service.Services.GetRequiredService<IMeterFactory>());
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Name == "virtualserver.calls.duration" && instrument.Meter.Scope == meters)
                self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<double>((_, _, tags, _) => seen.Add((tags[0].Value, tags[1].Value)));
        listener.Start();
        await Curl.Send($"{service.HttpAddress}{Servers}/byName/none");
        await Curl.Send($"{service.HttpAddress}/v1/none");
        Assert.Contains(("/virtualserver.v1.VirtualServerService/GetVirtualServer", "NotFound"), seen);
        Assert.Contains(("unknown", "Unimplemented"), seen);
    }

    private static async Task<List<(string? Reason, string? RetryAfter)>> Flood(TestService service, string token)
    {
        var told = new List<(string?, string?)>();
        using var http = new HttpClient { DefaultRequestHeaders = { { "authorization", $"Bearer {token}" } } };
        await Parallel.ForAsync(0, 400, async (_, cancellation) =>
        {
            using var answer = await http.GetAsync(new Uri(service.HttpAddress + Monitors), cancellation);
            if (answer.StatusCode != HttpStatusCode.TooManyRequests) return;
            var status = JsonNode.Parse(await answer.Content.ReadAsStringAsync(cancellation))!;
            lock (told) told.Add(((string?)status["details"]![0]!["reason"], $"{answer.Headers.RetryAfter}"));
        });
        return told;
    }
}

/// <summary>One service with HTTP/1.1 for all tests of a class, and its log.</summary>
public sealed class HttpFixture : IAsyncLifetime
{
    internal TestService Service { get; private set; } = null!;

    internal LogLines Log { get; private set; } = null!;

    internal DescribedAnswers Described { get; } = new();

    public async Task InitializeAsync()
    {
        Service = await TestService.Start(settings: [TestService.WithHttp1, "Logging:LogLevel:VirtualServers=Information"]);
        Log = LogLines.Of(Service);
    }

    public async Task DisposeAsync()
    {
        Log.Dispose();
        await Service.DisposeAsync();
    }
}
