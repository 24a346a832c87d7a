namespace VirtualServers.Service.Telemetry;

/// <summary>Every line that the service logs.</summary>
public static partial class Log
{
    [LoggerMessage(1, LogLevel.Information,
        "{Method} rejected with {Status} {Reasons}: {Sentence} (actor {Actor}, correlation id {CorrelationId})")]
    public static partial void Refused(
        ILogger logger, string method, string status, string reasons, string sentence, string actor, string correlationId);

    [LoggerMessage(2, LogLevel.Warning,
        "{Method} failed with UNAVAILABLE STORE_UNAVAILABLE: {Sentence} (actor {Actor}, correlation id {CorrelationId})")]
    public static partial void StoreUnavailable(ILogger logger, string method, string sentence, string actor, string correlationId);

    [LoggerMessage(3, LogLevel.Error, "{Method} failed with INTERNAL (actor {Actor}, correlation id {CorrelationId})")]
    public static partial void Failed(ILogger logger, Exception exception, string method, string actor, string correlationId);

    [LoggerMessage(4, LogLevel.Warning, "Change {Sequence} {Type} was not announced at attempt {Attempt} and will be retried: {Sentence}")]
    public static partial void AnnouncementFailed(ILogger logger, long sequence, string type, int attempt, string sentence);

    [LoggerMessage(5, LogLevel.Information, "Announcing continues after {Attempts} failed attempts")]
    public static partial void AnnouncementsGoOn(ILogger logger, int attempts);

    [LoggerMessage(6, LogLevel.Information, "Database schema applied")]
    public static partial void SchemaApplied(ILogger logger);

    [LoggerMessage(10, LogLevel.Information, "Rebuild of the read models: {Sentence}")]
    public static partial void Rebuilding(ILogger logger, string sentence);

    [LoggerMessage(7, LogLevel.Information, "Deleted {Count} answered request ids older than {Age}")]
    public static partial void RequestsForgotten(ILogger logger, int count, TimeSpan age);

    [LoggerMessage(8, LogLevel.Warning, "Expired request ids were not deleted and will be retried in an hour: {Sentence}")]
    public static partial void RequestsNotForgotten(ILogger logger, string sentence);

    [LoggerMessage(9, LogLevel.Warning, "The announcer of this node stopped ({Sentence}); it restarts when this node becomes the leader")]
    public static partial void AnnouncerStopped(ILogger logger, string sentence);
}
