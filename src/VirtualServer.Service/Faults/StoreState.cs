namespace VirtualServers.Service.Faults;

/// <summary>
/// Whether the database has fallen silent: connections are open, and nothing comes back. It is unknown then when, or whether, a statement
/// that was sent will end, and a call must not wait for it. Store/Pulse.cs begins and ends a silence.
/// </summary>
public sealed class StoreState : IDisposable
{
    private volatile CancellationTokenSource begun = new();

    /// <summary>A silence began: what waits for its turn with the database need not wait any longer.</summary>
    public event Action? FellSilent;

    /// <summary>A call has found its connection broken; others that are open but idle may be broken, too.</summary>
    public event Action? ConnectionBroke;

    /// <summary>A connection was opened, perhaps to another server or to a restored database.</summary>
    public event Action? ConnectionOpened;

    public bool IsSilent => begun.IsCancellationRequested;

    /// <summary>
    /// Cancelled when a silence begins, and stays so when it has ended: a call in progress then was answered, and must not be executed
    /// later.
    /// </summary>
    public CancellationToken Silence => begun.Token;

    /// <summary>The database does not answer.</summary>
    public void BeginSilence()
    {
        if (IsSilent) return;
        // Its callbacks continue every call in progress, so they do not run here.
        _ = begun.CancelAsync();
        FellSilent?.Invoke();
    }

    /// <summary>The database answers, or it refuses to, which every statement finds out by itself.</summary>
    public void EndSilence()
    {
        if (IsSilent) begun = new();
    }

    /// <summary>Reports a new connection, before its first statement.</summary>
    public void Opened() => ConnectionOpened?.Invoke();

    /// <summary>Reports the exception of a call that the database is the reason of.</summary>
    public void Report(Exception outage)
    {
        if (Outage.HasBrokenConnection(outage)) ConnectionBroke?.Invoke();
    }

    /// <summary>The result of a call; fails when the database falls silent before, and leaves the call to itself.</summary>
    public async Task<T> Break<T>(Task<T> call)
    {
        var silence = Silence;
        try
        {
            return await call.WaitAsync(silence);
        }
        catch (OperationCanceledException) when (silence.IsCancellationRequested && !call.IsCompleted)
        {
            throw new StoreSilentException();
        }
    }

    /// <summary>Fails when a silence has begun since its token was taken.</summary>
    public static void ThrowIfBegun(CancellationToken silence)
    {
        if (silence.IsCancellationRequested) throw new StoreSilentException();
    }

    public void Dispose() => begun.Dispose();
}

/// <summary>The database did not answer. A statement that was sent may still be executed.</summary>
public sealed class StoreSilentException() : Exception("PostgreSQL does not answer");
