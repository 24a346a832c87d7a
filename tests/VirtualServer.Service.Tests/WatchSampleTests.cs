using System.Collections.Concurrent;
using Grpc.Core;
using Npgsql;
using VirtualServers.Service.Tests.Harness;
using VirtualServers.V1;

namespace VirtualServers.Service.Tests;

/// <summary>The copy of virtual servers that docs/following-changes.md keeps with WatchChanges.</summary>
public sealed class WatchSampleTests
{
    [Fact]
    public async Task The_copy_has_what_existed_and_what_has_changed_also_after_a_restore()
    {
        var (copy, servers) = (new Copy(), await Servers.Get());
        string database;
        V1.VirtualServer existing, lost;
        await using (var service = await TestService.Start())
        {
            database = service.Database;
            await TestInventory.Register(service);
            existing = await TestInventory.Create(service);
        }

        NpgsqlConnection.ClearAllPools();
        var backup = await servers.Copy(database);
        await using (var service = await TestService.Start(database))
        {
            using var stop = new CancellationTokenSource();
            var following = Follow(service.Changes, copy, stop.Token);
            await Eventually.IsSo("the snapshot", () => Task.FromResult(copy.Names.ContainsKey(existing.Id)));
            lost = await TestInventory.Create(service);
            await Eventually.IsSo("the change", () => Task.FromResult(copy.Names.ContainsKey(lost.Id)));
            await stop.CancelAsync();
            await Ended(following);
        }

        await using var restored = await TestService.Start(backup);
        using var end = new CancellationTokenSource();
        var going = Follow(restored.Changes, copy, end.Token);
        await Eventually.IsSo("the loss", () => Task.FromResult(!copy.Names.ContainsKey(lost.Id)));
        var created = await TestInventory.Create(restored);
        await restored.VirtualServers.DeleteVirtualServerAsync(new() { Id = existing.Id });

        await Eventually.IsSo(
            "the changes", () => Task.FromResult(copy.Names.ContainsKey(created.Id) && !copy.Names.ContainsKey(existing.Id)));
        Assert.DoesNotContain(lost.Id, copy.Names.Keys);
        await end.CancelAsync();
        await Ended(going);
    }

    // docs/following-changes.md shows this method.
    private static async Task Follow(ChangeService.ChangeServiceClient changes, Copy copy, CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                using var watch = changes.WatchChanges(Request(copy.Token), cancellationToken: cancellation);
                await foreach (var message in watch.ResponseStream.ReadAllAsync(cancellation)) await copy.Apply(message); // and its token
            }
            catch (RpcException failure) when (failure.StatusCode is StatusCode.OutOfRange)
            {
                copy.Clear(); // another epoch: starts with a snapshot
            }
            catch (RpcException failure) when (failure.StatusCode is StatusCode.Unavailable or StatusCode.ResourceExhausted)
            {
                await Task.Delay(TimeSpan.FromSeconds(1), cancellation); // a stop of the node, or too slow: goes on with the token
            }
        }
    }

    private static WatchChangesRequest Request(string? token)
    {
        var request = new WatchChangesRequest { Filter = new() { Kinds = { Kind.VirtualServer } } };
        if (token is null) request.Snapshot = true;
        else request.Token = token;
        return request;
    }

    private static async Task Ended(Task following)
    {
        var failure = await Record.ExceptionAsync(() => Eventually.Ends("the end", following));
        Assert.True(failure is null or OperationCanceledException or RpcException { StatusCode: StatusCode.Cancelled }, $"{failure}");
    }

    private sealed class Copy
    {
        public string? Token { get; private set; }

        public ConcurrentDictionary<string, string> Names { get; } = new();

        public Task Apply(WatchChangesResponse message)
        {
            if (message.Object is { } known) Names[known.VirtualServer.Id] = known.VirtualServer.Name;
            if (message.Change is { Effect: ChangeEffect.Left } left) Names.TryRemove(left.Change.Id, out _);
            else if (message.Change is { } watched) Names[watched.Change.Id] = watched.Change.Name;
            if (message.Token.Length > 0) Token = message.Token;
            return Task.CompletedTask;
        }

        public void Clear()
        {
            Token = null;
            Names.Clear();
        }
    }
}
