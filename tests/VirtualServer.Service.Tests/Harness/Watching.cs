using System.Threading.Channels;
using Grpc.Core;
using VirtualServers.V1;

namespace VirtualServers.Service.Tests.Harness;

/// <summary>An open watch: its messages are received in the background.</summary>
internal sealed class Watching : IAsyncDisposable
{
    private readonly AsyncServerStreamingCall<WatchChangesResponse> call;
    private readonly Channel<WatchChangesResponse> messages = Channel.CreateUnbounded<WatchChangesResponse>();
    private readonly Task receiving;

    private Watching(AsyncServerStreamingCall<WatchChangesResponse> call)
    {
        this.call = call;
        receiving = Task.Run(Receive);
    }

    /// <summary>The token of the last message that was taken.</summary>
    public string Token { get; private set; } = "";

    /// <summary>Opens a watch. Its first message, unless it begins with a snapshot, says where it starts.</summary>
    public static async Task<Watching> Open(RunningService service, WatchChangesRequest? request = null, Metadata? headers = null)
    {
        var watching = new Watching(service.Changes.WatchChanges(request ?? new(), headers));
        if (request is not { Snapshot: true }) Assert.NotNull((await watching.Next()).Progress);
        return watching;
    }

    /// <summary>The next message.</summary>
    public async Task<WatchChangesResponse> Next()
    {
        var message = await Eventually.Ends("a message of a watch", messages.Reader.ReadAsync().AsTask());
        if (message.Token.Length > 0) Token = message.Token;
        return message;
    }

    /// <summary>The next changes; progress is passed over.</summary>
    public async Task<IReadOnlyList<WatchedChange>> Changes(int count)
    {
        var changes = new List<WatchedChange>();
        while (changes.Count < count)
        {
            if (await Next() is { Change: { } change }) changes.Add(change);
        }

        return changes;
    }

    /// <summary>The objects of a snapshot.</summary>
    public async Task<IReadOnlyList<RegistryObject>> Snapshot()
    {
        var objects = new List<RegistryObject>();
        while (true)
        {
            var message = await Next();
            if (message.Object is { } one) objects.Add(one);
            if (message.SnapshotComplete is not { } complete) continue;
            Assert.Equal(objects.Count, complete.Objects);
            return objects;
        }
    }

    /// <summary>The status with which it ends.</summary>
    public async Task<RpcException> Ends()
    {
        await Eventually.Ends("a watch", receiving);
        while (messages.Reader.TryRead(out _)) { }
        return await Assert.ThrowsAsync<RpcException>(() => messages.Reader.Completion);
    }

    public async ValueTask DisposeAsync()
    {
        call.Dispose();
        await receiving;
    }

    private async Task Receive()
    {
        try
        {
            await foreach (var message in call.ResponseStream.ReadAllAsync()) messages.Writer.TryWrite(message);
            messages.Writer.Complete();
        }
        catch (Exception exception) when (exception is RpcException or ObjectDisposedException)
        {
            messages.Writer.Complete(exception);
        }
    }
}
