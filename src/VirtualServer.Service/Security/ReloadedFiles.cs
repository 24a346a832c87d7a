using System.Security.Cryptography;
using System.Text;
using VirtualServers.Service.Faults;
using VirtualServers.Service.Telemetry;

namespace VirtualServers.Service.Security;

/// <summary>
/// What some files say, read again when they are replaced. Their content is compared, because a mounted secret is replaced by another
/// target of a link, which leaves the name and the times of the link as they were.
/// </summary>
/// <param name="setting">The setting that names the files.</param>
/// <param name="read">Reads the texts of the files; throws <see cref="InvalidDataException"/> with a sentence for the operator.</param>
public sealed class ReloadedFiles<T>(
    string setting, IReadOnlyList<string> paths, Func<IReadOnlyList<string>, T> read, TimeProvider clock, ILogger logger) : IDisposable
    where T : class
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private volatile T? current;
    private byte[] seen = [];
    private string told = "";
    private ITimer? timer;

    /// <summary>What the files say; after a mistake in them, what they said before.</summary>
    public T Current => current ?? throw new InvalidOperationException($"{setting} is used before it is read");

    /// <summary>Reads the files for the first time, and then whenever they are replaced; fails the start at a mistake in them.</summary>
    public void Start()
    {
        try
        {
            TryRead();
        }
        catch (Exception exception) when (IsMistake(exception))
        {
            throw new StartupException(Sentence(exception), exception);
        }

        timer = clock.CreateTimer(_ => Refresh(), null, Period, Period);
    }

    public void Dispose() => timer?.Dispose();

    // Files that belong together are replaced one after the other; the next round then finds both.
    private void Refresh()
    {
        if (!gate.TryEnter()) return;
        try
        {
            if (TryRead()) Log.FilesReplaced(logger, setting);
            told = "";
        }
        catch (Exception exception) when (IsMistake(exception))
        {
            // A file that is missing fails each round, and is one line of the log.
            var sentence = Sentence(exception);
            if (sentence != told) Log.FilesNotReplaced(logger, sentence);
            told = sentence;
        }
        finally
        {
            gate.Exit();
        }
    }

    private bool TryRead()
    {
        var texts = paths.Select(File.ReadAllText).ToList();
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', texts)));
        if (hash.AsSpan().SequenceEqual(seen)) return false;
        seen = hash;
        current = read(texts);
        return true;
    }

    private string Sentence(Exception mistake) => $"{setting} ({string.Join(", ", paths)}) cannot be used: {mistake.Message.TrimEnd('.')}";

    private static bool IsMistake(Exception exception) => exception is IOException or UnauthorizedAccessException or InvalidDataException;
}
