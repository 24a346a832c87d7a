using Microsoft.AspNetCore.Connections;

namespace VirtualServers.Service;

/// <summary>The service can't run as it is configured. Whoever started it gets the one sentence that says what to change, and no trace.</summary>
public sealed class StartupException(string sentence, Exception? innerException = null) : Exception(sentence, innerException)
{
    /// <summary>What to tell of a failed start; null for what nobody foresaw, which leaves with all its details.</summary>
    public static string? Sentence(Exception exception) => exception switch
    {
        StartupException => exception.Message,
        IOException { InnerException: AddressInUseException } => exception.Message,
        _ => null,
    };
}
