namespace VirtualServers.Service.Faults;

/// <summary>
/// Whether the database has stopped answering: connections are open, and nothing comes back. Nobody can say then when, or whether, a
/// statement that was sent will end, and a call must not wait for it. Store/Pulse.cs begins and ends a silence.
/// </summary>
public sealed class StoreSilence : IDisposable
{
    private volatile CancellationTokenSource begun = new();

    /// <summary>A silence began: what waits for its turn with the database need not wait any longer.</summary>
    public event Action? Began;

    public bool IsNow => begun.IsCancellationRequested;

    /// <summary>The database does not answer.</summary>
    public void Begin()
    {
        if (IsNow) return;
        // Its callbacks continue every call in progress, so they do not run here.
        _ = begun.CancelAsync();
        Began?.Invoke();
    }

    /// <summary>The database answers, or it refuses to, which every statement finds out by itself.</summary>
    public void End()
    {
        if (IsNow) begun = new();
    }

    public void Dispose() => begun.Dispose();

    /// <summary>The result of a call; fails when the database falls silent before, and leaves the call to itself.</summary>
    public async Task<T> Break<T>(Task<T> call)
    {
        var silence = begun.Token;
        try
        {
            return await call.WaitAsync(silence);
        }
        catch (OperationCanceledException) when (silence.IsCancellationRequested && !call.IsCompleted)
        {
            throw new StoreSilentException();
        }
    }
}

/// <summary>The database did not answer. A statement that was sent may still be executed.</summary>
public sealed class StoreSilentException() : Exception("PostgreSQL does not answer");
