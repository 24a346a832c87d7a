using Google.Rpc;
using Grpc.Core;
using VirtualServers.Service.Tests.Harness;
using VirtualServers.Service.Wire;
using VirtualServers.V1;

namespace VirtualServers.Service.Tests;

/// <summary>Refusals list all violations, the most severe first, as a message and as details for programs.</summary>
public sealed class RefusalTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private readonly TestService service = fixture.Service;

    [Fact]
    public async Task All_violations_of_a_create_are_listed_at_once()
    {
        var other = await service.Scalar<Guid>("select id from registry.directory where name = 'lb-2'");
        var refusal = await Refusal.Of(service.VirtualServers.CreateVirtualServerAsync(new()
        {
            VirtualServer = new()
            {
                Id = "x",
                Name = " ",
                Vip = new() { Name = "203.0.113.99" },
                Port = 70000,
                Protocol = (Protocol)99,
                SourceNatPool = new() { Id = "y" },
                SourceNatType = (SourceNatType)(-1),
                Device = new() { Id = other.ToString(), Name = "lb-1" },
                Tenant = new(),
                HealthCheckMonitor = new() { Name = "none" },
                CertificateProfiles = { new Reference { Name = "none" } },
                LoadBalancerPool = new() { Name = "\0" },
                Labels = { [""] = "" },
                Description = new('d', 1025),
            },
            Reason = new('r', 1025),
            RequestId = "z",
        }));

        Assert.Equal(StatusCode.InvalidArgument, refusal.Code);
        Assert.Equal(
            [
                ("reason", "FIELD_INVALID"),
                ("request_id", "FIELD_INVALID"),
                ("virtual_server.certificate_profiles[0]", "REFERENCE_NOT_FOUND"),
                ("virtual_server.description", "FIELD_INVALID"),
                ("virtual_server.device", "REFERENCE_MISMATCH"),
                ("virtual_server.health_check_monitor", "REFERENCE_NOT_FOUND"),
                ("virtual_server.id", "FIELD_INVALID"),
                ("virtual_server.labels.``", "FIELD_INVALID"),
                ("virtual_server.load_balancer_pool.name", "FIELD_INVALID"),
                ("virtual_server.load_balancer_type", "FIELD_REQUIRED"),
                ("virtual_server.name", "FIELD_REQUIRED"),
                ("virtual_server.port", "FIELD_INVALID"),
                ("virtual_server.protocol", "FIELD_INVALID"),
                ("virtual_server.source_nat_pool.id", "FIELD_INVALID"),
                ("virtual_server.source_nat_type", "FIELD_INVALID"),
                ("virtual_server.tenant", "FIELD_REQUIRED"),
                ("virtual_server.vip", "REFERENCE_NOT_FOUND"),
            ],
            refusal.Fields.Zip(refusal.Reasons).OrderBy(told => told.First, StringComparer.Ordinal));
        Assert.Equal(
            ["REFERENCE_MISMATCH", "REFERENCE_NOT_FOUND"],
            refusal.Preconditions.Select(state => state.Type).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(("device", "lb-2"), (refusal.Clash!.ResourceType, refusal.Clash.Description));

        // The most severe violations come first.
        var gravity = refusal.Reasons.Select(reason => reason.StartsWith("FIELD", StringComparison.Ordinal) ? 0 : 1).ToList();
        Assert.Equal(gravity.Order(), gravity);
        Assert.StartsWith("FIELD_", refusal.Info.Reason, StringComparison.Ordinal);
        Assert.Equal(refusal.Fields[0], refusal.Info.Metadata["field"]);
    }

    [Fact]
    public async Task All_violations_of_an_update_are_listed_at_once()
    {
        var (known, holder) = (await TestInventory.Create(service), await TestInventory.Create(service));
        var refusal = await Refusal.Of(service.VirtualServers.UpdateVirtualServerAsync(new()
        {
            Id = known.Id, Etag = "stale", UpdateMask = new() { Paths = { "name", "vip", "port", "tenant", "no_such_field" } },
            VirtualServer = new() { Name = holder.Name, Vip = holder.Vip, Port = -1, Tenant = new() { Name = "nobody" } },
        }), StatusCode.InvalidArgument, "FIELD_UNKNOWN");
        Assert.Equal(
            [
                ("etag", "ETAG_MISMATCH"),
                ("update_mask", "FIELD_UNKNOWN"),
                ("virtual_server.name", "NAME_TAKEN"),
                ("virtual_server.port", "FIELD_INVALID"),
                ("virtual_server.tenant", "REFERENCE_NOT_FOUND"),
            ],
            refusal.Fields.Zip(refusal.Reasons).OrderBy(told => told.First, StringComparer.Ordinal));
        Assert.Equal(holder.Id, refusal.Clash!.ResourceName);
    }

    [Fact]
    public async Task Malformed_fields_are_reported_before_missing_objects()
    {
        var mask = await Refusal.Of(
            service.VirtualServers.UpdateVirtualServerAsync(
                new() { Name = "nobody", VirtualServer = new(), UpdateMask = new() { Paths = { "no_such_field" } } }),
            StatusCode.InvalidArgument,
            "FIELD_UNKNOWN");
        var port = await Refusal.Of(
            service.VirtualServers.UpdateVirtualServerAsync(new() { Name = "nobody", VirtualServer = new() { Port = -1 } }),
            StatusCode.InvalidArgument,
            "FIELD_INVALID");
        var requestId = await Refusal.Of(
            service.VirtualServers.DeleteVirtualServerAsync(new() { Name = "nobody", RequestId = "x" }),
            StatusCode.InvalidArgument,
            "FIELD_INVALID");
        Assert.All([mask, port, requestId], refusal =>
            Assert.Contains("\"nobody\" does not exist", refusal.Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_missing_object_is_reported_before_a_stale_etag()
    {
        var deleted = await TestInventory.Create(service);
        await service.Delete(deleted.Id);
        await Refusal.Of(
            service.VirtualServers.EnableVirtualServerAsync(new() { Id = deleted.Id, Etag = deleted.Etag }),
            StatusCode.NotFound,
            "NOT_FOUND");
    }

    [Fact]
    public async Task A_stale_etag_is_reported_before_failed_preconditions()
    {
        var known = await TestInventory.Create(service);
        var update = await Refusal.Of(
            service.VirtualServers.UpdateVirtualServerAsync(
                new() { Id = known.Id, Etag = "9", VirtualServer = new() { Tenant = new() { Name = "nobody" } } }),
            StatusCode.Aborted,
            "ETAG_MISMATCH");
        Assert.Equal(["etag", "virtual_server.tenant"], update.Fields);
        Assert.Equal([("REFERENCE_NOT_FOUND", "virtual_server.tenant")], update.Preconditions);

        var removal = await Refusal.Of(
            service.Inventory.RemoveInventoryObjectAsync(new() { Id = known.Vip.Id, Etag = "9" }),
            StatusCode.Aborted,
            "ETAG_MISMATCH");
        Assert.Equal([("IN_USE", known.Id)], removal.Preconditions);
    }

    [Fact]
    public async Task Failed_preconditions_are_reported_before_taken_names()
    {
        var known = await TestInventory.Create(service);
        var refusal = await Refusal.Of(
            service.VirtualServers.CreateVirtualServerAsync(
                new() { VirtualServer = new(known) { Id = "", Tenant = new() { Name = "nobody" } } }),
            StatusCode.FailedPrecondition,
            "REFERENCE_NOT_FOUND");
        Assert.Equal(["REFERENCE_NOT_FOUND", "NAME_TAKEN", "LISTENER_TAKEN"], refusal.Reasons.Distinct());
        Assert.Equal(known.Id, refusal.Clash!.ResourceName);
    }

    [Fact]
    public async Task A_name_and_a_listener_taken_by_different_virtual_servers_are_both_reported()
    {
        var (name, listener) = (await TestInventory.Create(service), await TestInventory.Create(service));
        var refusal = await Refusal.Of(
            service.VirtualServers.CreateVirtualServerAsync(new() { VirtualServer = new(listener) { Id = "", Name = name.Name } }),
            StatusCode.AlreadyExists,
            "NAME_TAKEN");
        Assert.Equal(["NAME_TAKEN", "LISTENER_TAKEN"], refusal.Reasons.Distinct());
        Assert.Equal(
            ["virtual_server.name", "virtual_server.vip", "virtual_server.port", "virtual_server.protocol"], refusal.Fields);
        Assert.Contains(name.Id, refusal.Message, StringComparison.Ordinal);
        Assert.Contains(listener.Id, refusal.Message, StringComparison.Ordinal);
        Assert.Equal((name.Id, name.Id), (refusal.Clash!.ResourceName, refusal.Info.Metadata["id"]));
    }

    [Fact]
    public async Task A_create_under_a_taken_id_lists_its_other_violations_too()
    {
        var known = await TestInventory.Create(service);
        var refusal = await Refusal.Of(
            service.VirtualServers.CreateVirtualServerAsync(
                new() { VirtualServer = new(known) { Port = 70000, Tenant = new() { Name = "nobody" } } }),
            StatusCode.InvalidArgument,
            "FIELD_INVALID");
        Assert.Equal(["FIELD_INVALID", "REFERENCE_NOT_FOUND", "ID_TAKEN"], refusal.Reasons);
    }

    [Fact]
    public async Task The_first_twenty_violations_are_listed_and_the_others_counted()
    {
        var draft = await TestInventory.Draft(service);
        for (var i = 0; i < 30; i++) draft.Labels.Add($"{i:D2}", " ");
        var refusal = await Refusal.Of(
            service.VirtualServers.CreateVirtualServerAsync(new() { VirtualServer = draft }),
            StatusCode.InvalidArgument,
            "FIELD_INVALID");
        Assert.Equal(20, refusal.Fields.Length);
        Assert.EndsWith("and 10 more", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Twelve_unknown_references_are_named_in_full_with_their_index()
    {
        string[] names = [.. Enumerable.Range(0, 12).Select(i => $"no-such-certificate-profile-{i}.example.org")];
        var draft = await TestInventory.Draft(service);
        draft.CertificateProfiles.Add(names.Select(name => new Reference { Name = name }));
        var refusal = await Refusal.Of(
            service.VirtualServers.CreateVirtualServerAsync(new() { VirtualServer = draft }),
            StatusCode.FailedPrecondition,
            "REFERENCE_NOT_FOUND");

        Assert.Equal(names.Select((_, i) => $"virtual_server.certificate_profiles[{i}]"), refusal.Fields);
        Assert.Equal(
            string.Join("; ", names.Select((name, i) => $"certificate_profiles[{i}] \"{name}\" is not registered")), refusal.Message);
    }

    [Fact]
    public async Task Violations_are_listed_whole_and_those_that_do_not_fit_are_counted()
    {
        string[] names = [.. Enumerable.Range(0, 90).Select(i => $"{i:D2}{new string('ü', 253)}")];
        var draft = await TestInventory.Draft(service);
        draft.CertificateProfiles.Add(names.Select(name => new Reference { Name = name }));
        var refusal = await Refusal.Of(
            service.VirtualServers.CreateVirtualServerAsync(new() { VirtualServer = draft }),
            StatusCode.FailedPrecondition,
            "REFERENCE_NOT_FOUND");

        Assert.NotEmpty(refusal.Fields);
        Assert.All(names.Take(refusal.Fields.Length), name => Assert.Contains($"\"{name}\"", refusal.Message, StringComparison.Ordinal));
        Assert.EndsWith($"; and {names.Length - refusal.Fields.Length} more", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_remedy_is_dropped_before_a_value_and_a_value_only_from_a_single_violation()
    {
        var holder = new Domain.Named(Guid.NewGuid(), Domain.Kind.Tenant, "", string.Concat(Enumerable.Repeat("🦊", 255)));
        var taken = new Domain.Violation(Domain.Reason.NameTaken, "name", $"name {holder} is taken by {holder}", holder);
        Assert.Contains("…", Statuses.Of(new([taken, taken with { Field = "another" }])).Message, StringComparison.Ordinal);

        var many = Enumerable.Range(0, 15).Select(i => new Domain.Violation(
            Domain.Reason.FieldInvalid, $"labels.`{i}`", $"value \"{new string('v', 100)}{i}\" is wrong: {new string('r', 100)}"));
        var status = Statuses.Of(new([.. many]));
        Assert.DoesNotContain("rrr", status.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("…", status.Message, StringComparison.Ordinal);

        var few = Statuses.Of(new([.. many.Take(3)]));
        Assert.Equal(many.Take(3).Select(violation => violation.Message), few.Message.Split("; "));
    }

    [Fact]
    public async Task An_undelete_names_no_field_that_its_request_does_not_have()
    {
        var known = await TestInventory.Create(service);
        await service.Delete(known.Id);
        var other = await service.Create(new(known) { Id = "" });
        var refusal = await Refusal.Of(
            service.VirtualServers.UndeleteVirtualServerAsync(new() { Id = known.Id }),
            StatusCode.AlreadyExists,
            "NAME_TAKEN");
        Assert.Equal(([], false, other.Id), (refusal.Fields, refusal.Info.Metadata.ContainsKey("field"), refusal.Clash!.ResourceName));
        Assert.Contains($"name \"{known.Name}\" is taken by", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("the listener (this vip, port 443, protocol HTTPS) is taken by", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_quotes_only_the_beginning_of_a_long_value()
    {
        var refusal = await Refusal.Of(
            service.VirtualServers.GetVirtualServerAsync(new() { Id = new('x', 10_000) }),
            StatusCode.InvalidArgument,
            "FIELD_INVALID");
        Assert.StartsWith("id \"xxx", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("xxx…\"", refusal.Message, StringComparison.Ordinal);
        Assert.EndsWith("write it like 0190a5c4-7b1e-7f3a-9c52-0d6c1f1f2a10", refusal.Message, StringComparison.Ordinal);
    }

    // One refusal for every reason of the contract. Reasons that no caller can provoke are tested elsewhere.
    private static readonly Dictionary<ErrorReason, (StatusCode Code, Func<TestService, Task<Refusal>> Provoke)> Reasons = new()
    {
        [ErrorReason.FieldRequired] = (
            StatusCode.InvalidArgument,
            service => Refusal.Of(service.VirtualServers.GetVirtualServerAsync(new()))),
        [ErrorReason.FieldInvalid] = (
            StatusCode.InvalidArgument,
            service => Refusal.Of(service.VirtualServers.ListVirtualServersAsync(new() { PageSize = -1 }))),
        [ErrorReason.FieldUnknown] = (
            StatusCode.InvalidArgument,
            async service => await Refusal.Of(service.VirtualServers.UpdateVirtualServerAsync(
                ShortForms.Updating((await TestInventory.Create(service)).Id, new(), "prot")))),
        [ErrorReason.ReferenceNotFound] = (
            StatusCode.FailedPrecondition,
            async service => await Refusal.Of(service.VirtualServers.CreateVirtualServerAsync(
                new() { VirtualServer = new(await TestInventory.Draft(service)) { Device = new() { Name = "lb-9" } } }))),
        [ErrorReason.ReferenceAmbiguous] = (StatusCode.FailedPrecondition, async service =>
        {
            var address = await TestInventory.NewAddress(service);
            await service.Upsert(new() { IpAddress = new() { Address = address, Namespace = "Blue" } });
            return await Refusal.Of(
                service.Inventory.GetInventoryObjectAsync(new() { Name = new() { Kind = Kind.IpAddress, Name = address } }));
        }),
        [ErrorReason.ReferenceMismatch] = (StatusCode.FailedPrecondition, async service =>
        {
            var known = await TestInventory.Create(service);
            return await Refusal.Of(service.VirtualServers.UpdateVirtualServerAsync(
                ShortForms.Updating(known.Id, new() { Device = new() { Id = known.Device.Id, Name = "lb-2" } })));
        }),
        [ErrorReason.NameTaken] = (
            StatusCode.AlreadyExists,
            async service => await Refusal.Of(service.VirtualServers.CreateVirtualServerAsync(
                new() { VirtualServer = await TestInventory.Draft(service, (await TestInventory.Create(service)).Name) }))),
        [ErrorReason.ListenerTaken] = (
            StatusCode.AlreadyExists,
            async service => await Refusal.Of(service.VirtualServers.CreateVirtualServerAsync(
                new() { VirtualServer = new(await TestInventory.Create(service)) { Id = "", Name = TestInventory.Unique("web") } }))),
        [ErrorReason.MemberTaken] = (StatusCode.AlreadyExists, async service =>
        {
            var pool = (await service.Pools.CreateLoadBalancerPoolAsync(
                new() { LoadBalancerPool = await TestInventory.Pool(service) })).LoadBalancerPool;
            return await Refusal.Of(
                service.Pools.AddPoolMemberAsync(new() { Id = pool.Id, Member = new(pool.Members[0]) { Label = "another" } }));
        }),
        [ErrorReason.IdTaken] = (
            StatusCode.AlreadyExists,
            async service => await Refusal.Of(service.VirtualServers.CreateVirtualServerAsync(
                new() { VirtualServer = new(await TestInventory.Draft(service)) { Id = (await TestInventory.Create(service)).Id } }))),
        [ErrorReason.NotFound] = (
            StatusCode.NotFound,
            service => Refusal.Of(service.VirtualServers.GetVirtualServerAsync(new() { Name = "nobody" }))),
        [ErrorReason.InUse] = (
            StatusCode.FailedPrecondition,
            async service => await Refusal.Of(
                service.Inventory.RemoveInventoryObjectAsync(new() { Id = (await TestInventory.Create(service)).Vip.Id }))),
        [ErrorReason.EtagMismatch] = (
            StatusCode.Aborted,
            async service => await Refusal.Of(
                service.VirtualServers.EnableVirtualServerAsync(new() { Id = (await TestInventory.Create(service)).Id, Etag = "9" }))),
        [ErrorReason.RequestIdReused] = (StatusCode.InvalidArgument, async service =>
        {
            var requestId = $"{Guid.NewGuid()}";
            await service.VirtualServers.CreateVirtualServerAsync(
                new() { VirtualServer = await TestInventory.Draft(service), RequestId = requestId });
            return await Refusal.Of(service.VirtualServers.CreateVirtualServerAsync(
                new() { VirtualServer = await TestInventory.Draft(service), RequestId = requestId }));
        }),
        [ErrorReason.Contended] = (StatusCode.Aborted, async service =>
        {
            // From here on, the database reports a serialization failure for names like these.
            var draft = await TestInventory.Draft(service, TestInventory.Unique("contended"));
            await service.Scalar<object>("""
                create or replace function registry.lose() returns trigger language plpgsql as
                $$ begin
                    if new.name like 'contended%' then raise exception 'somebody was faster' using errcode = '40001'; end if;
                    return new;
                end $$;
                create or replace trigger lose before insert on registry.directory for each row execute function registry.lose();
                select true
                """);
            return await Refusal.Of(service.VirtualServers.CreateVirtualServerAsync(new() { VirtualServer = draft }));
        }),
    };

    public static TheoryData<ErrorReason> Provoked => [.. Reasons.Keys];

    [Theory, MemberData(nameof(Provoked))]
    public async Task Every_reason_is_reported_under_its_name_in_the_contract(ErrorReason reason)
    {
        var (code, provoke) = Reasons[reason];
        var refusal = await provoke(service);

        var name = ErrorReasonReflection.Descriptor.FindTypeByName<Google.Protobuf.Reflection.EnumDescriptor>("ErrorReason")
            .FindValueByNumber((int)reason).Name;
        Assert.Equal((code, name), (refusal.Code, $"ERROR_REASON_{refusal.Info.Reason}"));
        Assert.Equal(("virtualserver.v1", (int)code), (refusal.Info.Domain, refusal.Status.Code));
        Assert.Equal(refusal.Message, refusal.Status.Message);

        var preconditions =
            reason is ErrorReason.ReferenceNotFound or ErrorReason.ReferenceAmbiguous or ErrorReason.ReferenceMismatch or ErrorReason.InUse;
        Assert.Equal(preconditions, refusal.Preconditions.Length > 0);
        Assert.All(refusal.Preconditions, state => Assert.Equal(refusal.Info.Reason, state.Type));
        Assert.Equal(reason is ErrorReason.Contended, refusal.Status.GetDetail<RetryInfo>() is not null);
        Assert.Equal(reason is not (ErrorReason.NotFound or ErrorReason.InUse or ErrorReason.Contended), refusal.Fields.Length > 0);
        Assert.Equal(
            reason is ErrorReason.NameTaken or ErrorReason.ListenerTaken or ErrorReason.IdTaken or ErrorReason.InUse
                or ErrorReason.ReferenceMismatch or ErrorReason.ReferenceAmbiguous,
            refusal.Clash is not null);
        Assert.Equal(refusal.Status.Details.Count, refusal.Status.Details.Select(detail => detail.TypeUrl).Distinct().Count());
    }

    // Provoked by StoreAwayTests, FrameTests, LimitTests, AuthenticationTests and TenantTests, or by no request.
    private static readonly ErrorReason[] Elsewhere =
    [
        ErrorReason.Unspecified, ErrorReason.StoreUnavailable, ErrorReason.Internal, ErrorReason.Unimplemented,
        ErrorReason.RequestTooLarge, ErrorReason.TooManyCalls, ErrorReason.RateLimited, ErrorReason.Unauthenticated,
        ErrorReason.PermissionDenied, ErrorReason.TokenExpired, ErrorReason.WatchTooSlow, ErrorReason.Stopping,
        ErrorReason.BrokerUnavailable,
    ];

    [Fact]
    public void Every_reason_of_the_contract_is_provoked_by_a_test() =>
        Assert.Equal(
            Enum.GetValues<ErrorReason>().Except(Elsewhere).Order(),
            Reasons.Keys.Order());

    [Fact]
    public async Task A_command_that_always_loses_stores_nothing_and_returns_a_retry_delay()
    {
        const string events = "mt_events where type <> 'tombstone'";
        var before = await service.Count(events);
        var retry = (await Reasons[ErrorReason.Contended].Provoke(service)).Status.GetDetail<RetryInfo>();
        Assert.True(retry.RetryDelay.ToTimeSpan() > TimeSpan.Zero);
        Assert.Equal(before + 1, await service.Count(events)); // The address of the draft.
    }
}
