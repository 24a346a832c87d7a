using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using Grpc.Core;
using VirtualServers.Service.Tests.Harness;
using VirtualServers.V1;

namespace VirtualServers.Service.Tests;

/// <summary>What is malformed is refused with INVALID_ARGUMENT and the path of the field, in every RPC, and nothing is stored.</summary>
public sealed class MalformedTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>, IAsyncLifetime
{
    private static readonly string Long = new('n', 300);

    private static readonly string[] BadIds =
    [
        "x", "0190a5c4", "0190a5c47b1e7f3a9c520d6c1f1f2a10", "{0190a5c4-7b1e-7f3a-9c52-0d6c1f1f2a10}", " 0190a5c4-7b1e-7f3a-9c52-0d6c1f1f2a10", "0190a5c4-7b1e-7f3a-9c52-0d6c1f1f2a1g",
        "00000000-0000-0000-0000-000000000000", "0190a5c4-7b1e-7f3a-9c52-0d6c1f1f2a10\\u0000", "\\u0000", "lb-1", "0x90a5c4-7b1e-7f3a-9c52-0d6c1f1f2a10", "+190a5c4-7b1e-7f3a-9c52-0d6c1f1f2a10",
    ];

    private static readonly string[] Control = ["a\\u0000b", "\\u0000", "a\\u0007", "a\\u001bb", "a\\u007fb", "a\\u0085b"];

    private static readonly string[] Breaks = ["a\\nb", "a\\tb", "a\\rb"];

    private readonly TestService service = fixture.Service;

    // What the rows below leave out: requests that would succeed.
    private static string Base(string method) => method switch
    {
        "CreateVirtualServer" => """{"virtual_server": {"name": "new", "vip": {"name": "192.0.2.10"}, "load_balancer_type": 2, "device": {"name": "lb-1"}}}""",
        "UpdateVirtualServer" => """{"name": "known", "virtual_server": {}}""",
        "CreateLoadBalancerPool" => """{"load_balancer_pool": {"name": "new", "load_balancing_algorithm": 1}}""",
        "UpdateLoadBalancerPool" => """{"name": "known", "load_balancer_pool": {}}""",
        "AddPoolMember" => """{"name": "known", "member": {"ip_address": {"name": "192.0.2.10"}, "port": 80}}""",
        "UpdatePoolMember" => """{"name": "known", "endpoint": {"ip_address": {"name": "198.51.100.1"}, "port": 80}, "member": {}}""",
        "RemovePoolMember" => """{"name": "known", "endpoint": {"ip_address": {"name": "198.51.100.1"}, "port": 80}}""",
        "UpsertInventoryObject" or "ListVirtualServers" or "ListLoadBalancerPools" or "SummarizeVirtualServers" => "{}",
        "ListInventoryObjects" => """{"kind": "KIND_DEVICE"}""",
        "GetInventoryObject" or "RemoveInventoryObject" => """{"name": {"kind": "KIND_DEVICE", "name": "lb-1"}}""",
        _ => """{"name": "known"}""",
    };

    public async Task InitializeAsync()
    {
        // The same content under the same id: one virtual server and one pool for all tests.
        await service.Create(new() { Id = "0190a5c4-7b1e-7f3a-9c52-0d6c1f1f2a10", Name = "known", Vip = new() { Name = "2001:db8::10" }, LoadBalancerType = LoadBalancerType.Dns, Device = new() { Name = "lb-2" } });
        await service.Pools.CreateLoadBalancerPoolAsync(new()
        {
            LoadBalancerPool = new()
            {
                Id = "0190a5c4-7b1e-7f3a-9c52-0d6c1f1f2a11", Name = "known", LoadBalancingAlgorithm = LoadBalancingAlgorithm.RoundRobin,
                Members = { new PoolMember { IpAddress = new() { Name = "198.51.100.1" }, Port = 80 } },
            },
        });
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public static TheoryData<string, string, string> VirtualServers()
    {
        var rows = new TheoryData<string, string, string>();
        foreach (var method in new[] { "CreateVirtualServer", "UpdateVirtualServer" })
        {
            void Add(string fields, string field) => rows.Add(method, $"{{\"virtual_server\": {{{fields}}}}}", $"virtual_server.{field}");

            foreach (var text in Control.Concat(Breaks)) Add($"\"name\": \"{text}\"", "name");
            foreach (var text in new[] { Long, " ", "\\t\\n ", "\\u2003" }) Add($"\"name\": \"{text}\"", "name");
            foreach (var port in new[] { 70000, 65536, -1, int.MaxValue, int.MinValue }) Add($"\"port\": {port}", "port");
            foreach (var number in new[] { 99, -1, 12, int.MinValue }) Add($"\"protocol\": {number}", "protocol");
            foreach (var number in new[] { 99, -1, 4 }) Add($"\"source_nat_type\": {number}", "source_nat_type");
            foreach (var number in new[] { 99, -1, 5 }) Add($"\"load_balancer_type\": {number}", "load_balancer_type");
            foreach (var field in new[] { "vip", "source_nat_pool", "device", "device_redundancy_group", "virtual_chassis", "cloud_service", "tenant", "health_check_monitor", "load_balancer_pool" })
            {
                Add($"\"{field}\": {{}}", field);
                foreach (var id in BadIds.Take(3)) Add($"\"{field}\": {{\"id\": \"{id}\"}}", field);
                foreach (var text in Control.Take(2)) Add($"\"{field}\": {{\"name\": \"{text}\"}}", field);
                Add($"\"{field}\": {{\"id\": \"0190a5c4-7b1e-7f3a-9c52-0d6c1f1f2a10\", \"name\": \"a\\u0000\"}}", field);
            }

            foreach (var reference in new[] { "{}", "{\"id\": \"x\"}", "{\"name\": \"a\\u0000\"}" }) Add($"\"certificate_profiles\": [{reference}]", "certificate_profiles");
            foreach (var key in Control.Concat(Breaks).Concat(["", new('k', 64)])) Add($"\"labels\": {{\"{key}\": \"value\"}}", "labels");
            foreach (var value in Control.Concat(Breaks).Concat([new('v', 256)])) Add($"\"labels\": {{\"key\": \"{value}\"}}", "labels");
            Add($"\"labels\": {{{string.Join(", ", Enumerable.Range(0, 65).Select(i => $"\"{i}\": \"\""))}}}", "labels");
            foreach (var text in Control.Concat([new('d', 1025), "d" + new string(' ', 1024)])) Add($"\"description\": \"{text}\"", "description");
        }

        foreach (var id in BadIds) rows.Add("CreateVirtualServer", $"{{\"virtual_server\": {{\"id\": \"{id}\"}}}}", "virtual_server.id");
        return rows;
    }

    public static TheoryData<string, string, string> Pools()
    {
        var rows = new TheoryData<string, string, string>();
        void References(string field, Action<string, string> add)
        {
            foreach (var id in BadIds.Take(3)) add($"\"{field}\": {{\"id\": \"{id}\"}}", field);
            foreach (var text in Control.Take(2)) add($"\"{field}\": {{\"id\": \"0190a5c4-7b1e-7f3a-9c52-0d6c1f1f2a10\", \"name\": \"{text}\"}}", field);
        }

        foreach (var method in new[] { "CreateLoadBalancerPool", "UpdateLoadBalancerPool" })
        {
            void Add(string fields, string field) => rows.Add(method, $"{{\"load_balancer_pool\": {{{fields}}}}}", $"load_balancer_pool.{field}");

            foreach (var text in Control.Concat(Breaks).Concat([Long, " ", "\\t\\n "])) Add($"\"name\": \"{text}\"", "name");
            foreach (var number in new[] { 99, -1, 14, int.MinValue }) Add($"\"load_balancing_algorithm\": {number}", "load_balancing_algorithm");
            foreach (var field in new[] { "health_check_monitor", "tenant" }) References(field, Add);
            foreach (var key in Control.Concat(["", new('k', 64)])) Add($"\"labels\": {{\"{key}\": \"value\"}}", "labels");
            foreach (var text in Control.Concat([new('d', 1025)])) Add($"\"description\": \"{text}\"", "description");
            foreach (var (member, field) in Members()) Add($"\"members\": [{{\"ip_address\": {{\"name\": \"2001:db8::10\"}}, \"port\": 80}}, {{\"ip_address\": {{\"name\": \"192.0.2.10\"}}, \"port\": 80, {member}}}]", $"members[1].{field}");
        }

        foreach (var method in new[] { "AddPoolMember", "UpdatePoolMember" })
        {
            void Add(string fields, string field) => rows.Add(method, $"{{\"member\": {{{fields}}}}}", $"member.{field}");

            foreach (var (member, field) in Members()) Add(member, field);
            References("ip_address", Add);
            foreach (var port in new[] { 65536, -1, int.MaxValue, int.MinValue }) Add($"\"port\": {port}", "port");
        }

        foreach (var (member, field) in Members()) rows.Add("ReplacePoolMembers", $"{{\"members\": [{{\"ip_address\": {{\"name\": \"192.0.2.10\"}}, \"port\": 80, {member}}}]}}", $"members[0].{field}");
        foreach (var method in new[] { "UpdatePoolMember", "RemovePoolMember" })
        {
            foreach (var id in BadIds) rows.Add(method, $"{{\"member_id\": \"{id}\"}}", "member_id");
            foreach (var id in BadIds.Take(3)) rows.Add(method, $"{{\"endpoint\": {{\"ip_address\": {{\"id\": \"{id}\"}}}}}}", "endpoint.ip_address");
        }

        return rows;

        // What can be wrong with a member, wherever it stands; its address and port are those of the request around it.
        IEnumerable<(string Member, string Field)> Members()
        {
            var members = new List<(string, string)>();
            foreach (var number in new[] { 99, -1, 6 }) members.Add(($"\"status\": {number}", "status"));
            foreach (var text in Control.Concat(Breaks).Concat([Long])) members.Add(($"\"label\": \"x{text}x\"", "label"));
            foreach (var reference in new[] { "{}", "{\"id\": \"x\"}", "{\"name\": \"a\\u0000\"}" }) members.Add(($"\"certificate_profiles\": [{reference}]", "certificate_profiles"));
            foreach (var field in new[] { "health_check_monitor", "tenant" }) References(field, (member, name) => members.Add((member, name)));
            return members;
        }
    }

    public static TheoryData<string, string, string> Targets()
    {
        var rows = new TheoryData<string, string, string>();
        foreach (var method in new[] { "GetVirtualServer", "UpdateVirtualServer", "DeleteVirtualServer", "UndeleteVirtualServer", "EnableVirtualServer", "DisableVirtualServer", "GetLoadBalancerPool", "UpdateLoadBalancerPool", "DeleteLoadBalancerPool", "UndeleteLoadBalancerPool", "AddPoolMember", "UpdatePoolMember", "RemovePoolMember", "ReplacePoolMembers", "GetInventoryObject", "RemoveInventoryObject" })
        {
            foreach (var id in BadIds) rows.Add(method, $"{{\"id\": \"{id}\"}}", "id");
            if (method.EndsWith("InventoryObject", StringComparison.Ordinal)) continue;
            foreach (var text in Control.Concat(Breaks).Concat([" ", "\\u2003 "])) rows.Add(method, $"{{\"name\": \"{text}\"}}", "name");
        }

        foreach (var method in new[] { "GetInventoryObject", "RemoveInventoryObject" })
        {
            foreach (var kind in new[] { 1, 2, 3, 4, 12, 99, -1 }) rows.Add(method, $"{{\"name\": {{\"kind\": {kind}}}}}", "name.kind");
            foreach (var text in Control.Concat(Breaks).Concat([" ", "\\u2003 "])) rows.Add(method, $"{{\"name\": {{\"name\": \"{text}\"}}}}", "name.name");
            foreach (var text in Control.Concat(Breaks)) rows.Add(method, $"{{\"name\": {{\"kind\": 5, \"name\": \"192.0.2.10\", \"namespace\": \"{text}\"}}}}", "name.namespace");
        }

        return rows;
    }

    public static TheoryData<string, string, string> Inventory()
    {
        var rows = new TheoryData<string, string, string>();
        void Add(string fields, string field) => rows.Add("UpsertInventoryObject", $"{{\"inventory_object\": {{{fields}}}}}", $"inventory_object.{field}");

        foreach (var id in BadIds) Add($"\"id\": \"{id}\", \"device\": {{\"name\": \"new\"}}", "id");
        foreach (var kind in new[] { "device", "device_redundancy_group", "virtual_chassis", "cloud_service", "tenant" })
        {
            Add($"\"{kind}\": {{}}", $"{kind}.name");
            foreach (var text in Control.Concat(Breaks).Concat([Long, " ", "\\u2003"])) Add($"\"{kind}\": {{\"name\": \"{text}\"}}", $"{kind}.name");
        }

        foreach (var (kind, field) in new[] { ("ip_address", "address"), ("prefix", "prefix") })
        {
            Add($"\"{kind}\": {{}}", $"{kind}.{field}");
            Add($"\"{kind}\": {{\"namespace\": \"Blue\"}}", $"{kind}.{field}");
            foreach (var text in Control.Concat(Breaks).Concat([Long, " "])) Add($"\"{kind}\": {{\"{field}\": \"{text}\"}}", $"{kind}.{field}");
            var good = kind == "prefix" ? "192.0.2.0/24" : "192.0.2.10";
            foreach (var text in Control.Concat(Breaks).Concat([Long])) Add($"\"{kind}\": {{\"{field}\": \"{good}\", \"namespace\": \"{text}\"}}", $"{kind}.namespace");
        }

        foreach (var address in new[]
        {
            "nowhere", "1", "192.0.2", "192.0.2.256", "192.0.2.010", "192.0.2.10/32", "192.0.2.10:80", "[2001:db8::1]", "2001:db8::1%eth0", "2001:db8::/64", "2001:db8:::1", "0x7f.1", "192.0.2.10 192.0.2.11", "١٩٢.0.2.1",
        })
            Add($"\"ip_address\": {{\"address\": \"{address}\"}}", "ip_address.address");

        foreach (var prefix in new[] { "192.0.2.0", "192.0.2.0/", "/24", "192.0.2.0/33", "192.0.2.0/-1", "192.0.2.0/024", "192.0.2.0/+24", "192.0.2.0/255.255.255.0", "192.0.2.1/24", "2001:db8::/129", "2001:db8::1/32", "192.0.2.0/24/24", "192.0.2.0/ 24" })
            Add($"\"prefix\": {{\"prefix\": \"{prefix}\"}}", "prefix.prefix");
        return rows;
    }

    public static TheoryData<string, string, string> Options()
    {
        var rows = new TheoryData<string, string, string>();
        foreach (var method in Calls.Unary.Where(method => method.InputType.FindFieldByName("request_id") is not null).Select(method => method.Name))
        {
            var known = method == "UpsertInventoryObject" ? """ "inventory_object": {"device": {"name": "lb-1"}}, """ : "";
            foreach (var id in BadIds.Where(id => !id.StartsWith("00000000", StringComparison.Ordinal))) rows.Add(method, $"{{{known}\"request_id\": \"{id}\"}}", "request_id");
            foreach (var text in Control.Concat([new('r', 1025)])) rows.Add(method, $"{{{known}\"reason\": \"{text}\"}}", "reason");
        }

        foreach (var list in new[] { "ListVirtualServers", "ListLoadBalancerPools", "ListInventoryObjects" })
        {
            foreach (var size in new[] { -1, int.MinValue }) rows.Add(list, $"{{\"page_size\": {size}}}", "page_size");
            foreach (var token in new[] { "x", "garbage!", "\\u0000", " ", "====", "bm9uc2Vuc2U", "bnVsbA", "e30", "W10", "MQ", "IiI", "AAAA", "_____w", Long, "🙂" }) rows.Add(list, $"{{\"page_token\": \"{token}\"}}", "page_token");
        }

        foreach (var kind in new[] { 1, 2, 3, 4, 12, 99, -1 }) rows.Add("ListInventoryObjects", $"{{\"kind\": {kind}}}", "kind");
        return rows;
    }

    [Theory, MemberData(nameof(VirtualServers)), MemberData(nameof(Pools)), MemberData(nameof(Targets)), MemberData(nameof(Inventory)), MemberData(nameof(Options))]
    public async Task A_malformed_field_is_named(string method, string malformed, string field)
    {
        var type = Calls.Method(method).InputType;
        var (request, fields) = (type.Parser.ParseJson(Base(method)), type.Parser.ParseJson(malformed));
        // A reference takes the place of the one that is there, instead of being merged into it.
        if (fields.Descriptor.FindFieldByName("virtual_server")?.Accessor is { } wanted && wanted.GetValue(fields) is IMessage given)
        {
            foreach (var reference in given.Descriptor.Fields.InDeclarationOrder().Where(other => other.HasPresence && other.Accessor.HasValue(given)))
                reference.Accessor.Clear((IMessage)wanted.GetValue(request));
        }

        request.MergeFrom(fields.ToByteArray());
        await IsMalformed(request, field);
    }

    public static TheoryData<string, string[]> Missing => new()
    {
        { "CreateVirtualServer", ["virtual_server.load_balancer_type", "virtual_server.name", "virtual_server.placement", "virtual_server.vip"] },
        { "GetVirtualServer", ["target"] },
        { "UpdateVirtualServer", ["target", "virtual_server"] },
        { "DeleteVirtualServer", ["target"] },
        { "UndeleteVirtualServer", ["target"] },
        { "EnableVirtualServer", ["target"] },
        { "DisableVirtualServer", ["target"] },
        { "CreateLoadBalancerPool", ["load_balancer_pool.load_balancing_algorithm", "load_balancer_pool.name"] },
        { "GetLoadBalancerPool", ["target"] },
        { "UpdateLoadBalancerPool", ["load_balancer_pool", "target"] },
        { "DeleteLoadBalancerPool", ["target"] },
        { "UndeleteLoadBalancerPool", ["target"] },
        { "AddPoolMember", ["target"] },
        { "UpdatePoolMember", ["member", "member_target", "target"] },
        { "RemovePoolMember", ["member_target", "target"] },
        { "ReplacePoolMembers", ["target"] },
        { "UpsertInventoryObject", ["inventory_object.object"] },
        { "GetInventoryObject", ["target"] },
        { "RemoveInventoryObject", ["target"] },
        { "ListInventoryObjects", ["kind"] },
    };

    [Theory, MemberData(nameof(Missing))]
    public async Task An_empty_request_is_told_what_is_missing(string method, string[] fields) =>
        await IsMalformed(Calls.Method(method).InputType.Parser.ParseFrom([]), fields);

    [Fact]
    public async Task Only_a_list_of_virtual_servers_or_pools_and_a_summary_may_be_asked_for_without_anything()
    {
        Assert.Equal(Calls.Unary.Select(method => method.Name).Except(["ListVirtualServers", "ListLoadBalancerPools", "SummarizeVirtualServers"]).Order(), Missing.Select(row => (string)row[0]).Order());
        Assert.NotEmpty((await service.VirtualServers.ListVirtualServersAsync(new())).VirtualServers);
        Assert.NotEmpty((await service.Pools.ListLoadBalancerPoolsAsync(new())).LoadBalancerPools);
        Assert.NotEqual(0, (await service.VirtualServers.SummarizeVirtualServersAsync(new())).TotalCount);
    }

    [Theory]
    [InlineData("GetVirtualServer", """{"id": ""}""")]
    [InlineData("DeleteVirtualServer", """{"name": ""}""")]
    [InlineData("GetInventoryObject", """{"id": ""}""")]
    public async Task An_empty_target_is_no_target(string method, string request) =>
        await IsMalformed(Calls.Method(method).InputType.Parser.ParseJson(request), "target");

    [Theory]
    [InlineData("GetInventoryObject")]
    [InlineData("RemoveInventoryObject")]
    public async Task An_empty_inventory_name_lacks_kind_and_name(string method) =>
        await IsMalformed(Calls.Method(method).InputType.Parser.ParseJson("""{"name": {}}"""), "name.kind", "name.name");

    [Theory]
    [InlineData("ListVirtualServers")]
    [InlineData("ListLoadBalancerPools")]
    [InlineData("ListInventoryObjects")]
    public async Task All_that_is_wrong_with_a_list_is_told_at_once(string method)
    {
        string[] fields = method == "ListInventoryObjects" ? ["kind", "page_size", "page_token"] : ["page_size", "page_token"];
        await IsMalformed(Calls.Method(method).InputType.Parser.ParseJson("""{"page_size": -1, "page_token": "x"}"""), fields);
    }

    public static TheoryData<string> EveryMethod => [.. Calls.Unary.Select(method => method.Name)];

    [Theory, MemberData(nameof(EveryMethod))]
    public async Task Metadata_about_the_caller_is_limited(string method)
    {
        var request = Calls.Method(method).InputType.Parser.ParseJson(Base(method));
        await IsMalformed(request, new Metadata { { "x-actor", new string('a', 256) } }, "x-actor");
        await IsMalformed(request, new Metadata { { "x-correlation-id", new string('c', 129) } }, "x-correlation-id");
        await IsMalformed(request, new Metadata { { "x-actor", new string('a', 5000) }, { "x-correlation-id", new string('c', 5000) } }, "x-actor", "x-correlation-id");
    }

    // Whatever a caller sends in one field, what comes back must fit into trailers.
    public static TheoryData<string, string, StatusCode> Huge => new()
    {
        { "CreateVirtualServer", """{"virtual_server": {"id": "HUGE", "name": "HUGE", "vip": {"id": "HUGE"}, "device": {"name": "HUGE"}, "labels": {"HUGE": "HUGE"}, "description": "HUGE"}, "reason": "HUGE", "request_id": "HUGE"}""", StatusCode.InvalidArgument },
        { "CreateVirtualServer", """{"virtual_server": {"name": "new", "vip": {"name": "HUGE"}, "load_balancer_type": 2, "device": {"name": "HUGE"}, "tenant": {"name": "HUGE"}, "load_balancer_pool": {"name": "HUGE"}}}""", StatusCode.FailedPrecondition },
        { "UpdateVirtualServer", """{"name": "known", "virtual_server": {}, "update_mask": "HUGE"}""", StatusCode.InvalidArgument },
        { "UpdateVirtualServer", """{"name": "known", "virtual_server": {}, "etag": "HUGE"}""", StatusCode.Aborted },
        { "GetVirtualServer", """{"id": "HUGE"}""", StatusCode.InvalidArgument },
        { "GetVirtualServer", """{"name": "HUGE"}""", StatusCode.NotFound },
        { "DeleteVirtualServer", """{"name": "HUGE"}""", StatusCode.NotFound },
        { "ListVirtualServers", """{"page_token": "HUGE"}""", StatusCode.InvalidArgument },
        { "UpsertInventoryObject", """{"inventory_object": {"id": "HUGE", "ip_address": {"address": "HUGE", "namespace": "HUGE"}}}""", StatusCode.InvalidArgument },
        { "GetInventoryObject", """{"name": {"kind": 7, "name": "HUGE"}}""", StatusCode.NotFound },
        { "GetInventoryObject", """{"name": {"kind": 6, "name": "HUGE", "namespace": "HUGE"}}""", StatusCode.NotFound },
    };

    [Theory, MemberData(nameof(Huge))]
    public async Task However_much_is_sent_the_refusal_is_small(string method, string request, StatusCode code)
    {
        foreach (var huge in new[] { new string('h', 50_000), string.Concat(Enumerable.Repeat("ünï🙂", 5_000)) })
        {
            var call = service.Send(Calls.Method(method).InputType.Parser.ParseJson(request.Replace("HUGE", huge, StringComparison.Ordinal)));
            var refusal = await Refusal.Of(call);
            Assert.Equal(code, refusal.Code);
            Assert.InRange(Size(call.GetTrailers()), 1, 8 * 1024);
        }
    }

    [Fact]
    public async Task However_much_is_wrong_the_refusal_is_small()
    {
        var mask = new UpdateVirtualServerRequest { Name = "known", VirtualServer = new(), UpdateMask = new() { Paths = { Enumerable.Range(0, 5_000).Select(i => $"no_such_field_{i}") } } };
        var labels = new UpdateVirtualServerRequest { Name = "known", VirtualServer = new() };
        for (var i = 0; i < 2_000; i++) labels.VirtualServer.Labels.Add($"{i}{new string('ü', 70)}", new('v', 256));
        foreach (var request in new[] { mask, labels })
        {
            var call = service.Send(request);
            var refusal = await Refusal.Of(call, StatusCode.InvalidArgument, request == mask ? "FIELD_UNKNOWN" : "FIELD_INVALID");
            Assert.Contains("more", refusal.Message, StringComparison.Ordinal);
            Assert.InRange(Size(call.GetTrailers()), 1, 8 * 1024);
        }
    }

    [Fact]
    public async Task A_page_token_that_was_tampered_with_is_refused()
    {
        for (var i = 0; i < 3; i++) await TestInventory.Create(service);
        var request = new ListVirtualServersRequest { PageSize = 1 };
        request.PageToken = (await service.VirtualServers.ListVirtualServersAsync(request)).NextPageToken;
        var page = await service.VirtualServers.ListVirtualServersAsync(request);
        for (var at = 0; at < request.PageToken.Length; at++)
        {
            var token = request.PageToken.ToCharArray();
            token[at] = token[at] == 'A' ? 'B' : 'A';
            try
            {
                // The last character may have bits that mean nothing.
                Assert.Equal(page, await service.VirtualServers.ListVirtualServersAsync(new(request) { PageToken = new(token) }));
                Assert.Equal(request.PageToken.Length - 1, at);
            }
            catch (RpcException exception)
            {
                Assert.Equal(StatusCode.InvalidArgument, exception.StatusCode);
            }
        }

        foreach (var token in new[] { request.PageToken[..^4], request.PageToken + "AAAA", request.PageToken + request.PageToken, request.PageToken.ToUpperInvariant() })
            await IsMalformed(new ListVirtualServersRequest(request) { PageToken = token }, "page_token");
    }

    [Theory]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("nonsense")]
    [InlineData("{\"Kind\":1,\"WithDeleted\":false,\"Name\":null,\"Id\":\"0190a5c4-7b1e-7f3a-9c52-0d6c1f1f2a10\"}")]
    [InlineData("{\"Kind\":1,\"WithDeleted\":false,\"Name\":\"a\\u0000b\",\"Id\":\"0190a5c4-7b1e-7f3a-9c52-0d6c1f1f2a10\"}")]
    [InlineData("{\"Kind\":1,\"WithDeleted\":false,\"Name\":\"a\\ud800\",\"Id\":\"0190a5c4-7b1e-7f3a-9c52-0d6c1f1f2a10\"}")]
    [InlineData("{\"Kind\":1,\"WithDeleted\":false,\"Name\":\"a\",\"Id\":\"no id\"}")]
    [InlineData("{\"Kind\":99,\"WithDeleted\":false,\"Name\":\"a\",\"Id\":\"0190a5c4-7b1e-7f3a-9c52-0d6c1f1f2a10\"}")]
    [InlineData("{\"Kind\":1,\"WithDeleted\":1,\"Name\":\"a\",\"Id\":\"0190a5c4-7b1e-7f3a-9c52-0d6c1f1f2a10\"}")]
    public async Task A_page_token_that_somebody_forged_is_refused(string json)
    {
        // As Views/Pages.cs writes it: a sum, and the place.
        var bytes = Encoding.UTF8.GetBytes(json);
        foreach (var token in new[] { Base64Url.EncodeToString(bytes), Base64Url.EncodeToString([.. SHA256.HashData(bytes).AsSpan(0, 8), .. bytes]) })
            await IsMalformed(new ListVirtualServersRequest { PageToken = token }, "page_token");
    }

    [Fact]
    public async Task A_page_token_of_another_list_is_refused()
    {
        for (var i = 0; i < 2; i++) await TestInventory.Create(service);
        var virtualServers = (await service.VirtualServers.ListVirtualServersAsync(new() { PageSize = 1 })).NextPageToken;
        var deleted = (await service.VirtualServers.ListVirtualServersAsync(new() { PageSize = 1, ShowDeleted = true })).NextPageToken;
        var devices = (await service.Inventory.ListInventoryObjectsAsync(new() { Kind = Kind.Device, PageSize = 1 })).NextPageToken;
        var addresses = (await service.Inventory.ListInventoryObjectsAsync(new() { Kind = Kind.IpAddress, PageSize = 1 })).NextPageToken;
        foreach (var token in new[] { deleted, devices, addresses }) await IsMalformed(new ListVirtualServersRequest { PageToken = token }, "page_token");
        foreach (var token in new[] { virtualServers, devices }) await IsMalformed(new ListVirtualServersRequest { PageToken = token, ShowDeleted = true }, "page_token");
        foreach (var token in new[] { virtualServers, deleted, addresses }) await IsMalformed(new ListInventoryObjectsRequest { Kind = Kind.Device, PageToken = token }, "page_token");
    }

    private Task IsMalformed(IMessage request, params string[] fields) => IsMalformed(request, null, fields);

    private async Task IsMalformed(IMessage request, Metadata? headers, params string[] fields)
    {
        var before = await service.Everything();
        var refusal = await Refusal.Of(service.Send(request, headers));
        Assert.Equal(StatusCode.InvalidArgument, refusal.Code);
        Assert.Equal(fields, refusal.Fields.Distinct().Order(StringComparer.Ordinal));
        Assert.All(refusal.Reasons, reason => Assert.Contains(reason, new[] { "FIELD_REQUIRED", "FIELD_INVALID", "FIELD_UNKNOWN" }));
        Assert.Equal("virtualserver.v1", refusal.Info.Domain);
        Assert.Contains(refusal.Info.Metadata["field"], fields);
        Assert.NotEmpty(refusal.Message);
        Assert.Equal(before, await service.Everything());
    }

    // As HTTP/2 counts it: names, values and 32 bytes for each.
    private static int Size(Metadata trailers) =>
        trailers.Sum(trailer => 32 + trailer.Key.Length + (trailer.IsBinary ? (trailer.ValueBytes.Length * 4 / 3) + 2 : Uri.EscapeDataString(trailer.Value).Length));
}
