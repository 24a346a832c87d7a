namespace VirtualServers.Service.Telemetry;

/// <summary>
/// A failure that may repeat any number of times while its cause lasts: one log line when it begins, one a minute with their number while
/// it lasts, and one when it has ended. It has ended when a success has not been followed by a failure for two seconds, so that a mixture
/// of both, as under time-outs, is one failure.
/// </summary>
/// <param name="what">What fails, as the beginning of a sentence.</param>
public sealed class RepeatedFailure(string what, TimeProvider clock, ILogger logger) : IDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(2);

    private readonly Lock gate = new();
    private volatile bool fails;
    private ITimer? minute, end;
    private long begun, last, total, sinceLine;
    private string sentence = "";

    /// <summary>Whether it has begun and not ended.</summary>
    public bool IsOn => fails;

    /// <summary>It has failed.</summary>
    /// <param name="why">The sentence of this time; the line of a minute shows the last one.</param>
    public void Failed(string why)
    {
        lock (gate)
        {
            (sentence, last) = (why, clock.GetTimestamp());
            total++;
            sinceLine++;
            end?.Dispose();
            end = null;
            if (fails) return;
            (fails, begun, total, sinceLine) = (true, last, 1, 0);
            minute = clock.CreateTimer(_ => Tell(), null, Period, Period);
            Log.FailureBegan(logger, what, why);
        }
    }

    /// <summary>It has succeeded. Costs nothing while nothing fails.</summary>
    public void Succeeded()
    {
        if (!fails) return;
        lock (gate)
        {
            if (fails) end ??= clock.CreateTimer(_ => End(), null, Calm, Timeout.InfiniteTimeSpan);
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            Stop();
        }
    }

    private void Tell()
    {
        lock (gate)
        {
            if (!fails || sinceLine == 0) return;
            Log.FailureLasts(logger, what, clock.GetElapsedTime(begun).Whole, sinceLine, sentence);
            sinceLine = 0;
        }
    }

    private void End()
    {
        lock (gate)
        {
            // A failure may have come before its timer was stopped.
            if (!fails || end is null) return;
            Stop();
            Log.FailureEnded(logger, what, clock.GetElapsedTime(begun, last).Whole, total);
        }
    }

    private void Stop()
    {
        fails = false;
        minute?.Dispose();
        end?.Dispose();
        (minute, end) = (null, null);
    }
}

/// <summary>Times in log lines.</summary>
internal static class LoggedTimes
{
    extension(TimeSpan time)
    {
        /// <summary>In seconds: a line is read by people.</summary>
        public TimeSpan Whole => TimeSpan.FromSeconds(Math.Round(time.TotalSeconds));
    }
}
