using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.RegularExpressions;
using Grpc.Core;
using VirtualServers.Service.Tests.Harness;
using VirtualServers.V1;
using Kind = VirtualServers.Domain.Kind;

namespace VirtualServers.Service.Tests;

/// <summary>
/// Database round trips of a call, counted by the spans of the driver: one batch that gathers facts and one that writes, whatever the size
/// of the request. (The commit of the write is a message of its own that the driver does not trace.)
/// </summary>
public sealed partial class RoundTripTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private readonly TestService service = fixture.Service;

    // A revert reads the past first.
    public static TheoryData<string> Changes => [.. Mutations.Names.Where(mutation => mutation != "RevertObject")];

    [Theory, MemberData(nameof(Changes))]
    public async Task A_change_is_one_read_and_one_write(string mutation)
    {
        var prepared = await Mutations.Prepare(service, mutation);
        var batches = await Batches(() => Sent(prepared.Request));
        Assert.Equal(2, batches.Count);
        IsRead(batches[0]);
        Assert.Contains("mt_quick_append_events", batches[1], StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Changes))]
    public async Task A_change_with_a_request_id_costs_the_same_and_a_repetition_is_one_read(string mutation)
    {
        var prepared = (await Mutations.Prepare(service, mutation)).With(request => request.RequestId = $"{Guid.NewGuid()}");
        Assert.Equal(2, (await Batches(() => Sent(prepared.Request))).Count);
        IsRead(Assert.Single(await Batches(() => Sent(prepared.Request))));
    }

    [Theory, MemberData(nameof(Changes))]
    public async Task A_validate_only_request_is_one_read_and_one_preview_if_conditions_may_change(string mutation)
    {
        var prepared = await Mutations.Prepare(service, mutation);
        var batches = await Batches(() => Sent(prepared.Trial));
        IsRead(batches[0]);
        Assert.All(batches.Skip(1), IsPreview);
        Assert.InRange(batches.Count, mutation.EndsWith("VirtualServer", StringComparison.Ordinal) ? 2 : 1, CanShow(prepared) ? 2 : 1);

        static bool CanShow(Prepared prepared) => prepared.Request is IConditionRequest;
    }

    [Fact]
    public async Task A_revert_reads_the_object_and_its_events_before_it_is_a_change_like_others()
    {
        var prepared = await Mutations.Prepare(service, "RevertObject");
        var batches = await Batches(() => Sent(prepared.Request));
        Assert.Equal(4, batches.Count);
        Assert.Contains("mt_events", batches[1], StringComparison.Ordinal);
        Assert.Contains("mt_quick_append_events", batches[3], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_diff_reads_the_object_its_events_and_the_names_of_then_once()
    {
        var known = await TestInventory.Create(service);
        await service.VirtualServers.DisableVirtualServerAsync(new() { Id = known.Id });
        var request = new DiffVersionsRequest
        {
            Target = new() { Id = known.Id }, From = new() { Version = 1 }, To = new() { Time = known.UpdateTime },
        };
        Assert.Equal(3, (await Batches(async () => await service.Past.DiffVersionsAsync(request))).Count);
    }

    [Fact]
    public async Task The_audit_log_is_one_read_and_reads_what_changed_only_when_asked()
    {
        var known = await TestInventory.Create(service);
        var request = new ListAuditEntriesRequest { Filter = new() { ObjectIds = { known.Id } } };
        var log = Assert.Single(await Batches(async () => await service.Past.ListAuditEntriesAsync(request)));
        Assert.DoesNotContain("e.data", log, StringComparison.Ordinal);

        request.WithChanges = true;
        var batches = await Batches(async () => await service.Past.ListAuditEntriesAsync(request));
        Assert.Equal(3, batches.Count);
        Assert.Contains("e.data", batches[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_change_that_shows_conditions_has_a_preview_more_and_one_that_does_not_costs_nothing()
    {
        var known = await TestInventory.Create(service);
        var batches = await Batches(() => Sent(new DisableVirtualServerRequest { Id = known.Id, View = CommandView.WithConditions }));
        Assert.Equal(3, batches.Count);
        IsRead(batches[0]);
        IsPreview(batches[1]);
        Assert.Contains("mt_quick_append_events", batches[2], StringComparison.Ordinal);
        Assert.Equal(2, (await Batches(() => Sent(new EnableVirtualServerRequest { Id = known.Id, View = CommandView.Basic }))).Count);
    }

    [Fact]
    public async Task A_create_writes_each_table_with_one_statement_and_locks_before_it_reads_other_objects()
    {
        var draft = await TestInventory.Draft(service);
        draft.Tenant = new() { Name = "acme" };
        var write = (await Batches(() => service.Create(draft)))[1].Split("; ");
        Assert.Equal(
            [
                "registry.mt_quick_append_events", "pg_advisory_xact_lock", "registry.mt_doc_virtual_server", "registry.directory",
                "registry.uses", "registry.virtual_servers", "registry.conditions", "registry.object_versions",
            ],
            write.Select(Target));
    }

    [Fact]
    public async Task The_number_of_references_does_not_change_the_number_of_round_trips()
    {
        var draft = await TestInventory.Draft(service);
        for (var i = 0; i < 50; i++) draft.CertificateProfiles.Add(await service.Add(Kind.CertificateProfile, "certificate"));
        V1.VirtualServer known = null!;
        Assert.Equal(2, (await Batches(async () => known = await service.Create(draft))).Count);
        Assert.Equal(2, (await Batches(() => service.Update(known.Id, new(), "certificate_profiles"))).Count);
    }

    [Fact]
    public async Task A_set_of_inventory_objects_is_one_read_and_one_write()
    {
        var devices = new List<InventoryObject>();
        for (var i = 0; i < 20; i++) devices.Add(await service.Upsert(new() { Device = new() { Name = TestInventory.Unique("device") } }));
        var swaps = devices.Select((device, i) => new UpsertInventoryObjectRequest
        {
            InventoryObject = new() { Id = device.Id, Device = devices[(i + 1) % devices.Count].Device },
        });
        var set = new BatchUpsertInventoryObjectsRequest { Requests = { swaps } };
        var batches = await Batches(() => Sent(set));
        Assert.Equal(2, batches.Count);
        IsRead(batches[0]);
        IsRead(Assert.Single(await Batches(() => Sent(set))));
    }

    [Fact]
    public async Task A_reference_with_a_former_name_costs_no_round_trip()
    {
        var known = await TestInventory.Create(service);
        await service.Upsert(new() { Id = known.Vip.Id, IpAddress = new() { Address = TestInventory.UniqueAddress() } });
        Assert.Equal(2, (await Batches(() => service.Update(known.Id, new() { Vip = known.Vip, Port = 8443 }))).Count);
        var never = new Reference(known.Vip) { Name = "192.0.2.99" };
        IsRead(Assert.Single(await Batches(
            () => Refused(new UpdateVirtualServerRequest { Id = known.Id, VirtualServer = new() { Vip = never } }))));
    }

    [Fact]
    public async Task A_command_that_changes_nothing_is_one_read()
    {
        var known = await TestInventory.Create(service);
        IsRead(Assert.Single(await Batches(() => service.Update(known.Id, known, "*"))));
        IsRead(Assert.Single(await Batches(() => Sent(new EnableVirtualServerRequest { Name = known.Name }))));
    }

    [Fact]
    public async Task A_refusal_is_one_read_and_a_malformed_request_none()
    {
        var known = await TestInventory.Create(service);
        IsRead(Assert.Single(await Batches(() => Refused(new CreateVirtualServerRequest { VirtualServer = new(known) { Id = "" } }))));
        IsRead(Assert.Single(await Batches(() => Refused(new RemoveInventoryObjectRequest { Id = known.Vip.Id }))));
        Assert.Empty(await Batches(() => Refused(new GetVirtualServerRequest { Id = "x" })));
    }

    [Fact]
    public async Task A_get_and_a_page_are_one_statement_each()
    {
        var known = await TestInventory.Create(service);
        for (var i = 0; i < 20; i++) await TestInventory.Create(service);
        // The first token of a process reads the key that signs tokens.
        await service.VirtualServers.ListVirtualServersAsync(new() { PageSize = 1 });
        Assert.Single(await Batches(() => service.Get(known.Id)));
        Assert.Single(await Batches(async () => await service.VirtualServers.ListVirtualServersAsync(new() { PageSize = 20 })));
        Assert.Single(await Batches(async () => await service.Inventory.ListInventoryObjectsAsync(new() { Kind = V1.Kind.IpAddress })));
    }

    // The function that a statement calls, or the table that it writes.
    private static string Target(string statement) => Targets().Match(statement).Value.Split(' ')[^1];

    [GeneratedRegex(@"pg_advisory_xact_lock\b|registry\.mt_quick_append_events|insert into registry\.\w+")]
    private static partial Regex Targets();

    private static void IsRead(string batch)
    {
        Assert.DoesNotContain("insert into", batch, StringComparison.Ordinal);
        Assert.DoesNotContain("update registry", batch, StringComparison.Ordinal);
        // Several statements are one snapshot.
        if (batch.Contains("; ", StringComparison.Ordinal))
        {
            Assert.True(
                batch.StartsWith("begin isolation level repeatable read read only; ", StringComparison.Ordinal)
                    && batch.EndsWith("; commit", StringComparison.Ordinal),
                batch);
        }
    }

    private static void IsPreview(string batch)
    {
        Assert.StartsWith("begin isolation level repeatable read; ", batch, StringComparison.Ordinal);
        Assert.EndsWith("; rollback", batch, StringComparison.Ordinal);
        Assert.DoesNotContain("mt_quick_append_events", batch, StringComparison.Ordinal);
    }

    private async Task Sent(IMutation request) => await service.Send(request);

    private Task<RpcException> Refused(Google.Protobuf.IMessage request) =>
        Assert.ThrowsAsync<RpcException>(async () => await service.Send(request));

    // The statements that one call sent to the database, each batch as one text.
    private static async Task<IReadOnlyList<string>> Batches(Func<Task> call)
    {
        var spans = new ConcurrentQueue<Activity>();
        using var trace = new Activity("a call").Start();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Npgsql",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span =>
            {
                if (span.TraceId == trace.TraceId) spans.Enqueue(span);
            },
        };
        ActivitySource.AddActivityListener(listener);
        await call();
        return [.. spans.Select(span => span.GetTagItem("db.query.text") as string).OfType<string>().Select(
            text => text.ReplaceLineEndings(" ").Replace(";  ", "; ", StringComparison.Ordinal))];
    }
}
