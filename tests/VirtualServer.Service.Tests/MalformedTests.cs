using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;
using VirtualServers.Service.Tests.Harness;
using VirtualServers.V1;

namespace VirtualServers.Service.Tests;

/// <summary>Malformed requests are rejected with INVALID_ARGUMENT and the path of the field, in every RPC, and nothing is stored.</summary>
public sealed class MalformedTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>, IAsyncLifetime
{
    private static readonly string Long = new('n', 300);

    private static readonly string[] BadIds =
    [
        "x", "0190a5c4", "0190a5c47b1e7f3a9c520d6c1f1f2a10", "{0190a5c4-7b1e-7f3a-9c52-0d6c1f1f2a10}",
        " 0190a5c4-7b1e-7f3a-9c52-0d6c1f1f2a10", "0190a5c4-7b1e-7f3a-9c52-0d6c1f1f2a1g",
        "00000000-0000-0000-0000-000000000000", "0190a5c4-7b1e-7f3a-9c52-0d6c1f1f2a10\\u0000", "\\u0000", "lb-1",
        "0x90a5c4-7b1e-7f3a-9c52-0d6c1f1f2a10", "+190a5c4-7b1e-7f3a-9c52-0d6c1f1f2a10",
    ];

    private static readonly string[] Control = ["a\\u0000b", "\\u0000", "a\\u0007", "a\\u001bb", "a\\u007fb", "a\\u0085b"];

    // Format characters, separators, and texts that show nothing: refused on a line (domain.md, section 1, name).
    private static readonly string[] Invisible = ["a\\u200bb", "a\\u202eb", "a\\ufeff", "a\\u2028b", "a\\u2029b", "\\u3164", "\\u2800"];

    private static readonly string[] Breaks = ["a\\u000ab", "a\\u0009b", "a\\u000db"];

    // Malformed references, and the part of the reference that is named.
    private static readonly (string Reference, string Part)[] References =
        [("{}", ""), ("{\"id\": \"x\"}", ".id"), ("{\"name\": \"a\\u0000\"}", ".name")];

    private readonly TestService service = fixture.Service;

    // Valid requests, which the rows below modify.
    private static string Base(string method) => method switch
    {
        "CreateVirtualServer" =>
            """{"virtual_server": {"name": "new", "vip": {"name": "192.0.2.10"}, "load_balancer_type": 2, "device": {"name": "lb-1"}}}""",
        "CreateLoadBalancerPool" => """{"load_balancer_pool": {"name": "new", "load_balancing_algorithm": 1}}""",
        "AddPoolMember" => """{"name": "known", "member": {"ip_address": {"name": "192.0.2.10"}, "port": 1}}""",
        "UpdatePoolMember" => """{"name": "known", "endpoint": {"ip_address": {"name": "192.0.2.10"}, "port": 80}, "member": {}}""",
        "RemovePoolMember" => """{"name": "known", "endpoint": {"ip_address": {"name": "192.0.2.10"}, "port": 80}}""",
        "RotateCertificateProfile" => """{"from": {"name": "known"}, "to": {"name": "another"}}""",
        "ListUsages" => """{"name": {"kind": "KIND_DEVICE", "name": "lb-1"}}""",
        "ListVersions" => """{"target": {"name": {"kind": "KIND_DEVICE", "name": "lb-1"}}}""",
        "GetVersion" => """{"target": {"name": {"kind": "KIND_DEVICE", "name": "lb-1"}}, "at": {"version": 1}}""",
        "DiffVersions" => """{"target": {"name": {"kind": "KIND_DEVICE", "name": "lb-1"}}, "from": {"version": 1}}""",
        "RevertObject" => """{"target": {"name": {"kind": "KIND_VIRTUAL_SERVER", "name": "known"}}, "to": {"version": 1}}""",
        "CreateHealthCheckMonitor" => """{"health_check_monitor": {"name": "new"}}""",
        "CreateCertificateProfile" => """{"certificate_profile": {"name": "new"}}""",
        "UpsertInventoryObject" or "RetryParkedChanges" or "SkipParkedChange" => "{}",
        "BatchUpsertInventoryObjects" => """{"requests": [{"inventory_object": {"device": {"name": "lb-1"}}}]}""",
        "ListInventoryObjects" => """{"kind": "KIND_DEVICE"}""",
        "BatchGetInventoryObjects" => """{"targets": [{"name": {"kind": "KIND_DEVICE", "name": "lb-1"}}]}""",
        _ when method.StartsWith("BatchGet", StringComparison.Ordinal) => """{"targets": [{"name": "known"}]}""",
        "GetInventoryObject" or "RemoveInventoryObject" => """{"name": {"kind": "KIND_DEVICE", "name": "lb-1"}}""",
        _ when Calls.AcceptingEmpty.Contains(method) => "{}",
        _ when Owned.All.SingleOrDefault(owned => method == $"Update{owned.Name}") is { } owned =>
            $"{{\"name\": \"known\", \"{owned.Field}\": {{}}}}",
        _ => """{"name": "known"}""",
    };

    public async Task InitializeAsync()
    {
        // The same content under the same id: one object of each kind for all tests.
        await service.Create(new()
        {
            Id = "0190a5c4-7b1e-7f3a-9c52-0d6c1f1f2a10",
            Name = "known",
            Vip = new() { Name = "2001:db8::10" },
            LoadBalancerType = LoadBalancerType.Dns,
            Device = new() { Name = "lb-2" },
        });
        await service.Send(new CreateLoadBalancerPoolRequest
        {
            LoadBalancerPool = new()
            {
                Id = "0190a5c4-7b1e-7f3a-9c52-0d6c1f1f2a13", Name = "known", LoadBalancingAlgorithm = LoadBalancingAlgorithm.RoundRobin,
                Members = { new PoolMember { IpAddress = new() { Name = "192.0.2.10" }, Port = 80 } },
            },
        });
        await service.Send(new CreateHealthCheckMonitorRequest
        {
            HealthCheckMonitor = new() { Id = "0190a5c4-7b1e-7f3a-9c52-0d6c1f1f2a11", Name = "known" },
        });
        await service.Send(new CreateCertificateProfileRequest
        {
            CertificateProfile = new() { Id = "0190a5c4-7b1e-7f3a-9c52-0d6c1f1f2a12", Name = "known" },
        });
        await service.Send(new CreateCertificateProfileRequest
        {
            CertificateProfile = new() { Id = "0190a5c4-7b1e-7f3a-9c52-0d6c1f1f2a14", Name = "another" },
        });
    }

    public Task DisposeAsync() => Task.CompletedTask;

    // The rows of every owned kind and those of this kind, each with a create and an update.
    private static TheoryData<string, string, string> Rows(string name, Action<Action<string, string>> fields)
    {
        var (rows, owned) = (new TheoryData<string, string, string>(), Owned.All.Single(known => known.Name == name));
        foreach (var method in new[] { $"Create{name}", $"Update{name}" })
        {
            void Add(string json, string field) => rows.Add(method, $"{{\"{owned.Field}\": {{{json}}}}}", $"{owned.Field}.{field}");

            foreach (var text in Control.Concat(Breaks).Concat(Invisible)) Add($"\"name\": \"{text}\"", "name");
            foreach (var text in new[] { Long, " ", "\\t\\n ", "\\u2003" }) Add($"\"name\": \"{text}\"", "name");
            foreach (var field in owned.With("name", "").Descriptor.Fields.InDeclarationOrder()
                .Where(field => !field.IsRepeated && field.FieldType == FieldType.Message && field.MessageType == Reference.Descriptor)
                .Select(field => field.Name))
            {
                Add($"\"{field}\": {{}}", field);
                foreach (var id in BadIds.Take(7)) Add($"\"{field}\": {{\"id\": \"{id}\"}}", $"{field}.id");
                foreach (var text in Control.Take(2).Concat(Invisible.Take(2)))
                    Add($"\"{field}\": {{\"name\": \"{text}\"}}", $"{field}.name");
                Add($"\"{field}\": {{\"id\": \"0190a5c4-7b1e-7f3a-9c52-0d6c1f1f2a10\", \"name\": \"a\\u0000\"}}", $"{field}.name");
            }

            fields(Add);
        }

        foreach (var id in BadIds) rows.Add($"Create{name}", $"{{\"{owned.Field}\": {{\"id\": \"{id}\"}}}}", $"{owned.Field}.id");
        return rows;
    }

    public static TheoryData<string, string, string> VirtualServers => Rows("VirtualServer", add =>
    {
        foreach (var port in new[] { 70000, 65536, -1, int.MaxValue, int.MinValue }) add($"\"port\": {port}", "port");
        foreach (var number in new[] { 99, -1, 12, int.MinValue }) add($"\"protocol\": {number}", "protocol");
        foreach (var number in new[] { 99, -1, 4 }) add($"\"source_nat_type\": {number}", "source_nat_type");
        foreach (var number in new[] { 99, -1, 5 }) add($"\"load_balancer_type\": {number}", "load_balancer_type");
        foreach (var (reference, part) in References)
            add($"\"certificate_profiles\": [{{\"name\": \"known\"}}, {reference}]", $"certificate_profiles[1]{part}");
        foreach (var key in Control.Concat(Breaks).Concat(["", new('k', 64)]))
            add($"\"labels\": {{\"{key}\": \"value\"}}", $"labels.`{key}`");
        foreach (var value in Control.Concat(Breaks).Concat(Invisible).Concat([" ", new('v', 256)]))
            add($"\"labels\": {{\"key\": \"{value}\"}}", "labels.`key`");
        add($"\"labels\": {{{string.Join(", ", Enumerable.Range(0, 65).Select(i => $"\"{i}\": \"\""))}}}", "labels");
        foreach (var text in Control.Concat([new('d', 1025), "d" + new string(' ', 1024)]))
            add($"\"description\": \"{text}\"", "description");
    });

    public static TheoryData<string, string, string> Pools => Rows("LoadBalancerPool", add =>
    {
        foreach (var number in new[] { 99, -1, 14 }) add($"\"load_balancing_algorithm\": {number}", "load_balancing_algorithm");
        foreach (var key in Control.Concat(Breaks).Concat(["", new('k', 64)]))
            add($"\"labels\": {{\"{key}\": \"value\"}}", $"labels.`{key}`");
        foreach (var text in Control.Concat([new('d', 1025)])) add($"\"description\": \"{text}\"", "description");
        const string address = "\"ip_address\": {\"name\": \"192.0.2.10\"}";
        const string at = $"\"members\": [{{{address}, \"port\": 1}}, {{{address}, \"port\": 2, ";
        foreach (var number in new[] { 99, -1, 6 }) add($"{at}\"status\": {number}}}]", "members[1].status");
        foreach (var text in Control.Concat(Breaks).Concat(Invisible).Concat([Long]))
            add($"{at}\"label\": \"{text}\"}}]", "members[1].label");
        foreach (var (reference, part) in References)
        {
            add($"{at}\"tenant\": {reference}}}]", $"members[1].tenant{part}");
            add($"{at}\"health_check_monitor\": {reference}}}]", $"members[1].health_check_monitor{part}");
            add($"{at}\"certificate_profiles\": [{reference}]}}]", $"members[1].certificate_profiles[0]{part}");
            add($"\"members\": [{{\"ip_address\": {reference}, \"port\": 1}}]", $"members[0].ip_address{part}");
        }

        foreach (var port in new[] { 65536, -1, int.MaxValue, int.MinValue })
            add($"\"members\": [{{\"ip_address\": {{\"name\": \"192.0.2.10\"}}, \"port\": {port}}}]", "members[0].port");
        add("\"members\": [{\"ip_address\": {\"name\": \"192.0.2.10\"}}]", "members[0].port");
        add("\"members\": [{\"port\": 1}]", "members[0].ip_address");
    });

    public static TheoryData<string, string, string> Monitors => Rows("HealthCheckMonitor", add =>
    {
        foreach (var number in new[] { 99, -1, 7 }) add($"\"health_check_type\": {number}", "health_check_type");
        foreach (var seconds in new[] { 0, -1, 86_401, int.MaxValue, int.MinValue })
        {
            add($"\"interval\": {seconds}", "interval");
            add($"\"timeout\": {seconds}", "timeout");
        }

        foreach (var times in new[] { -1, 1_001, int.MaxValue, int.MinValue }) add($"\"retry\": {times}", "retry");
        foreach (var port in new[] { 65536, -1, int.MaxValue, int.MinValue }) add($"\"port\": {port}", "port");
    });

    public static TheoryData<string, string, string> Profiles => Rows("CertificateProfile", add =>
    {
        foreach (var number in new[] { 99, -1, 4 }) add($"\"certificate_type\": {number}", "certificate_type");
        foreach (var path in new[] { "certificate_file_path", "chain_file_path", "key_file_path" })
            foreach (var text in Control.Concat(Breaks).Concat([new('p', 1025), "-----BEGIN PRIVATE KEY-----"]))
                add($"\"{path}\": \"{text}\"", path);
        foreach (var text in Control.Concat([new('c', 1025), "-----BEGIN PRIVATE KEY-----"])) add($"\"cipher\": \"{text}\"", "cipher");
    });

    public static TheoryData<string, string, string> Targets()
    {
        var rows = new TheoryData<string, string, string>();
        foreach (var type in Calls.Unary.Where(method => method.InputType.Oneofs.Any(oneof => oneof.Name == "target")))
        {
            var method = type.Name;
            foreach (var id in BadIds) rows.Add(method, $"{{\"id\": \"{id}\"}}", "id");
            if (type.InputType.FindFieldByName("name").FieldType != FieldType.String) continue;
            foreach (var text in Control.Concat(Breaks).Concat(Invisible).Concat([" ", "\\u2003 "]))
                rows.Add(method, $"{{\"name\": \"{text}\"}}", "name");
        }

        foreach (var method in new[] { "GetInventoryObject", "RemoveInventoryObject" })
        {
            foreach (var kind in new[] { 1, 2, 3, 4, 12, 99, -1 }) rows.Add(method, $"{{\"name\": {{\"kind\": {kind}}}}}", "name.kind");
            foreach (var text in Control.Concat(Breaks).Concat([" ", "\\u2003 "]))
                rows.Add(method, $"{{\"name\": {{\"name\": \"{text}\"}}}}", "name.name");
            foreach (var text in Control.Concat(Breaks))
                rows.Add(method, $"{{\"name\": {{\"kind\": 5, \"name\": \"192.0.2.10\", \"namespace\": \"{text}\"}}}}", "name.namespace");
        }

        return rows;
    }

    public static TheoryData<string, string, string> Inventory()
    {
        var rows = new TheoryData<string, string, string>();
        void Add(string fields, string field) =>
            rows.Add("UpsertInventoryObject", $"{{\"inventory_object\": {{{fields}}}}}", $"inventory_object.{field}");

        foreach (var id in BadIds) Add($"\"id\": \"{id}\", \"device\": {{\"name\": \"new\"}}", "id");
        foreach (var kind in new[] { "device", "device_redundancy_group", "virtual_chassis", "cloud_service", "tenant" })
        {
            Add($"\"{kind}\": {{}}", $"{kind}.name");
            foreach (var text in Control.Concat(Breaks).Concat(Invisible).Concat([Long, " ", "\\u2003"]))
                Add($"\"{kind}\": {{\"name\": \"{text}\"}}", $"{kind}.name");
        }

        foreach (var (kind, field) in new[] { ("ip_address", "address"), ("prefix", "prefix") })
        {
            Add($"\"{kind}\": {{}}", $"{kind}.{field}");
            Add($"\"{kind}\": {{\"namespace\": \"Blue\"}}", $"{kind}.{field}");
            foreach (var text in Control.Concat(Breaks).Concat([Long, " "]))
                Add($"\"{kind}\": {{\"{field}\": \"{text}\"}}", $"{kind}.{field}");
            var good = kind == "prefix" ? "192.0.2.0/24" : "192.0.2.10";
            foreach (var text in Control.Concat(Breaks).Concat(Invisible).Concat([Long]))
                Add($"\"{kind}\": {{\"{field}\": \"{good}\", \"namespace\": \"{text}\"}}", $"{kind}.namespace");
        }

        foreach (var address in new[]
        {
            "nowhere", "1", "192.0.2", "192.0.2.256", "192.0.2.010", "192.0.2.10/31", "192.0.2.10:80", "[2001:db8::1]", "2001:db8::1%eth0",
            "2001:db8::/64", "2001:db8:::1", "0x7f.1", "192.0.2.10 192.0.2.11", "١٩٢.0.2.1",
        })
            Add($"\"ip_address\": {{\"address\": \"{address}\"}}", "ip_address.address");

        foreach (var prefix in new[]
        {
            "192.0.2.0", "192.0.2.0/", "/24", "192.0.2.0/33", "192.0.2.0/-1", "192.0.2.0/024", "192.0.2.0/+24", "192.0.2.0/255.255.255.0",
            "192.0.2.1/24", "2001:db8::/129", "2001:db8::1/32", "192.0.2.0/24/24", "192.0.2.0/ 24",
        })
            Add($"\"prefix\": {{\"prefix\": \"{prefix}\"}}", "prefix.prefix");
        return rows;
    }

    public static TheoryData<string, string, string> Options()
    {
        var rows = new TheoryData<string, string, string>();
        foreach (var method in Calls.Unary.Where(method => method.InputType.FindFieldByName("request_id") is not null)
            .Select(method => method.Name))
        {
            var known = method == "UpsertInventoryObject" ? """ "inventory_object": {"device": {"name": "lb-1"}}, """ : "";
            foreach (var id in BadIds)
                rows.Add(method, $"{{{known}\"request_id\": \"{id}\"}}", "request_id");
            foreach (var text in Control.Concat([new('r', 1025)])) rows.Add(method, $"{{{known}\"reason\": \"{text}\"}}", "reason");
        }

        foreach (var list in Calls.Lists)
        {
            foreach (var size in new[] { -1, int.MinValue }) rows.Add(list, $"{{\"page_size\": {size}}}", "page_size");
            foreach (var token in new[]
            {
                "x", "garbage!", "\\u0000", " ", "====", "bm9uc2Vuc2U", "bnVsbA", "e30", "W10", "MQ", "IiI", "AAAA", "_____w", Long, "🙂",
            })
            {
                rows.Add(list, $"{{\"page_token\": \"{token}\"}}", "page_token");
            }
        }

        foreach (var kind in new[] { 1, 2, 3, 4, 12, 99, -1 }) rows.Add("ListInventoryObjects", $"{{\"kind\": {kind}}}", "kind");
        return rows;
    }

    [Theory]
    [MemberData(nameof(VirtualServers))]
    [MemberData(nameof(Pools))]
    [MemberData(nameof(Monitors))]
    [MemberData(nameof(Profiles))]
    [MemberData(nameof(Targets))]
    [MemberData(nameof(Inventory))]
    [MemberData(nameof(Options))]
    public async Task A_malformed_field_is_named(string method, string malformed, string field)
    {
        var type = Calls.Method(method).InputType;
        var (request, fields) = (type.Parser.ParseJson(Base(method)), type.Parser.ParseJson(malformed));
        // A reference replaces the existing one instead of being merged into it.
        if (Owned.All.SingleOrDefault(owned => method.EndsWith(owned.Name, StringComparison.Ordinal)) is { } kind
            && type.FindFieldByName(kind.Field)?.Accessor is { } wanted
            && wanted.GetValue(fields) is IMessage given)
        {
            foreach (var reference in given.Descriptor.Fields.InDeclarationOrder()
                .Where(other => other.HasPresence && other.Accessor.HasValue(given)))
                reference.Accessor.Clear((IMessage)wanted.GetValue(request));
        }

        request.MergeFrom(fields.ToByteArray());
        await IsMalformed(request, field);
    }

    public static TheoryData<string, string[]> Missing()
    {
        var rows = new TheoryData<string, string[]>
        {
            {
                "CreateVirtualServer",
                [
                    "virtual_server.cloud_service", "virtual_server.device", "virtual_server.device_redundancy_group",
                    "virtual_server.load_balancer_type", "virtual_server.name", "virtual_server.vip", "virtual_server.virtual_chassis",
                ]
            },
            { "CreateLoadBalancerPool", ["load_balancer_pool.load_balancing_algorithm", "load_balancer_pool.name"] },
            { "AddPoolMember", ["id", "name"] },
            { "UpdatePoolMember", ["endpoint", "id", "member", "member_id", "name"] },
            { "RemovePoolMember", ["endpoint", "id", "member_id", "name"] },
            { "ReplacePoolMembers", ["id", "name"] },
            { "RotateCertificateProfile", ["from", "to"] },
            { "ListUsages", ["id", "name"] },
            { "ListVersions", ["target.id", "target.name"] },
            { "GetVersion", ["at", "target.id", "target.name"] },
            { "DiffVersions", ["from", "target.id", "target.name"] },
            { "RevertObject", ["target.id", "target.name", "to"] },
            { "CreateHealthCheckMonitor", ["health_check_monitor.name"] },
            { "CreateCertificateProfile", ["certificate_profile.name"] },
            { "EnableVirtualServer", ["id", "name"] },
            { "DisableVirtualServer", ["id", "name"] },
            {
                "UpsertInventoryObject",
                [.. Domain.Inventory.Draft.Fields.Select(field => $"inventory_object.{field}").Order(StringComparer.Ordinal)]
            },
            { "BatchUpsertInventoryObjects", ["requests"] },
            { "RetryParkedChanges", ["object_id"] },
            { "SkipParkedChange", ["sequence"] },
            { "GetInventoryObject", ["id", "name"] },
            { "RemoveInventoryObject", ["id", "name"] },
            { "ListInventoryObjects", ["kind"] },
            { "BatchGetInventoryObjects", ["targets"] },
        };
        foreach (var owned in Owned.All)
        {
            foreach (var verb in new[] { "Get", "Delete", "Undelete" }) rows.Add($"{verb}{owned.Name}", ["id", "name"]);
            rows.Add($"BatchGet{owned.Name}s", ["targets"]);
            rows.Add($"Update{owned.Name}", [.. new[] { owned.Field, "id", "name" }.Order(StringComparer.Ordinal)]);
        }

        return rows;
    }

    [Theory, MemberData(nameof(Missing))]
    public async Task The_refusal_of_an_empty_request_lists_all_missing_fields(string method, string[] fields) =>
        await IsMalformed(Calls.Method(method).InputType.Parser.ParseFrom([]), fields);

    [Fact]
    public async Task Only_lists_of_owned_objects_and_the_summary_accept_an_empty_request()
    {
        Assert.Equal(
            Calls.Unary.Select(method => method.Name).Except(Calls.AcceptingEmpty).Order(),
            Missing().Select(row => (string)row[0]).Order());
        // Nothing is parked.
        foreach (var list in Calls.AcceptingEmpty.Except(["ListParkedChanges"]))
            Assert.NotEqual(0, (await service.Send(Calls.Method(list).InputType.Parser.ParseFrom([]))).CalculateSize());
    }

    [Theory]
    [InlineData("GetVirtualServer", """{"id": ""}""")]
    [InlineData("DeleteVirtualServer", """{"name": ""}""")]
    [InlineData("GetInventoryObject", """{"id": ""}""")]
    public async Task An_empty_target_is_a_missing_target(string method, string request) =>
        await IsMalformed(Calls.Method(method).InputType.Parser.ParseJson(request), "id", "name");

    [Theory]
    [InlineData("GetInventoryObject")]
    [InlineData("RemoveInventoryObject")]
    public async Task An_empty_inventory_name_lacks_kind_and_name(string method) =>
        await IsMalformed(Calls.Method(method).InputType.Parser.ParseJson("""{"name": {}}"""), "name.kind", "name.name");

    [Fact]
    public async Task A_kind_that_is_not_set_and_a_missing_choice_name_the_values()
    {
        var inventory = new InventoryService.InventoryServiceClient(service.Channel);
        var kindless = await Refusal.Of(inventory.GetInventoryObjectAsync(new() { Name = new() { Name = "x" } }));
        Assert.StartsWith("name.kind is not set: use one of KIND_", kindless.Message, StringComparison.Ordinal);
        var typeless = await Refusal.Of(service.VirtualServers.CreateVirtualServerAsync(new() { VirtualServer = new() }));
        Assert.Contains(
            "load_balancer_type is required: use one of LOAD_BALANCER_TYPE_LAYER_2, LOAD_BALANCER_TYPE_LAYER_4, "
            + "LOAD_BALANCER_TYPE_LAYER_7, LOAD_BALANCER_TYPE_DNS", typeless.Message, StringComparison.Ordinal);
        Assert.Equal(Names("LoadBalancingAlgorithm"), Domain.ContractNames.Of<Domain.Pools.LoadBalancingAlgorithm>());
        Assert.Equal(Names("PoolMemberStatus"), Domain.ContractNames.Of<Domain.Pools.MemberStatus>());

        static IEnumerable<string> Names(string type) =>
            LoadBalancerPoolReflection.Descriptor.EnumTypes.Single(one => one.Name == type).Values.Skip(1).Select(value => value.Name);
    }

    public static TheoryData<string> Lists => [.. Calls.Lists];

    [Theory, MemberData(nameof(Lists))]
    public async Task All_violations_of_a_list_request_are_listed_at_once(string method)
    {
        string[] fields = method switch
        {
            "ListInventoryObjects" => ["kind", "page_size", "page_token"],
            "ListUsages" => ["id", "name", "page_size", "page_token"],
            "ListVersions" => ["page_size", "page_token", "target.id", "target.name"],
            _ => ["page_size", "page_token"],
        };
        await IsMalformed(Calls.Method(method).InputType.Parser.ParseJson("""{"page_size": -1, "page_token": "x"}"""), fields);
    }

    public static TheoryData<string> EveryMethod => [.. Calls.Unary.Select(method => method.Name)];

    [Theory, MemberData(nameof(EveryMethod))]
    public async Task Metadata_about_the_caller_is_limited(string method)
    {
        var request = Calls.Method(method).InputType.Parser.ParseJson(Base(method));
        await IsMalformed(request, new Metadata { { "x-actor", new string('a', 256) } }, "x-actor");
        await IsMalformed(request, new Metadata { { "x-correlation-id", new string('c', 129) } }, "x-correlation-id");
        await IsMalformed(
            request,
            new Metadata { { "x-actor", new string('a', 5000) }, { "x-correlation-id", new string('c', 5000) } },
            "x-actor",
            "x-correlation-id");
    }

    // The refusal of a huge field must fit into trailers.
    public static TheoryData<string, string, StatusCode> Huge => new()
    {
        {
            "CreateVirtualServer",
            """
            {
              "virtual_server": {
                "id": "HUGE", "name": "HUGE", "vip": {"id": "HUGE"}, "device": {"name": "HUGE"},
                "labels": {"HUGE": "HUGE"}, "description": "HUGE"
              },
              "reason": "HUGE", "request_id": "HUGE"
            }

            """,
            StatusCode.InvalidArgument
        },
        {
            "CreateVirtualServer",
            """
            {
              "virtual_server": {
                "name": "new", "vip": {"name": "192.0.2.99"}, "load_balancer_type": 2, "device": {"name": "HUGE"},
                "tenant": {"name": "HUGE"}, "load_balancer_pool": {"name": "HUGE"}
              }
            }

            """,
            StatusCode.FailedPrecondition
        },
        { "UpdateVirtualServer", """{"name": "known", "virtual_server": {}, "update_mask": "HUGE"}""", StatusCode.InvalidArgument },
        { "UpdateVirtualServer", """{"name": "known", "virtual_server": {}, "etag": "HUGE"}""", StatusCode.Aborted },
        { "GetVirtualServer", """{"id": "HUGE"}""", StatusCode.InvalidArgument },
        { "GetVirtualServer", """{"name": "HUGE"}""", StatusCode.NotFound },
        { "DeleteVirtualServer", """{"name": "HUGE"}""", StatusCode.NotFound },
        { "ListVirtualServers", """{"page_token": "HUGE"}""", StatusCode.InvalidArgument },
        {
            "UpsertInventoryObject",
            """{"inventory_object": {"id": "HUGE", "ip_address": {"address": "HUGE", "namespace": "HUGE"}}}""",
            StatusCode.InvalidArgument
        },
        { "GetInventoryObject", """{"name": {"kind": 7, "name": "HUGE"}}""", StatusCode.NotFound },
        { "GetInventoryObject", """{"name": {"kind": 6, "name": "HUGE", "namespace": "HUGE"}}""", StatusCode.InvalidArgument },
    };

    [Theory, MemberData(nameof(Huge))]
    public async Task The_refusal_of_a_huge_request_is_small(string method, string request, StatusCode code)
    {
        foreach (var huge in new[] { new string('h', 50_000), string.Concat(Enumerable.Repeat("ünï🙂", 5_000)) })
        {
            var call = service.Send(
                Calls.Method(method).InputType.Parser.ParseJson(request.Replace("HUGE", huge, StringComparison.Ordinal)));
            var refusal = await Refusal.Of(call);
            Assert.Equal(code, refusal.Code);
            Assert.InRange(Size(call.GetTrailers()), 1, 8 * 1024);
        }
    }

    [Fact]
    public async Task The_refusal_of_many_violations_is_small()
    {
        var mask = new UpdateVirtualServerRequest
        {
            Name = "known",
            VirtualServer = new(),
            UpdateMask = new() { Paths = { Enumerable.Range(0, 5_000).Select(i => $"no_such_field_{i}") } },
        };
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
    public async Task A_modified_page_token_is_rejected()
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
                // The last character may have unused bits.
                Assert.Equal(page, await service.VirtualServers.ListVirtualServersAsync(new(request) { PageToken = new(token) }));
                Assert.Equal(request.PageToken.Length - 1, at);
            }
            catch (RpcException exception)
            {
                Assert.Equal(StatusCode.InvalidArgument, exception.StatusCode);
            }
        }

        foreach (var token in new[]
        {
            request.PageToken[..^4],
            request.PageToken + "AAAA",
            request.PageToken + request.PageToken,
            request.PageToken.ToUpperInvariant(),
        })
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
    public async Task A_forged_page_token_is_rejected(string json)
    {
        // In the format of the service: a checksum, and the position.
        var bytes = Encoding.UTF8.GetBytes(json);
        foreach (var token in new[]
        {
            Base64Url.EncodeToString(bytes),
            Base64Url.EncodeToString([.. SHA256.HashData(bytes).AsSpan(0, 8), .. bytes]),
        })
            await IsMalformed(new ListVirtualServersRequest { PageToken = token }, "page_token");
    }

    [Fact]
    public async Task A_page_token_of_another_list_is_rejected()
    {
        for (var i = 0; i < 2; i++) await TestInventory.Create(service);
        var virtualServers = (await service.VirtualServers.ListVirtualServersAsync(new() { PageSize = 1 })).NextPageToken;
        var deleted = (await service.VirtualServers.ListVirtualServersAsync(new() { PageSize = 1, ShowDeleted = true })).NextPageToken;
        var devices = (await service.Inventory.ListInventoryObjectsAsync(new() { Kind = Kind.Device, PageSize = 1 })).NextPageToken;
        var addresses = (await service.Inventory.ListInventoryObjectsAsync(new() { Kind = Kind.IpAddress, PageSize = 1 })).NextPageToken;
        foreach (var token in new[] { deleted, devices, addresses })
            await IsMalformed(new ListVirtualServersRequest { PageToken = token }, "page_token");
        foreach (var token in new[] { virtualServers, devices })
            await IsMalformed(new ListVirtualServersRequest { PageToken = token, ShowDeleted = true }, "page_token");
        foreach (var token in new[] { virtualServers, deleted, addresses })
            await IsMalformed(new ListInventoryObjectsRequest { Kind = Kind.Device, PageToken = token }, "page_token");
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
        trailers.Sum(trailer => 32 + trailer.Key.Length + (trailer.IsBinary
            ? (trailer.ValueBytes.Length * 4 / 3) + 2
            : Uri.EscapeDataString(trailer.Value).Length));
}
