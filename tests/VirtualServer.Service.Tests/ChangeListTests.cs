using Google.Rpc;
using Grpc.Core;
using RabbitMQ.Client;
using VirtualServers.Service.Messaging;
using VirtualServers.Service.Tests.Harness;
using VirtualServers.V1;

namespace VirtualServers.Service.Tests;

/// <summary>The changes of the past: listed in pages, published again, and those that wait to be announced.</summary>
public sealed class ChangeListTests : IAsyncLifetime
{
    private TestService service = null!;

    public async Task InitializeAsync()
    {
        service = await TestService.Start();
        await TestInventory.Register(service);
    }

    public async Task DisposeAsync() => await service.DisposeAsync();

    [Fact]
    public async Task Pages_list_every_change_once_in_order_and_a_watch_goes_on_after_them()
    {
        for (var i = 0; i < 7; i++) await TestInventory.Create(service);
        var listed = new List<WatchedChange>();
        var request = new ListChangesRequest { PageSize = 5 };
        ListChangesResponse page;
        do
        {
            page = await service.Changes.ListChangesAsync(request);
            Assert.InRange(page.Changes.Count, page.NextPageToken.Length > 0 ? 1 : 0, 5);
            listed.AddRange(page.Changes);
            request.PageToken = page.NextPageToken;
        }
        while (page.NextPageToken.Length > 0);

        Assert.Equal(
            (await service.Committed()).Select(one => one.EventId),
            listed.Where(one => one.Change.Condition is null).Select(one => one.Change.EventId));
        await using var watch = await Watching.Open(service, new() { Token = page.WatchToken });
        var next = await TestInventory.Create(service);
        Assert.Equal(next.Vip.Id, (await watch.Changes(1))[0].Change.Id);
        Assert.Equal(next.Id, (await watch.Changes(1))[0].Change.Id);
    }

    [Fact]
    public async Task A_list_starts_at_a_sequence_or_a_time_and_has_the_changes_that_match()
    {
        var first = await TestInventory.Create(service);
        var second = await TestInventory.Create(service);
        var ofServers = new ChangeFilter { Kinds = { Kind.VirtualServer } };
        var all = (await service.Changes.ListChangesAsync(new() { PageSize = 1000, Filter = ofServers })).Changes;
        Assert.Equal([first.Id, second.Id], all.Select(one => one.Change.Id));

        var after = await service.Changes.ListChangesAsync(new() { PageSize = 1000, AfterSequence = all[0].Change.Sequence });
        Assert.All(after.Changes, one => Assert.True(one.Change.Sequence > all[0].Change.Sequence));
        var since = await service.Changes.ListChangesAsync(
            new() { PageSize = 1000, Time = second.CreateTime, Filter = new() { Types_ = { "virtual_server.created" } } });
        Assert.Equal(second, Assert.Single(since.Changes).Change.After.VirtualServer);
    }

    [Theory]
    [InlineData("page_size")]
    [InlineData("page_token")]
    [InlineData("after_sequence")]
    public async Task A_list_with_an_error_is_refused(string field)
    {
        var request = field switch
        {
            "page_size" => new ListChangesRequest { PageSize = -1 },
            "page_token" => new() { PageToken = "x" },
            _ => new() { AfterSequence = -1 },
        };
        var refusal = await Refusal.Of(service.Changes.ListChangesAsync(request), StatusCode.InvalidArgument, "FIELD_INVALID");
        Assert.Equal([field], refusal.Fields);
    }

    [Fact]
    [Trait("Category", "Messaging")]
    public async Task A_replay_publishes_the_messages_of_then_to_one_queue_and_disturbs_no_other()
    {
        await using var others = await ForeignConsumer.Start();
        var server = await TestInventory.Create(service);
        await service.VirtualServers.DisableVirtualServerAsync(new() { Id = server.Id });
        var announced = await others.Receive(2, server.Id);
        await using var connection = await new ConnectionFactory { Uri = (await Servers.Get()).RabbitMq }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        var exclusive = (await channel.QueueDeclareAsync()).QueueName;
        await Refused(new() { Queue = exclusive }, StatusCode.InvalidArgument, "FIELD_INVALID", "queue");
        var queue = (await channel.QueueDeclareAsync(exclusive: false)).QueueName;

        var ofServer = new ChangeFilter { ObjectIds = { server.Id }, Types_ = { "virtual_server.created", "virtual_server.disabled" } };
        using var replay = service.Changes.ReplayChanges(new() { Queue = queue, Filter = ofServer });
        var progress = new List<ReplayChangesResponse>();
        await foreach (var one in replay.ResponseStream.ReadAllAsync()) progress.Add(one);

        Assert.True(progress[^1].Done);
        Assert.Equal(2, progress[^1].Published);
        foreach (var original in announced)
        {
            var message = await Got(channel, queue);
            Assert.Equal((original.MessageId, original.Body), (
                message.BasicProperties.MessageId, System.Text.Encoding.UTF8.GetString(message.Body.Span)));
            var properties = message.BasicProperties;
            Assert.Equal("application/json", properties.ContentType);
            Assert.Equal(original.Properties, (properties.Type, properties.Timestamp.UnixTime, properties.CorrelationId));
            // The client of RabbitMQ adds headers of its own to announcements.
            string[] described = [.. MessageHeaders.All.Select(header => header.Name).Where(name => name != "traceparent")];
            Assert.Equal(
                original.Headers.Where(header => described.Contains(header.Split('=')[0])).Order(),
                properties.Headers!.Where(header => described.Contains(header.Key))
                    .Select(header => $"{header.Key}={ForeignConsumer.Text(header.Value)}").Order());
            Assert.True(message.BasicProperties.Persistent);
            Assert.Equal(true, message.BasicProperties.Headers!["x-replayed"]);
            Assert.Equal(("", queue), (message.Exchange, message.RoutingKey));
            Assert.Empty(properties.Headers!.Keys.Except(described).Except([.. MessageHeaders.OfLibraries, "traceparent", "x-replayed"]));
        }

        await TestInventory.Create(service);
        Assert.Equal(2, others.About(server.Id).Count);
    }

    [Fact]
    [Trait("Category", "Messaging")]
    public async Task A_replay_to_an_exchange_has_the_routing_keys_of_the_announcements()
    {
        var server = await TestInventory.Create(service);
        await service.VirtualServers.DisableVirtualServerAsync(new() { Id = server.Id });
        await using var connection = await new ConnectionFactory { Uri = (await Servers.Get()).RabbitMq }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        var exchange = $"replay-{Guid.NewGuid():N}";
        await channel.ExchangeDeclareAsync(exchange, ExchangeType.Topic, autoDelete: true);
        var queue = (await channel.QueueDeclareAsync()).QueueName;
        await channel.QueueBindAsync(queue, exchange, "virtual_server.disabled.#");

        using var replay = service.Changes.ReplayChanges(new() { Exchange = exchange });
        await foreach (var _ in replay.ResponseStream.ReadAllAsync()) { }

        var message = await Got(channel, queue);
        Assert.Contains(server.Id, System.Text.Encoding.UTF8.GetString(message.Body.Span), StringComparison.Ordinal);
        Assert.Null(await channel.BasicGetAsync(queue, autoAck: true));
    }

    [Fact]
    public async Task A_replay_to_what_does_not_exist_is_refused()
    {
        await Refused(new() { Queue = "no-such-queue" }, StatusCode.NotFound, "NOT_FOUND", "queue");
        await Refused(new() { Exchange = "no-such-exchange" }, StatusCode.NotFound, "NOT_FOUND", "exchange");
        await Refused(new(), StatusCode.InvalidArgument, "FIELD_REQUIRED", "exchange", "queue");
        await Refused(new() { Queue = "" }, StatusCode.InvalidArgument, "FIELD_REQUIRED", "queue");
        await Refused(
            new() { Queue = "q", FirstSequence = 9, LastSequence = 8 }, StatusCode.InvalidArgument, "FIELD_INVALID", "last_sequence");
    }

    [Fact]
    public async Task A_start_after_the_newest_change_is_refused()
    {
        await TestInventory.Create(service);
        await Refused(
            new() { Exchange = "amq.topic", FirstSequence = int.MaxValue }, StatusCode.InvalidArgument, "FIELD_INVALID", "first_sequence");
        var refusal = await Refusal.Of(
            service.Changes.ListChangesAsync(new() { AfterSequence = int.MaxValue }), StatusCode.InvalidArgument, "FIELD_INVALID");
        Assert.Equal(["after_sequence"], refusal.Fields);
        Assert.Contains($"{int.MaxValue} is after the newest change: use up to ", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Category", "Messaging")]
    public async Task A_replay_to_a_queue_that_goes_away_fails()
    {
        for (var batch = 0; batch < 4; batch++)
        {
            await service.Inventory.BatchUpsertInventoryObjectsAsync(new()
            {
                Requests =
                {
                    Enumerable.Range(0, 1_000).Select(i => new UpsertInventoryObjectRequest
                    {
                        InventoryObject = new() { CloudService = new() { Name = $"cloud-{batch}-{i}" } },
                    }),
                },
            });
        }

        await using var connection = await new ConnectionFactory { Uri = (await Servers.Get()).RabbitMq }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        var queue = (await channel.QueueDeclareAsync(exclusive: false)).QueueName;
        using var replay = service.Changes.ReplayChanges(new() { Queue = queue });
        await Eventually.IsSo("a message", async () => await channel.MessageCountAsync(queue) > 0);
        await channel.QueueDeleteAsync(queue);

        var failure = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            while (await replay.ResponseStream.MoveNext(CancellationToken.None)) { }
        });

        Assert.Equal(
            (StatusCode.Unavailable, "BROKER_UNAVAILABLE"),
            (failure.StatusCode, failure.GetRpcStatus()!.GetDetail<Google.Rpc.ErrorInfo>().Reason));
    }

    [Fact]
    [Trait("Category", "Messaging")]
    public async Task A_change_that_cannot_be_read_waits_with_the_later_ones_of_its_object_and_is_retried_or_skipped()
    {
        await using var consumer = await ForeignConsumer.Start();
        var (broken, skipped, other) = (
            await TestInventory.Create(service), await TestInventory.Create(service), await TestInventory.Create(service));
        await consumer.Receive(1, other.Id);
        await service.DisposeAsync();
        // Stored by another node, and damaged before anybody announced it.
        var source = await service.Rows(
            $"""
            with damaged as (
                update registry.mt_event_progression set last_seq_id = (
                    select min(seq_id) - 1 from registry.mt_events where stream_id in ('{broken.Id}', '{skipped.Id}'))
                where name in ('announcements:All') returning 1)
            select data::text from registry.mt_events, damaged where stream_id = '{broken.Id}'
            """, row => row.GetString(0));
        foreach (var id in new[] { broken.Id, skipped.Id })
            await service.Execute($"update registry.mt_events set data = '[]' where stream_id = '{id}'");
        service = await TestService.Start(service.Database);
        await TestInventory.Create(service);

        var parked = await Eventually.Get(
            "parked changes", async () => (await service.Changes.ListParkedChangesAsync(new())).Changes, changes => changes.Count == 2);
        Assert.Equal([broken.Id, skipped.Id], parked.Select(one => one.ObjectId));
        Assert.All(parked, one => Assert.StartsWith("the event cannot be read", one.Cause, StringComparison.Ordinal));
        await Eventually.IsSo("the others", () => Task.FromResult(consumer.About(other.Id).Count == 2));

        var repaired = source[0].Replace("'", "''", StringComparison.Ordinal);
        await service.Execute($"update registry.mt_events set data = '{repaired}' where stream_id = '{broken.Id}'");
        await service.Changes.RetryParkedChangesAsync(new() { ObjectId = broken.Id });
        await consumer.Receive(2, broken.Id);
        var gone = (await service.Changes.SkipParkedChangeAsync(new() { Sequence = parked[1].Sequence })).Change;
        Assert.Equal(parked[1], gone);
        await Eventually.Get(
            "no parked changes", async () => (await service.Changes.ListParkedChangesAsync(new())).Changes, changes => changes.Count == 0);
        Assert.Single(consumer.About(skipped.Id));
        await Refusal.Of(
            service.Changes.SkipParkedChangeAsync(new() { Sequence = parked[1].Sequence }), StatusCode.NotFound, "NOT_FOUND");
        await Refusal.Of(service.Changes.RetryParkedChangesAsync(new() { ObjectId = broken.Id }), StatusCode.NotFound, "NOT_FOUND");
        await Refusal.Of(service.Changes.RetryParkedChangesAsync(new() { ObjectId = "x" }), StatusCode.InvalidArgument, "FIELD_INVALID");
        await Refusal.Of(service.Changes.SkipParkedChangeAsync(new()), StatusCode.InvalidArgument, "FIELD_INVALID");
    }

    private async Task Refused(ReplayChangesRequest request, StatusCode code, string reason, params string[] fields)
    {
        using var call = service.Changes.ReplayChanges(request);
        var refused = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(CancellationToken.None));
        var status = refused.GetRpcStatus()!;
        Assert.Equal((code, reason), (refused.StatusCode, status.GetDetail<ErrorInfo>().Reason));
        Assert.Equal(fields, status.GetDetail<BadRequest>()?.FieldViolations.Select(violation => violation.Field));
    }

    private static async Task<BasicGetResult> Got(IChannel channel, string queue) =>
        (await Eventually.Get<BasicGetResult?>(
            "a message", async () => await channel.BasicGetAsync(queue, autoAck: true), got => got is not null))!;
}
