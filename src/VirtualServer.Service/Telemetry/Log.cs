namespace VirtualServers.Service.Telemetry;

/// <summary>Every line that the service logs.</summary>
public static partial class Log
{
    [LoggerMessage(1, LogLevel.Information,
        "{Method} rejected with {Status} {Reasons}: {Sentence} (actor {Actor}, correlation id {CorrelationId})")]
    public static partial void Refused(
        ILogger logger, string method, string status, string reasons, string sentence, string actor, string correlationId);

    [LoggerMessage(2, LogLevel.Debug,
        "{Method} failed with UNAVAILABLE STORE_UNAVAILABLE: {Sentence} (actor {Actor}, correlation id {CorrelationId})")]
    public static partial void StoreUnavailable(ILogger logger, string method, string sentence, string actor, string correlationId);

    [LoggerMessage(3, LogLevel.Error, "{Method} failed with INTERNAL (actor {Actor}, correlation id {CorrelationId})")]
    public static partial void Failed(ILogger logger, Exception exception, string method, string actor, string correlationId);

    [LoggerMessage(10, LogLevel.Information, "{Method} was left by its caller: {Status} (actor {Actor}, correlation id {CorrelationId})")]
    public static partial void Left(ILogger logger, string method, string status, string actor, string correlationId);

    [LoggerMessage(50, LogLevel.Warning,
        "The registry begins the epoch {Epoch} ({Reason}): consumers, page tokens and etags of the former one notice")]
    public static partial void EpochBegan(ILogger logger, Guid epoch, string reason);

    [LoggerMessage(6, LogLevel.Information, "Database schema applied")]
    public static partial void SchemaApplied(ILogger logger);

    [LoggerMessage(20, LogLevel.Information, "Rebuild of the read models: {Sentence}")]
    public static partial void Rebuilding(ILogger logger, string sentence);

    [LoggerMessage(7, LogLevel.Information, "Deleted {Count} answered request ids older than {Age}")]
    public static partial void RequestsForgotten(ILogger logger, int count, TimeSpan age);

    [LoggerMessage(8, LogLevel.Warning, "Expired request ids were not deleted and will be retried in an hour: {Sentence}")]
    public static partial void RequestsNotForgotten(ILogger logger, string sentence);

    [LoggerMessage(21, LogLevel.Error, "This node no longer leads and will try again, after an unexpected failure")]
    public static partial void TermFailed(ILogger logger, Exception exception);

    [LoggerMessage(22, LogLevel.Information, "This node leads: it announces the changes")]
    public static partial void TermBegun(ILogger logger);

    [LoggerMessage(24, LogLevel.Error, "Changes were not read and will be retried, after an unexpected failure")]
    public static partial void FeedFailed(ILogger logger, Exception exception);

    [LoggerMessage(11, LogLevel.Warning,
        "Changes of type {Type} are refused by a queue, first change {Sequence} of \"{Name}\" ({Id}): it is parked with the later changes "
        + "of its object and retried; make room in the queue, or declare it without x-overflow=reject-publish")]
    public static partial void RefusedByQueue(ILogger logger, string type, long sequence, string name, string id);

    [LoggerMessage(12, LogLevel.Information,
        "Changes of type {Type} are no longer refused by a queue; {Count} parked changes were announced")]
    public static partial void TakenByQueue(ILogger logger, string type, int count);

    [LoggerMessage(14, LogLevel.Information, "The service is warm after {Elapsed} and ready for calls")]
    public static partial void Warm(ILogger logger, TimeSpan elapsed);

    [LoggerMessage(18, LogLevel.Error, "The disk of PostgreSQL is full; the service is not ready until a write succeeds: {Sentence}")]
    public static partial void DiskFull(ILogger logger, string sentence);

    [LoggerMessage(30, LogLevel.Information, "{Setting}: the files were replaced, and apply from now on")]
    public static partial void FilesReplaced(ILogger logger, string setting);

    [LoggerMessage(31, LogLevel.Warning, "Replaced files do not apply, their earlier content does: {Sentence}")]
    public static partial void FilesNotReplaced(ILogger logger, string sentence);

    [LoggerMessage(19, LogLevel.Information, "PostgreSQL stores again")]
    public static partial void DiskHasRoom(ILogger logger);

    [LoggerMessage(40, LogLevel.Information, "Metrics are served at {Address}")]
    public static partial void MetricsServed(ILogger logger, string address);

    // RepeatedFailure.cs; docs/operation.md lists what fails.
    [LoggerMessage(60, LogLevel.Warning, "{What} fails: {Sentence}")]
    public static partial void FailureBegan(ILogger logger, string what, string sentence);

    [LoggerMessage(61, LogLevel.Warning, "{What} has been failing for {Elapsed}, {Count} times since the last line: {Sentence}")]
    public static partial void FailureLasts(ILogger logger, string what, TimeSpan elapsed, long count, string sentence);

    [LoggerMessage(62, LogLevel.Information, "{What} succeeds again after {Elapsed} and {Count} failures")]
    public static partial void FailureEnded(ILogger logger, string what, TimeSpan elapsed, long count);

    [LoggerMessage(63, LogLevel.Debug, "{Message}: {Sentence}")]
    public static partial void Foreseen(ILogger logger, string message, string sentence);
}
