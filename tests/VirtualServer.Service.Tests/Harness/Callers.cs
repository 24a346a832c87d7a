using System.Collections.Concurrent;
using Grpc.Core;
using Grpc.Net.Client;
using VirtualServers.V1;

namespace VirtualServers.Service.Tests.Harness;

/// <summary>
/// Callers as docs/calling.md wants them: they know several nodes, give every command a request id, and repeat it with another node when
/// the answer is UNAVAILABLE. They count every attempt by its outcome.
/// </summary>
internal sealed class Callers(IReadOnlyList<string> addresses) : IAsyncDisposable
{
    private const int MaxAttempts = 600;
    private const int Changes = 6;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly List<GrpcChannel> channels = [.. addresses.Select(address => GrpcChannel.ForAddress(address))];
    private readonly CancellationTokenSource stopped = new();
    private readonly List<Task> running = [];
    private int next, answered;

    /// <summary>The number of attempts by their outcome.</summary>
    public ConcurrentDictionary<StatusCode, int> Attempts { get; } = new();

    /// <summary>The last answer about each virtual server.</summary>
    public ConcurrentDictionary<string, V1.VirtualServer> Known { get; } = new();

    /// <summary>Every call that failed, other than for a while with UNAVAILABLE.</summary>
    public ConcurrentQueue<string> Failures { get; } = new();

    /// <summary>The number of commands that were answered.</summary>
    public int Answered => Volatile.Read(ref answered);

    /// <summary>The attempts as a sentence.</summary>
    public string Summary => string.Join(", ", Attempts.OrderBy(one => one.Key).Select(one => $"{one.Value} {one.Key}"));

    /// <summary>
    /// Starts to create virtual servers and to change each several times, every other time with the etag of the last answer.
    /// </summary>
    public void Start(int callers)
    {
        for (var i = 0; i < callers; i++) running.Add(Task.Run(Live));
    }

    /// <summary>Waits for more answers.</summary>
    public async Task More(int answers)
    {
        var until = Answered + answers;
        await Eventually.Get(
            $"{answers} more answers", () => Answered, count => count >= until || !Failures.IsEmpty,
            count => $"{count} of {until}; attempts: {Summary}");
        Assert.Empty(Failures);
    }

    /// <summary>Ends after the commands in progress.</summary>
    public async Task Stop()
    {
        await stopped.CancelAsync();
        await Eventually.Ends("the end of the callers", Task.WhenAll(running));
    }

    public async ValueTask DisposeAsync()
    {
        await stopped.CancelAsync();
        await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var channel in channels) channel.Dispose();
        stopped.Dispose();
    }

    private async Task Live()
    {
        while (!stopped.IsCancellationRequested)
        {
            var address = new UpsertInventoryObjectRequest
            {
                InventoryObject = new() { IpAddress = new() { Address = TestInventory.UniqueAddress() } }, RequestId = NewId(),
            };
            await Call(node => new InventoryService.InventoryServiceClient(node).UpsertInventoryObjectAsync(address));
            var create = new CreateVirtualServerRequest
            {
                VirtualServer = new()
                {
                    Name = TestInventory.Unique("live"), Vip = new() { Name = address.InventoryObject.IpAddress.Address }, Port = 1,
                    Protocol = Protocol.Tcp, LoadBalancerType = LoadBalancerType.Layer4, Device = new() { Name = "lb-1" },
                    LoadBalancerPool = new() { Name = "pool-1" },
                },
                RequestId = NewId(),
            };
            var known = Remember((await Call(node => Of(node).CreateVirtualServerAsync(create))).VirtualServer);
            for (var change = 0; change < Changes && !stopped.IsCancellationRequested; change++)
            {
                var update = new UpdateVirtualServerRequest
                {
                    Id = known.Id, VirtualServer = new() { Port = known.Port + 1 }, UpdateMask = new() { Paths = { "port" } },
                    Etag = change % 2 == 0 ? known.Etag : "", RequestId = NewId(),
                };
                known = Remember((await Call(node => Of(node).UpdateVirtualServerAsync(update))).VirtualServer);
            }
        }
    }

    // As many attempts as it needs, at one node after another.
    private async Task<T> Call<T>(Func<CallInvoker, AsyncUnaryCall<T>> call)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var channel = channels[(int)((uint)Interlocked.Increment(ref next) % channels.Count)];
                var answer = await call(channel.CreateCallInvoker());
                Count(StatusCode.OK);
                Interlocked.Increment(ref answered);
                return answer;
            }
            catch (RpcException failed)
            {
                Count(failed.StatusCode);
                if (failed.StatusCode != StatusCode.Unavailable || attempt == MaxAttempts)
                {
                    Failures.Enqueue($"{failed.Status}");
                    throw;
                }

                await Task.Delay(Pause);
            }
        }
    }

    private V1.VirtualServer Remember(V1.VirtualServer answer) => Known[answer.Id] = answer;

    private void Count(StatusCode outcome) => Attempts.AddOrUpdate(outcome, 1, (_, count) => count + 1);

    private static VirtualServerService.VirtualServerServiceClient Of(CallInvoker node) => new(node);

    private static string NewId() => $"{Guid.NewGuid()}";
}
