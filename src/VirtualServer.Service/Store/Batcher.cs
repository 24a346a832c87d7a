using System.Diagnostics;
using VirtualServers.Service.Faults;
using VirtualServers.Service.Telemetry;

namespace VirtualServers.Service.Store;

/// <summary>
/// Batches concurrent calls to the database. When idle, a call executes immediately; calls that arrive meanwhile wait, and execute together
/// next. One batch at a time is enough while batches are quick: the larger they are, the less each call costs. A further one is started
/// when a call waits for long. A batch that fails through the fault of one call is split until that call is found, so that no call fails
/// for another. A batch that fails because the database is unavailable is not repeated, in parts or as a whole: it may have been executed.
/// When the database falls silent, the waiting calls fail at once, and are never executed.
/// </summary>
internal sealed class Batcher<T>
{
    private static readonly TimeSpan LongWait = TimeSpan.FromMilliseconds(100);

    private readonly string name;
    private readonly int concurrency;
    private readonly int maxSize;
    private readonly Func<IReadOnlyList<T>, Task> execute;
    private readonly StoreState state;
    private readonly Instruments instruments;
    private readonly Lock gate = new();
    private readonly Queue<Waiter> queue = [];
    private int executing;
    private bool isWatched;

    /// <param name="name">The name of the work in traces.</param>
    /// <param name="concurrency">How many batches may execute at the same time.</param>
    /// <param name="maxSize">How many calls a batch may have.</param>
    /// <param name="execute">Executes a batch, all of it or nothing.</param>
    public Batcher(
        string name, int concurrency, int maxSize, Func<IReadOnlyList<T>, Task> execute, StoreState state, Instruments instruments)
    {
        (this.name, this.concurrency, this.maxSize, this.execute) = (name, concurrency, maxSize, execute);
        (this.state, this.instruments) = (state, instruments);
        state.FellSilent += FailQueue;
    }

    /// <summary>How many calls wait for the batches that are executing.</summary>
    public int Waiting
    {
        get { lock (gate) return queue.Count; }
    }

    /// <summary>Completes, or fails, when the call has been executed.</summary>
    public Task Execute(T call)
    {
        lock (gate)
        {
            if (state.IsSilent) return Task.FromException(new StoreSilentException());
            if (executing > 0)
            {
                var waiter = new Waiter(call, Activity.Current?.Context ?? default, Stopwatch.GetTimestamp());
                queue.Enqueue(waiter);
                if (!isWatched && executing < concurrency)
                {
                    isWatched = true;
                    _ = WatchQueue();
                }

                return waiter.Done.Task;
            }

            executing++;
        }

        return ExecuteAlone(call);
    }

    // A call that finds the batcher idle executes on its own task, without the cost of a hand-over.
    private async Task ExecuteAlone(T call)
    {
        try
        {
            using var span = Instruments.Activities.StartActivity(name);
            await execute([call]);
        }
        finally
        {
            if (NextBatch() is { Count: > 0 } batch) _ = Task.Run(() => ExecuteQueue(batch));
        }
    }

    // Until the queue is empty. A batch has a trace of its own, with links to those of its calls.
    private async Task ExecuteQueue(List<Waiter> batch)
    {
        for (; batch.Count > 0; batch = NextBatch())
        {
            Activity.Current = null;
            var links = Instruments.Activities.HasListeners() ? batch.Select(waiter => new ActivityLink(waiter.From)) : null;
            using var span = Instruments.Activities.StartActivity(name, ActivityKind.Internal, default(ActivityContext), links: links);
            await ExecuteOrSplit(batch);
        }
    }

    // Starts a further batch when the first waiting call has waited for long, as long as calls wait.
    private async Task WatchQueue()
    {
        for (;;)
        {
            await Task.Delay(LongWait);
            lock (gate)
            {
                isWatched = queue.Count > 0 && executing < concurrency;
                if (!isWatched) return;
                if (Stopwatch.GetElapsedTime(queue.Peek().Since) < LongWait) continue;
                executing++;
            }

            _ = Task.Run(() => ExecuteQueue(NextBatch()));
        }
    }

    private void FailQueue()
    {
        List<Waiter> waiting;
        lock (gate)
        {
            waiting = [.. queue];
            queue.Clear();
        }

        foreach (var waiter in waiting) waiter.Done.SetException(new StoreSilentException());
    }

    private List<Waiter> NextBatch()
    {
        var batch = new List<Waiter>();
        lock (gate)
        {
            while (batch.Count < maxSize && queue.TryDequeue(out var waiter)) batch.Add(waiter);
            if (batch.Count == 0) executing--;
        }

        return batch;
    }

    private async Task ExecuteOrSplit(IReadOnlyList<Waiter> batch)
    {
        try
        {
            await execute([.. batch.Select(waiter => waiter.Call)]);
            foreach (var waiter in batch) waiter.Done.SetResult();
        }
        catch (Exception exception) when (batch.Count > 1 && (!Outage.Caused(exception) || Races.Lost(exception)))
        {
            instruments.GroupSplit();
            await ExecuteOrSplit([.. batch.Take(batch.Count / 2)]);
            await ExecuteOrSplit([.. batch.Skip(batch.Count / 2)]);
        }
        catch (Exception exception)
        {
            foreach (var waiter in batch) waiter.Done.SetException(exception);
        }
    }

    private sealed record Waiter(T Call, ActivityContext From, long Since)
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
