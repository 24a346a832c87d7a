using Microsoft.AspNetCore.Connections;

namespace VirtualServers.Service.Faults;

/// <summary>
/// The service cannot run with its configuration. The operator gets one sentence that names the change to make, and no stack trace.
/// </summary>
public sealed class StartupException(string sentence, Exception? innerException = null) : Exception(sentence, innerException)
{
    /// <summary>The sentence for a failed start; null for an unforeseen exception, which is reported with all its details.</summary>
    public static string? Sentence(Exception exception) => exception switch
    {
        StartupException => exception.Message,
        IOException { InnerException: AddressInUseException } => exception.Message,
        _ => null,
    };
}
