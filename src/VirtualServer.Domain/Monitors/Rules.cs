namespace VirtualServers.Domain.Monitors;

/// <summary>The rules of a health check monitor (domain.md, section 2): every one runs, so that a caller learns all that is wrong at once.</summary>
public sealed class Rules : IRules<HealthCheckMonitor, Draft>
{
    private const int LongestSeconds = 86_400;
    private const int MostRetries = 1_000;

    private Rules() { }

    /// <inheritdoc/>
    public static Inquiry Asks(Draft draft) => Inquiry.Of(Kind.HealthCheckMonitor, draft);

    /// <inheritdoc/>
    public static Inquiry AsksToReturn => Inquiry.ToReturn(Kind.HealthCheckMonitor);

    /// <inheritdoc/>
    public static HealthCheckMonitor Settle(Draft draft, HealthCheckMonitor? now, Check check) => new()
    {
        Name = check.Name(Field.Name, draft.Name, now?.Name),
        Type = check.Choice(Field.HealthCheckType, draft.HealthCheckType, now?.Type),
        Schedule = new(
            check.Number(Field.Interval, draft.Interval, now?.Schedule.Interval, 1, LongestSeconds),
            check.Number(Field.Timeout, draft.Timeout, now?.Schedule.Timeout, 1, LongestSeconds),
            check.Number(Field.Retry, draft.Retry, now?.Schedule.Retry, 0, MostRetries)),
        Port = check.Port(Field.Port, draft.Port, now?.Port),
        Tenant = check.Reference(Field.Tenant, Kind.Tenant, draft.Tenant, now?.Tenant),
    };

    /// <inheritdoc/>
    public static void Return(HealthCheckMonitor then, Check check) => check.Return(Field.Name, then.Name);

    /// <inheritdoc/>
    public static Alteration<HealthCheckMonitor>? Between(HealthCheckMonitor was, HealthCheckMonitor now) => Changed.Between(was, now);
}
