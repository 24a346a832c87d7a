using Microsoft.AspNetCore.Connections;

namespace VirtualServers.Service.Faults;

/// <summary>
/// The service cannot run with its configuration. The operator gets one sentence for each mistake, which names the change to make, and no
/// stack trace.
/// </summary>
public sealed class StartupException(IReadOnlyList<string> sentences, Exception? innerException = null)
    : Exception(string.Join("; ", sentences), innerException)
{
    public StartupException(string sentence, Exception? innerException = null) : this([sentence], innerException) { }

    /// <summary>A sentence for each mistake.</summary>
    public IReadOnlyList<string> Sentences { get; } = sentences;

    /// <summary>The sentences for a failed start; none for an unforeseen exception, which is reported with all its details.</summary>
    public static IReadOnlyList<string> Of(Exception exception) => exception switch
    {
        StartupException mistakes => mistakes.Sentences,
        IOException { InnerException: AddressInUseException } =>
            [$"{exception.Message.TrimEnd('.')}: stop the other process, or set Urls to another port"],
        _ => [],
    };
}
