using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using VirtualServers.Service.Faults;
using VirtualServers.Service.Store;
using VirtualServers.Service.Telemetry;
using VirtualServers.Service.Tests.Harness;

namespace VirtualServers.Service.Tests;

/// <summary>Concurrent calls are batched, and a failing call does not affect the others.</summary>
public sealed class BatcherTests
{
    private const int Concurrency = 3, MaxSize = 4;

    private static readonly Instruments Instruments =
        new(new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>());

    // The batches that were sent, each held until the test releases it.
    private readonly ConcurrentQueue<(IReadOnlyList<int> Group, TaskCompletionSource Go)> sent = new();
    private readonly Batcher<int> batcher;

    public BatcherTests() => batcher = Holding(Concurrency);

    [Fact]
    public async Task A_call_without_others_in_flight_is_sent_at_once_and_alone()
    {
        for (var i = 0; i < 3; i++)
        {
            var joined = batcher.Execute(i);
            Assert.Equal([i], Next().Group);
            Last().SetResult();
            await Eventually.Ends("the only call", joined);
        }
    }

    [Fact]
    public async Task Calls_that_arrive_meanwhile_are_batched_in_order_up_to_the_limit()
    {
        // One batch at a time: no call is sent because it waits for long.
        var one = Holding(1);
        var calls = Enumerable.Range(0, 7).Select(one.Execute).ToList();
        Assert.Equal([0], Assert.Single(sent).Group);
        Assert.Equal(6, one.Waiting);

        Next().Go.SetResult();
        var second = await NextSent();
        Assert.Equal([1, 2, 3, 4], second.Group);
        Assert.True(calls[0].IsCompletedSuccessfully);
        Assert.All(calls.Skip(1), call => Assert.False(call.IsCompleted));

        second.Go.SetResult();
        var third = await NextSent();
        Assert.Equal([5, 6], third.Group);
        third.Go.SetResult();
        await Eventually.Ends("all calls", Task.WhenAll(calls));
        Assert.Equal(0, one.Waiting);
    }

    [Fact]
    public async Task A_call_that_waits_long_is_sent_concurrently_up_to_the_limit()
    {
        var calls = new List<Task>();
        var stuck = new List<TaskCompletionSource>();
        for (var way = 0; way < Concurrency; way++)
        {
            calls.Add(batcher.Execute(way));
            var group = await NextSent();
            Assert.Equal([way], group.Group);
            stuck.Add(group.Go);
        }

        calls.Add(batcher.Execute(Concurrency));
        await Task.Delay(TimeSpan.FromMilliseconds(500));
        Assert.Empty(sent);

        // The next free sender takes the waiting call.
        stuck[1].SetResult();
        var last = await NextSent();
        Assert.Equal([Concurrency], last.Group);
        last.Go.SetResult();
        stuck[0].SetResult();
        stuck[2].SetResult();
        await Eventually.Ends("all calls", Task.WhenAll(calls));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task A_failing_call_does_not_fail_the_others_of_its_batch(int culprit)
    {
        var tried = new ConcurrentQueue<IReadOnlyList<int>>();
        var start = new TaskCompletionSource();
        var shared = new Batcher<int>("test", 1, MaxSize, async group =>
        {
            tried.Enqueue(group);
            await start.Task;
            if (group.Contains(culprit)) throw new InvalidOperationException($"{culprit} is at fault");
        }, new(), Instruments);
        var calls = Enumerable.Range(0, 5).Select(shared.Execute).ToList();
        start.SetResult();
        await Eventually.Ends("all calls", Task.WhenAll(calls.Select(call => call.ContinueWith(_ => { }))));

        Assert.Equal($"{culprit} is at fault", (await Assert.ThrowsAsync<InvalidOperationException>(() => calls[culprit])).Message);
        Assert.All(calls.Where((_, i) => i != culprit), call => Assert.True(call.IsCompletedSuccessfully));
        Assert.Equal([1, 2, 3, 4], tried.ElementAt(1));
        Assert.Contains(tried, group => group is [var alone] && alone == culprit);
    }

    public static TheoryData<string> Outages => [.. Away.Keys];

    private static readonly Dictionary<string, Func<Exception>> Away = new()
    {
        ["refused"] = () => new NpgsqlException("Failed to connect", new SocketException((int)SocketError.ConnectionRefused)),
        ["cut"] = () => new NpgsqlException(
            "Exception while reading from stream",
            new IOException("Unable to read data", new SocketException((int)SocketError.ConnectionReset))),
        ["late"] = () => new NpgsqlException("Exception while reading from stream", new TimeoutException("Timeout during reading attempt")),
        ["ended"] = () => new PostgresException(
            "terminating connection due to administrator command",
            "FATAL",
            "FATAL",
            PostgresErrorCodes.AdminShutdown),
        ["full"] = () => new PostgresException("could not extend file", "ERROR", "ERROR", PostgresErrorCodes.DiskFull),
        ["wrapped"] = () => new InvalidOperationException(
            "Marten failed",
            new NpgsqlException("Exception while writing to stream", new IOException("Broken pipe"))),
    };

    [Theory]
    [MemberData(nameof(Outages))]
    public async Task An_outage_is_not_retried_call_by_call(string outage)
    {
        var (tried, start) = (0, new TaskCompletionSource());
        var shared = new Batcher<int>("test", 1, MaxSize, async _ =>
        {
            Interlocked.Increment(ref tried);
            await start.Task;
            throw Away[outage]();
        }, new(), Instruments);
        var calls = Enumerable.Range(0, 5).Select(shared.Execute).ToList();
        start.SetResult();
        var type = Away[outage]().GetType();
        foreach (var call in calls) await Assert.ThrowsAsync(type, () => call);
        Assert.Equal(2, tried);

        await Assert.ThrowsAsync(type, () => shared.Execute(6));
        Assert.Equal(3, tried);
    }

    [Fact]
    public async Task Waiting_calls_fail_when_the_database_falls_silent_and_are_never_executed()
    {
        using var state = new StoreState();
        var (tried, frozen) = (new ConcurrentQueue<int>(), new TaskCompletionSource());
        var shared = new Batcher<int>("test", 1, MaxSize, group =>
        {
            foreach (var call in group) tried.Enqueue(call);
            return frozen.Task;
        }, state, Instruments);
        var calls = Enumerable.Range(0, 5).Select(shared.Execute).ToList();

        state.BeginSilence();
        foreach (var call in calls.Skip(1)) await Assert.ThrowsAsync<StoreSilentException>(() => call);
        await Assert.ThrowsAsync<StoreSilentException>(() => shared.Execute(5));
        Assert.Equal((0, false), (shared.Waiting, calls[0].IsCompleted));

        state.EndSilence();
        frozen.SetResult();
        await Eventually.Ends("the call that was sent", calls[0]);
        await Eventually.Ends("a call after the silence", shared.Execute(6));
        Assert.Equal([0, 6], tried);
    }

    private Batcher<int> Holding(int concurrency) => new("test", concurrency, MaxSize, group =>
    {
        var go = new TaskCompletionSource();
        sent.Enqueue((group, go));
        return go.Task;
    }, new(), Instruments);

    private TaskCompletionSource? last;

    private (IReadOnlyList<int> Group, TaskCompletionSource Go) Next()
    {
        Assert.True(sent.TryDequeue(out var next));
        last = next.Go;
        return next;
    }

    private TaskCompletionSource Last() => last!;

    private async Task<(IReadOnlyList<int> Group, TaskCompletionSource Go)> NextSent()
    {
        await Eventually.Get("a group that goes", () => sent.Count, count => count > 0);
        return Next();
    }
}
