using System.Diagnostics;
using VirtualServers.Service.Telemetry;

namespace VirtualServers.Service.Store;

/// <summary>
/// Lets calls share their way to the database. What finds nobody under way goes at once; what comes meanwhile waits, and goes together next.
/// One way is enough while it is quick: the larger the groups, the less each of them costs. A further one is opened when somebody waits for long.
/// A group that fails for the fault of one is taken apart until it is known whose, so that nobody suffers for a neighbour. A group that fails because
/// the database is away is not sent again, in parts or whole: it may have been done.
/// </summary>
/// <param name="what">What is done, as traces say it.</param>
/// <param name="ways">How many groups can be under way at once.</param>
/// <param name="most">How many go together.</param>
/// <param name="go">Does the work of a group, all of it or nothing.</param>
internal sealed class Together<T>(string what, int ways, int most, Func<IReadOnlyList<T>, Task> go, Instruments instruments)
{
    private static readonly TimeSpan Long = TimeSpan.FromMilliseconds(100);

    private readonly Lock gate = new();
    private readonly Queue<Waiter> queue = [];
    private int taken;
    private bool watched;

    /// <summary>How many wait for the groups that are under way now.</summary>
    public int Waiting
    {
        get { lock (gate) return queue.Count; }
    }

    /// <summary>Ends, or fails, when the work of this one is done.</summary>
    public Task Join(T one)
    {
        lock (gate)
        {
            if (taken > 0)
            {
                var waiter = new Waiter(one, Activity.Current?.Context ?? default, Stopwatch.GetTimestamp());
                queue.Enqueue(waiter);
                if (!watched && taken < ways)
                {
                    watched = true;
                    _ = Watch();
                }

                return waiter.Done.Task;
            }

            taken++;
        }

        return Alone(one);
    }

    // The call that finds a way free does its work itself, and pays for nothing else.
    private async Task Alone(T one)
    {
        try
        {
            using var span = Instruments.Activities.StartActivity(what);
            await go([one]);
        }
        finally
        {
            if (Next() is { Count: > 0 } group) _ = Task.Run(() => Work(group));
        }
    }

    // Until nobody waits. What is done for several has a trace of its own, with links to theirs.
    private async Task Work(List<Waiter> group)
    {
        for (; group.Count > 0; group = Next())
        {
            Activity.Current = null;
            using var span = Instruments.Activities.StartActivity(
                what, ActivityKind.Internal, default(ActivityContext), links: Instruments.Activities.HasListeners() ? group.Select(waiter => new ActivityLink(waiter.From)) : null);
            await Go(group);
        }
    }

    // Opens a further way when the first of those who wait has waited for long, as long as there are any.
    private async Task Watch()
    {
        for (;;)
        {
            await Task.Delay(Long);
            lock (gate)
            {
                watched = queue.Count > 0 && taken < ways;
                if (!watched) return;
                if (Stopwatch.GetElapsedTime(queue.Peek().Since) < Long) continue;
                taken++;
            }

            _ = Task.Run(() => Work(Next()));
        }
    }

    private List<Waiter> Next()
    {
        var group = new List<Waiter>();
        lock (gate)
        {
            while (group.Count < most && queue.TryDequeue(out var waiter)) group.Add(waiter);
            if (group.Count == 0) taken--;
        }

        return group;
    }

    private async Task Go(IReadOnlyList<Waiter> group)
    {
        try
        {
            await go([.. group.Select(waiter => waiter.One)]);
            foreach (var waiter in group) waiter.Done.SetResult();
        }
        catch (Exception exception) when (group.Count > 1 && !Outage.Caused(exception))
        {
            instruments.GroupSplit();
            await Go([.. group.Take(group.Count / 2)]);
            await Go([.. group.Skip(group.Count / 2)]);
        }
        catch (Exception exception)
        {
            foreach (var waiter in group) waiter.Done.SetException(exception);
        }
    }

    private sealed record Waiter(T One, ActivityContext From, long Since)
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
