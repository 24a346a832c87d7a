using System.Collections.Concurrent;
using System.Diagnostics;
using Grpc.Core;
using VirtualServers.Benchmarks.Data;
using VirtualServers.Benchmarks.Measuring;
using VirtualServers.Benchmarks.Processes;
using VirtualServers.V1;

namespace VirtualServers.Benchmarks.Rows;

/// <summary>Watches of changes: how soon a change arrives, and what many watchers cost the callers of the same node.</summary>
internal static class Watching
{
    private const int Many = 1_000, Callers = 16;

    public static IEnumerable<Row> Of(Stage stage) =>
    [
        new(
            "watch-time", "from the answer of a create to its change at a watcher, 1 caller", "ms", true,
            new("service", span => Time(stage, 1, span)),
            new Contender("announcement at a consumer", span => Announcements.Time(stage, span))),
        new(
            "watch-time-16", $"the same under {Callers} creating callers", "ms", true,
            new("service", span => Time(stage, Callers, span)),
            new Contender("announcement at a consumer, 1 caller", span => Announcements.Time(stage, span))),
        new(
            "watch-1000", $"creates of {Callers} callers while {Many} watchers each filter all changes for one object", "calls/s", false,
            new("service", span => Beside(stage, Many, span)),
            new Contender("the service without watchers", span => Beside(stage, 0, span))),
        new(
            "watch-1000-memory", $"resident, with {Many} watchers, after creates of {Callers} callers", "MB", true,
            new("service", span => Memory(stage, Many, span)),
            new Contender("the service without watchers", span => Memory(stage, 0, span))),
    ];

    private static async Task<Sample> Time(Stage stage, int callers, TimeSpan span)
    {
        var service = await stage.Service;
        var arrived = new ConcurrentDictionary<string, long>();
        await using var watch = await Watch.Open(service, new() { Types_ = { "virtual_server.created" } }, change =>
            arrived.TryAdd(change.Id, Stopwatch.GetTimestamp()));
        var answered = new ConcurrentQueue<(string Id, long Time)>();
        await Creates.Create(stage, service, callers, span, id => answered.Enqueue((id, Stopwatch.GetTimestamp())));
        while (answered.Any(one => !arrived.ContainsKey(one.Id))) await Task.Delay(20);
        await service.Drain();
        return Sample.Times([.. answered.Select(one => Stopwatch.GetElapsedTime(one.Time, arrived[one.Id]).TotalMilliseconds)]);
    }

    private static async Task<Sample> Beside(Stage stage, int watchers, TimeSpan span)
    {
        var service = await stage.Service;
        await using var open = await Watch.OpenAll(service, watchers);
        var sample = await Creates.Service(stage, service, Callers, span);
        await service.Drain();
        return sample;
    }

    private static async Task<Sample> Memory(Stage stage, int watchers, TimeSpan span)
    {
        var service = await stage.Service;
        await using var open = await Watch.OpenAll(service, watchers);
        await Creates.Service(stage, service, Callers, span);
        await service.Drain();
        return new(service.Child.ResidentMegabytes);
    }

    /// <summary>Open watches.</summary>
    private sealed class Watch : IAsyncDisposable
    {
        private readonly List<(AsyncServerStreamingCall<WatchChangesResponse> Call, Task Receiving)> calls = [];

        /// <summary>Opens a watch, and waits until it has begun.</summary>
        public static async Task<Watch> Open(ServiceUnderTest service, ChangeFilter filter, Action<Change> received)
        {
            var watch = new Watch();
            await watch.Add(service, filter, received);
            return watch;
        }

        /// <summary>Opens watches, each of one virtual server that does not change.</summary>
        public static async Task<Watch> OpenAll(ServiceUnderTest service, int count)
        {
            var watch = new Watch();
            for (var number = 0; number < count; number++)
                await watch.Add(service, new() { ObjectIds = { Numbered.ServerId(number) } }, _ => { });
            return watch;
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var (call, receiving) in calls)
            {
                call.Dispose();
                await receiving;
            }
        }

        private async Task Add(ServiceUnderTest service, ChangeFilter filter, Action<Change> received)
        {
            var call = service.Changes.WatchChanges(new() { Filter = filter });
            await call.ResponseStream.MoveNext(CancellationToken.None);
            calls.Add((call, Task.Run(() => Receive(call, received))));
        }

        private static async Task Receive(AsyncServerStreamingCall<WatchChangesResponse> call, Action<Change> received)
        {
            try
            {
                await foreach (var message in call.ResponseStream.ReadAllAsync())
                {
                    if (message.Change is { } change) received(change.Change);
                }
            }
            catch (Exception exception) when (exception is RpcException or ObjectDisposedException)
            {
                // The watch is closed.
            }
        }
    }
}
