using Google.Rpc;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using VirtualServers.Service.Feed;
using VirtualServers.Service.Tests.Harness;
using VirtualServers.V1;

namespace VirtualServers.Service.Tests;

/// <summary>
/// A restored database begins a new epoch, here a copy of a database. deploy/backup-test does the same with dumps and recovery to a point
/// in time.
/// </summary>
public sealed class EpochTests
{
    [Fact]
    public async Task A_copied_database_begins_an_epoch_and_a_restarted_service_does_not()
    {
        var servers = await Servers.Get();
        var database = await servers.NewDatabase();
        await using (await TestService.Start(database)) { }
        await using (await TestService.Start(database)) { }
        var before = Assert.Single(await Epochs(database));

        NpgsqlConnection.ClearAllPools();
        var copy = await servers.Copy(database);
        var started = await Task.WhenAll(TestService.Start(copy), TestService.Start(copy), TestService.Start(copy));

        var epochs = await Epochs(copy);
        Assert.Equal(before, epochs[^1]);
        Assert.Equal(2, epochs.Count);
        Assert.NotEqual(before.Id, epochs[0].Id);
        Assert.Equal("noticed by the service: the database was restored, or its server was replaced by a standby", epochs[0].Reason);
        foreach (var service in started) await service.DisposeAsync();
        await using (await TestService.Start(copy)) { }
        Assert.Equal(epochs, await Epochs(copy));
    }

    [Fact]
    [Trait("Category", "Messaging")]
    public async Task An_epoch_that_an_operator_begins_is_in_the_next_changes_of_a_running_service()
    {
        var servers = await Servers.Get();
        await using var service = await TestService.Start();
        await using var consumer = await ForeignConsumer.Start();
        await TestInventory.Register(service);
        var known = await TestInventory.Create(service);
        var first = (await consumer.Receive(1, known.Id))[0].Change;
        Assert.Equal(Assert.Single(await Epochs(service.Database)).Id, first.Epoch);

        var settings = ServiceProcess.Settings(service.Database, servers.RabbitMq, "Production");
        var (exitCode, output) = await ServiceProcess.Ends(settings, "epoch", "new", "--reason", "a snapshot = of the disk");
        Assert.True(exitCode == 0, output);
        var epochs = await Epochs(service.Database);
        Assert.Equal("a snapshot = of the disk", epochs[0].Reason);
        Assert.StartsWith($"{epochs[0].Id} (number 2) since ", output, StringComparison.Ordinal);
        Assert.EndsWith(": a snapshot = of the disk", output, StringComparison.Ordinal);
        (_, output) = await ServiceProcess.Ends(settings, "epoch", "show");
        Assert.Equal(epochs.Select(epoch => epoch.Id), output.Split('\n').Select(line => line.Split(' ')[0]));

        await Eventually.IsSo("a change with the new epoch", async () =>
        {
            await service.Update(known.Id, new() { Port = Random.Shared.Next(1, 65536) });
            return consumer.About(known.Id)[^1].Change.Epoch == epochs[0].Id;
        });
        Assert.NotEqual(first.Epoch, epochs[0].Id);
    }

    [Fact]
    [Trait("Category", "Messaging")]
    public async Task When_an_older_database_is_put_in_place_of_that_of_a_running_service_its_changes_are_announced_and_no_lost_ones()
    {
        var servers = await Servers.Get();
        var database = await servers.NewDatabase();
        V1.VirtualServer server;
        await using (var before = await TestService.Start(database))
        {
            await TestInventory.Register(before);
            server = await TestInventory.Create(before);
        }

        NpgsqlConnection.ClearAllPools();
        var (name, backup) = (Name(database), Name(await servers.Copy(database)));
        await using var proxy = servers.PostgresProxy();
        await using var service = await TestService.Behind(proxy, database: database);
        await using var consumer = await ForeignConsumer.Start();
        await using var watch = await Watching.Open(service);
        for (var port = 1; port <= 20; port++) await service.Update(server.Id, new() { Port = port });
        await watch.Changes(20);
        await consumer.Receive(20, server.Id);

        proxy.Cut();
        NpgsqlConnection.ClearAllPools();
        await servers.Execute(
            $"""
            select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = '{name}' and backend_type = 'client backend'
            """);
        await servers.Execute($"alter database {name} rename to {name}_lost");
        await servers.Execute($"alter database {backup} rename to {name}");
        proxy.Restore();

        await Eventually.IsSo("an update", async () =>
        {
            try
            {
                return await service.Update(server.Id, new() { Port = 8000 }) is { Version: 2 };
            }
            catch (RpcException)
            {
                return false;
            }
        });
        var epoch = (await Epochs(database))[0].Id;
        await consumer.Receive(change => change.Id == server.Id && change.Epoch == epoch && change.After.VirtualServer.Port == 8000);
        Assert.All(
            consumer.About(server.Id).Where(one => one.Change.Epoch == epoch),
            one => Assert.True(one.Change.After.VirtualServer.Port is 443 or 8000));
        // It ends because of the outage or of the epoch, whichever it meets first.
        Assert.Contains((await watch.Ends()).StatusCode, new[] { StatusCode.Unavailable, StatusCode.OutOfRange });
        var lost = service.Changes.WatchChanges(new() { Token = watch.Token });
        var refused = await Assert.ThrowsAsync<RpcException>(() => lost.ResponseStream.MoveNext(CancellationToken.None));
        Assert.Equal(StatusCode.OutOfRange, refused.StatusCode);
    }

    [Fact]
    public async Task A_checkpoint_does_not_move_in_another_epoch_or_in_a_restored_database()
    {
        await using var service = await TestService.Start();
        var progress = service.Services.GetRequiredService<FeedProgress>();
        var first = Guid.Parse((await Epochs(service.Database))[0].Id);
        Assert.True(await Moves(0, 1, first));
        Assert.True(await Moves(1, 2, first));

        await service.Execute("select registry.begin_epoch('restored')");
        var second = Guid.Parse((await Epochs(service.Database))[0].Id);
        Assert.False(await Moves(2, 3, first));
        Assert.True(await Moves(2, 3, second));

        // As in a restored database before anybody has noticed.
        await service.Execute($"update registry.epoch set lineage = 'of another server' where id = '{second}'");
        Assert.False(await Moves(3, 4, second));

        Task<bool> Moves(long from, long to, Guid epoch) => progress.TryMove("test:All", from, to, epoch, [], CancellationToken.None);
    }

    [Fact]
    public async Task An_epoch_needs_a_reason()
    {
        var servers = await Servers.Get();
        var settings = ServiceProcess.Settings(await servers.NewDatabase(), servers.RabbitMq, "Production");
        var (exitCode, output) = await ServiceProcess.Ends(settings, "epoch", "new");
        Assert.Equal(1, exitCode);
        Assert.Contains("Option '--reason' is required.", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_tokens_of_a_former_epoch_are_refused_and_those_of_the_current_one_are_accepted()
    {
        var servers = await Servers.Get();
        await using var service = await TestService.Start();
        var usages = new UsageService.UsageServiceClient(service.Channel);
        await TestInventory.Register(service);
        var known = await TestInventory.Create(service);
        await TestInventory.Create(service);
        await service.Update(known.Id, new() { Port = 1 });
        var tokens = await Tokens("", "", "", "");
        await Tokens(tokens.List, tokens.Versions, tokens.Usages, tokens.Audit);
        await ServiceProcess.Ends(
            ServiceProcess.Settings(service.Database, servers.RabbitMq, "Production"), "epoch", "new", "--reason", "restored");
        var current = (await Epochs(service.Database))[0].Id;

        foreach (var (list, versions, users, audit) in new[]
        {
            (tokens.List, "", "", ""), ("", tokens.Versions, "", ""), ("", "", tokens.Usages, ""), ("", "", "", tokens.Audit),
        })
        {
            var refusal = await Eventually.Get<RpcException?>(
                "the refusal", async () => await Refused(list, versions, users, audit), found => found is not null);
            Assert.Equal(StatusCode.InvalidArgument, refusal!.StatusCode);
            Assert.Equal(["page_token"], refusal.GetRpcStatus()!.GetDetail<BadRequest>().FieldViolations.Select(field => field.Field));
            Assert.Equal(
                $"page_token was given before the database was restored, in an epoch before {current}: "
                + "read the list again from its first page",
                refusal.Status.Detail);
        }

        tokens = await Tokens("", "", "", "");
        await Tokens(tokens.List, tokens.Versions, tokens.Usages, tokens.Audit);

        async Task<RpcException?> Refused(string list, string versions, string users, string audit)
        {
            try
            {
                await Tokens(list, versions, users, audit);
                return null;
            }
            catch (RpcException refused)
            {
                return refused;
            }
        }

        // The next page of a list with each kind of page token; an empty token is the first page.
        async Task<(string List, string Versions, string Usages, string Audit)> Tokens(
            string list, string versions, string users, string audit) => (
            (await service.VirtualServers.ListVirtualServersAsync(new() { PageSize = 1, PageToken = list })).NextPageToken,
            (await service.Past.ListVersionsAsync(
                new() { Target = new() { Id = known.Id }, PageSize = 1, PageToken = versions })).NextPageToken,
            (await usages.ListUsagesAsync(new() { Id = known.Device.Id, PageSize = 1, PageToken = users })).NextPageToken,
            (await service.Past.ListAuditEntriesAsync(new() { PageSize = 1, PageToken = audit })).NextPageToken);
    }

    [Fact]
    public async Task The_etag_of_a_lost_version_is_stale_and_that_of_a_version_in_the_backup_is_not()
    {
        var servers = await Servers.Get();
        var database = await servers.NewDatabase();
        V1.VirtualServer kept, changed, lost;
        await using (var service = await TestService.Start(database))
        {
            await TestInventory.Register(service);
            (kept, changed) = (await TestInventory.Create(service), await TestInventory.Create(service));
        }

        NpgsqlConnection.ClearAllPools();
        var copy = await servers.Copy(database);
        await using (var service = await TestService.Start(database)) lost = await service.Update(changed.Id, new() { Port = 7 });

        await using var restored = await TestService.Start(copy);
        var written = await restored.Update(changed.Id, new() { Port = 8 });
        Assert.Equal((lost.Id, lost.Version), (written.Id, written.Version));
        Assert.NotEqual(lost.Etag, written.Etag);
        var stale = await Refusal.Of(
            restored.VirtualServers.DisableVirtualServerAsync(new() { Id = changed.Id, Etag = lost.Etag }),
            StatusCode.Aborted, "ETAG_MISMATCH");
        Assert.Contains($"the current etag is \"{written.Etag}\"", stale.Message, StringComparison.Ordinal);

        // The same everywhere: read, listed, read as of the past, and folded by a rebuild.
        Assert.Equal(written, await restored.Get(written.Id));
        var listed = await restored.VirtualServers.ListVirtualServersAsync(new() { PageSize = 1000 });
        Assert.Equal(written.Etag, listed.VirtualServers.Single(server => server.Id == written.Id).Etag);
        var past = await restored.Past.GetVersionAsync(new() { Target = new() { Id = written.Id }, At = new() { Version = 2 } });
        Assert.Equal(written.Etag, past.Object.VirtualServer.Etag);
        await restored.VirtualServers.DisableVirtualServerAsync(new() { Id = written.Id, Etag = written.Etag });
        await restored.VirtualServers.DisableVirtualServerAsync(new() { Id = kept.Id, Etag = kept.Etag });
        Assert.Empty(await Rebuilding.Differences(restored));
        var (exitCode, output) = await ServiceProcess.Ends(ServiceProcess.Settings(copy, servers.RabbitMq, "Production"), "rebuild");
        Assert.True(exitCode == 0, output);
        Assert.Empty(await Rebuilding.Differences(restored));
        listed = await restored.VirtualServers.ListVirtualServersAsync(new() { ReadTime = written.UpdateTime, PageSize = 1000 });
        Assert.Equal(written.Etag, listed.VirtualServers.Single(server => server.Id == written.Id).Etag);
    }

    private static string Name(string database) => new NpgsqlConnectionStringBuilder(database).Database!;

    private static async Task<IReadOnlyList<(string Id, string Reason)>> Epochs(string database)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("select id::text, reason from registry.epoch order by number desc", connection);
        await using var rows = await command.ExecuteReaderAsync();
        var epochs = new List<(string, string)>();
        while (await rows.ReadAsync()) epochs.Add((rows.GetString(0), rows.GetString(1)));
        return epochs;
    }
}
