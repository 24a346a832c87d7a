using System.Diagnostics;

namespace VirtualServers.Faults;

/// <summary>A broken promise of the service.</summary>
internal sealed record Violation(string Promise, string Sentence);

/// <summary>What happened, with the time since the start: printed, and kept in a file. Broken promises are collected.</summary>
internal sealed class Journal(string folder) : IDisposable
{
    private const int Shown = 20;

    private readonly StreamWriter file = new(Path.Combine(folder, "journal.log")) { AutoFlush = true };
    private readonly long began = Stopwatch.GetTimestamp();
    private readonly List<Violation> violations = [];
    private readonly Lock gate = new();

    /// <summary>The time since the start.</summary>
    public TimeSpan Now => Stopwatch.GetElapsedTime(began);

    /// <summary>The broken promises so far.</summary>
    public IReadOnlyList<Violation> Violations
    {
        get { lock (gate) return [.. violations]; }
    }

    /// <summary>A time of the run as minutes and seconds.</summary>
    public static string Show(TimeSpan time) => $"{(int)time.TotalMinutes:00}:{time.Seconds:00}.{time.Milliseconds / 100}";

    public void Tell(string sentence) => Write(sentence, isPrinted: true);

    /// <summary>Something for the file only.</summary>
    public void Note(string sentence) => Write(sentence, isPrinted: false);

    public void Violate(string promise, string sentence)
    {
        bool isPrinted;
        lock (gate)
        {
            violations.Add(new(promise, sentence));
            isPrinted = violations.Count(one => one.Promise == promise) <= Shown;
        }

        Write($"VIOLATION {promise}: {sentence}", isPrinted);
    }

    public void Dispose() => file.Dispose();

    private void Write(string sentence, bool isPrinted)
    {
        lock (gate)
        {
            var line = $"{Show(Now)} {sentence}";
            file.WriteLine(line);
            if (isPrinted) Console.WriteLine(line);
        }
    }
}
