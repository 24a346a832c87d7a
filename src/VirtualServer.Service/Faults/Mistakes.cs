namespace VirtualServers.Service.Faults;

/// <summary>The mistakes in settings that are read together, so that the operator learns all of them at once.</summary>
public sealed class Mistakes
{
    private readonly List<string> sentences = [];

    /// <summary>A sentence for each mistake.</summary>
    public IReadOnlyList<string> Sentences => sentences;

    /// <summary>Adds one.</summary>
    public void Add(string sentence) => sentences.Add(sentence);

    /// <summary>What <paramref name="read"/> reads; without a value if there is a mistake in it.</summary>
    public T? Read<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (StartupException mistakes)
        {
            sentences.AddRange(mistakes.Sentences.Except(sentences));
            return default;
        }
    }

    /// <summary>Fails the start if there are any.</summary>
    public void Throw()
    {
        if (sentences.Count > 0) throw new StartupException(sentences);
    }
}
