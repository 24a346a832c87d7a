using System.Text.Json.Nodes;
using VirtualServers.Service.Api;
using VirtualServers.Service.Http;
using VirtualServers.Service.Tests.Harness;

namespace VirtualServers.Service.Tests;

/// <summary>Every route of JSON over HTTP, called by curl; each answer is as the OpenAPI document describes it.</summary>
public sealed class HttpRouteTests
{
    private const string Reads =
        "page_size=5&filter.q=a&order_by=name%20desc&read_mask=id,create_time&with_total_size=true&show_deleted=true";

    private readonly HashSet<Route> called = [];
    private readonly DescribedAnswers described = new();
    private TestService service = null!;

    [Fact]
    public void Every_RPC_has_a_route_but_a_client_cannot_stream() => Assert.All(
        ReflectedServices.Contract.SelectMany(known => known.Methods),
        method => Assert.True(Route.Of(method).Any() != method.IsClientStreaming, method.FullName));

    [Fact]
    public void Every_route_is_the_only_one_of_its_path() => Assert.All(Routes.All, route =>
    {
        Assert.StartsWith($"{JsonDoor.Prefix}/", route.Path, StringComparison.Ordinal);
        var path = route.Path.Replace("{", "", StringComparison.Ordinal).Replace("}", "", StringComparison.Ordinal);
        Assert.Same(route, Routes.Find(route.HttpMethod, path).Route);
        // The fields of path and body exist.
        Assert.All(route.Variables, variable => Assert.NotNull(JsonFlaws.Field(route.Method.InputType, variable.Split('.')[0])));
        Assert.True(route.Body is "" or Route.Everything || route.Method.InputType.FindFieldByName(route.Body) is not null, route.Path);
    });

    [Fact]
    public async Task Every_route_is_answered()
    {
        await using (service = await TestService.Start(settings: TestService.WithHttp1))
        {
            await Inventory();
            await Kind(
                "healthCheckMonitors", "healthCheckMonitor", """{"name": "NAME", "interval": 10}""", """{"timeout": 3}""", "timeout");
            await Kind("certificateProfiles", "certificateProfile", """{"name": "NAME"}""", """{"cipher": "x"}""", "cipher");
            await Kind(
                "loadBalancerPools", "loadBalancerPool",
                """{"name": "NAME", "loadBalancingAlgorithm": "LOAD_BALANCING_ALGORITHM_ROUND_ROBIN"}""", """{"description": "x"}""",
                "description");
            await Kind(
                "virtualServers", "virtualServer",
                """
                {"name": "NAME", "vip": {"name": "2001:db8::NUMBER"}, "port": 443, "protocol": "PROTOCOL_HTTPS",
                 "load_balancer_type": "LOAD_BALANCER_TYPE_LAYER_7", "device": {"name": "lb-1"}}
                """,
                """{"port": 8443}""", "port");
            await VirtualServers();
            await Members();
            await Call("POST", "/v1/certificateProfiles:rotate", """{"from": {"name": "a:b/c 1"}, "to": {"name": "two"}}""");
            await History();
            await Changes();
            Assert.Equal([], Routes.All.Except(called).Select(route => $"{route.HttpMethod} {route.Path}"));
        }
    }

    // Names have characters with a meaning in paths.
    private async Task Inventory()
    {
        foreach (var number in new[] { 1, 2 })
        {
            var address = $"{{\"ipAddress\": {{\"address\": \"2001:db8::{number}\"}}}}";
            await Call("POST", "/v1/inventoryObjects:upsert", $$"""{"inventoryObject": {{address}} }""");
        }

        var device = await Call("POST", "/v1/inventoryObjects:upsert", """{"inventory_object": {"device": {"name": "lb-1"}}}""");
        await Call(
            "POST", "/v1/inventoryObjects:batchUpsert",
            """
            {"requests": [{"inventoryObject": {"prefix": {"prefix": "10.0.0.0/8"}}}, {"inventoryObject": {"device": {"name": "lb-2"}}}]}
            """);
        var id = (string)device["inventoryObject"]!["id"]!;
        await Call("GET", $"/v1/inventoryObjects/{id}");
        var prefix = await Call("GET", "/v1/inventoryObjects/byName/KIND_PREFIX/10.0.0.0%2F8?name.namespace=Global");
        Assert.Equal("10.0.0.0/8", (string?)prefix["inventoryObject"]!["prefix"]!["prefix"]);
        await Call("GET", "/v1/inventoryObjects/byName/KIND_IP_ADDRESS/2001:db8::1");
        Assert.Equal(2, (await Call("GET", "/v1/inventoryObjects?kind=KIND_DEVICE&orderBy=name"))["inventoryObjects"]!.AsArray().Count);
        await Call("POST", "/v1/inventoryObjects:list", """{"kind": "KIND_PREFIX", "filter": {"cidrs": [{"cidr": "10.0.0.0/8"}]}}""");
        await Call("POST", "/v1/inventoryObjects:batchGet", $$$"""{"targets": [{"id": "{{{id}}}"}]}""");
        await Call("DELETE", "/v1/inventoryObjects/byName/KIND_DEVICE/lb-2?reason=sold");
        await Call("DELETE", $"/v1/inventoryObjects/{Guid.CreateVersion7()}?allowMissing=true");
    }

    // What every kind of object that the registry owns has.
    private async Task Kind(string collection, string field, string draft, string change, string mask)
    {
        var (path, name) = ($"/v1/{collection}", "a:b/c 1");
        var byName = $"{path}/byName/{Uri.EscapeDataString(name)}";
        string Draft(string called, int number) =>
            draft.Replace("NAME", called, StringComparison.Ordinal).Replace("NUMBER", $"{number}", StringComparison.Ordinal);

        var created = await Call("POST", $"{path}?reason=first%20test&request_id={Guid.NewGuid()}", Draft(name, 1));
        var id = (string)created[field]!["id"]!;
        await Call("POST", path, Draft("two", 2));
        Assert.Equal(name, (string?)(await Call("GET", $"{path}/{id}"))[field]!["name"]);
        Assert.Equal(id, (string?)(await Call("GET", byName))[field]!["id"]);
        var found = await Call("GET", $"{path}?{Reads}");
        Assert.Equal(1, (int?)found["totalSize"]);
        Assert.Equal(["createTime", "id"], found[$"{field}s"]![0]!.AsObject().Select(one => one.Key).Order());
        var filter = """{"names": ["two"], "create_time": {"from": "2020-01-01T00:00:00Z"}}""";
        var listed = await Call("POST", $"{path}:list", $$"""{"filter": {{filter}} }""");
        Assert.Equal("two", (string?)listed[$"{field}s"]![0]!["name"]);
        await Call("POST", $"{path}:batchGet", $$"""{"targets": [{"id": "{{id}}"}, {"name": "none"}], "readMask": "id,create_time"}""");
        var etag = (string)created[field]!["etag"]!;
        var updated = await Call("PATCH", $"{path}/{id}?updateMask={mask}&etag={Uri.EscapeDataString(etag)}", change);
        Assert.Equal(2, (int?)updated[field]!["version"]);
        await Call("PATCH", $"{byName}?update_mask={mask}&validate_only=true", change);
        await Call("DELETE", $"{path}/{id}?reason=end");
        await Call("POST", $"{path}/{id}:undelete", "{}");
        await Call("DELETE", byName);
        var back = await Call("POST", $"{byName}:undelete", """{"reason": "back"}""");
        Assert.Equal((id, 6), ((string?)back[field]!["id"], (int?)back[field]!["version"]));
    }

    private async Task VirtualServers()
    {
        var id = (string)(await Call("GET", "/v1/virtualServers/byName/two"))["virtualServer"]!["id"]!;
        await Call("POST", $"/v1/virtualServers/{id}:disable", """{"view": "COMMAND_VIEW_WITH_CONDITIONS"}""");
        await Call("POST", "/v1/virtualServers/byName/two:disable", "{}");
        await Call("POST", $"/v1/virtualServers/{id}:enable", "");
        await Call("POST", "/v1/virtualServers/byName/two:enable", "{}");
        Assert.Equal("2", (string?)(await Call("GET", "/v1/virtualServers:summarize"))["totalCount"]);
    }

    private async Task Members()
    {
        var id = (string)(await Call("GET", "/v1/loadBalancerPools/byName/two"))["loadBalancerPool"]!["id"]!;
        foreach (var (path, address) in new[] { ($"/v1/loadBalancerPools/{id}", 1), ("/v1/loadBalancerPools/byName/two", 2) })
        {
            var endpoint = $$$"""{"ipAddress": {"name": "2001:db8::{{{address}}}"}, "port": 80}""";
            await Call("POST", $"{path}:addMember", $$"""{"member": {{endpoint}}}""");
            await Call("POST", $"{path}:updateMember", $$"""{"endpoint": {{endpoint}}, "member": {"label": "a"}, "updateMask": "label"}""");
            await Call("POST", $"{path}:removeMember", $$"""{"endpoint": {{endpoint}}}""");
            await Call("POST", $"{path}:replaceMembers", $$"""{"members": [{{endpoint}}]}""");
        }
    }

    private async Task History()
    {
        var id = (string)(await Call("GET", "/v1/virtualServers/byName/a:b%2Fc%201"))["virtualServer"]!["id"]!;
        var since = Uri.EscapeDataString((string)(await Call("GET", $"/v1/objects/{id}/versions?pageSize=2"))["versions"]![0]!["time"]!);
        foreach (var path in new[] { $"/v1/objects/{id}", "/v1/objects/byName/KIND_VIRTUAL_SERVER/a:b%2Fc%201" })
        {
            Assert.InRange((await Call("GET", $"{path}/versions"))["versions"]!.AsArray().Count, 6, 7);
            Assert.Equal(443, (int?)(await Call("GET", $"{path}/versions/1"))["object"]!["virtualServer"]!["port"]);
            Assert.Equal(8443, (int?)(await Call("GET", $"{path}:asOf?at.time={since}"))["object"]!["virtualServer"]!["port"]);
            Assert.Equal(443, (int?)(await Call("GET", $"{path}:diff?from.version=1&to.version=2"))["changes"]![0]!["before"]);
            await Call("POST", $"{path}:revert", """{"to": {"version": 1}, "reason": "back"}""");
        }

        var device = (string)(await Call("GET", "/v1/inventoryObjects/byName/KIND_DEVICE/lb-1"))["inventoryObject"]!["id"]!;
        foreach (var path in new[] { $"/v1/objects/{device}", "/v1/objects/byName/KIND_DEVICE/lb-1" })
            Assert.Equal(2, (await Call("GET", $"{path}/usages?fields=device"))["usages"]!.AsArray().Count);
        var entries = await Call(
            "GET", "/v1/auditEntries?filter.actors=alice&filter.kinds=KIND_DEVICE&filter.kinds=KIND_PREFIX&with_changes=true");
        Assert.Equal(4, entries["entries"]!.AsArray().Count);
    }

    private async Task Changes()
    {
        Assert.Equal(2, (await Call("GET", "/v1/changes?pageSize=2&filter.kinds=KIND_DEVICE"))["changes"]!.AsArray().Count);
        await Call("POST", "/v1/changes:list", """{"filter": {"vipIn": [{"cidr": "2001:db8::/32"}]}, "pageSize": 2}""");
        await Watch("GET", "/v1/changes:watch?snapshot=true", null);
        await Watch("POST", "/v1/changes:watch", """{"snapshot": true, "filter": {"kinds": ["KIND_DEVICE"]}}""");
        await Call("GET", "/v1/parkedChanges");
        // Nothing is parked, and RabbitMQ has no such queue.
        await Call("POST", "/v1/parkedChanges:retry", $$"""{"objectId": "{{Guid.CreateVersion7()}}"}""", status: 404);
        await Call("POST", "/v1/parkedChanges/1:skip", "{}", status: 404);
        await Call("POST", "/v1/changes:replay", """{"queue": "no-such-queue", "firstSequence": "1", "lastSequence": "2"}""", status: 404);
    }

    // A stream is lines of results, and of the error that ends it: here the deadline of the caller.
    private async Task Watch(string method, string path, string? body)
    {
        var answer = await Curl.Send(service.HttpAddress + path, method, body, "--header", "grpc-timeout: 3S");
        Assert.Equal((200, "application/x-ndjson"), (answer.Status, answer.Headers["content-type"]));
        var lines = answer.Body.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!).ToList();
        Assert.Contains(lines, line => line["result"]?["object"] is not null);
        Assert.Contains(lines, line => line["result"]?["snapshotComplete"] is not null);
        Assert.Equal(4, (int?)lines[^1]["error"]!["code"]);
        called.Add(Routes.Find(method, path.Split('?')[0]).Route!);
    }

    private async Task<JsonNode> Call(string method, string path, string? body = null, int status = 200)
    {
        var answer = await Curl.Send(service.HttpAddress + path, method, body, "--header", "x-actor: alice");
        Assert.True(answer.Status == status, $"{method} {path} {body}: {answer.Status} {answer.Body}");
        Assert.Equal("application/json", answer.Headers["content-type"]);
        var route = Routes.Find(method, path.Split('?')[0]).Route!;
        Assert.Equal([], status == 200 ? described.Flaws(route, answer) : described.ErrorFlaws(answer));
        called.Add(route);
        return answer.Json;
    }
}
