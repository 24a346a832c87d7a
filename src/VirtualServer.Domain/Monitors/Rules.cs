namespace VirtualServers.Domain.Monitors;

/// <summary>
/// The rules of a health check monitor (domain.md, section 2). All rules run, so that a caller learns every violation at once.
/// </summary>
public sealed class Rules : IRules<HealthCheckMonitor, Draft>
{
    private const int MaxSeconds = 86_400;
    private const int MaxRetries = 1_000;

    private Rules() { }

    /// <inheritdoc/>
    public static FactsNeeded Needs(Draft draft) => FactsNeeded.Of(Kind.HealthCheckMonitor, draft);

    /// <inheritdoc/>
    public static FactsNeeded NeedsToUndelete => FactsNeeded.ToUndelete(Kind.HealthCheckMonitor);

    /// <inheritdoc/>
    public static HealthCheckMonitor Resolve(Draft draft, HealthCheckMonitor? now, Check check) => new()
    {
        Name = check.Name(Field.Name, draft.Name, now?.Name),
        Type = check.Choice(Field.HealthCheckType, draft.HealthCheckType, now?.Type),
        Schedule = new(
            check.Number(Field.Interval, draft.Interval, now?.Schedule.Interval, 1, MaxSeconds),
            check.Number(Field.Timeout, draft.Timeout, now?.Schedule.Timeout, 1, MaxSeconds),
            check.Number(Field.Retry, draft.Retry, now?.Schedule.Retry, 0, MaxRetries)),
        Port = check.Port(Field.Port, draft.Port, now?.Port),
        Tenant = check.Reference(Field.Tenant, Kind.Tenant, draft.Tenant, now?.Tenant),
    };

    /// <inheritdoc/>
    public static void CheckUndelete(HealthCheckMonitor then, Check check) => check.CheckUndelete(then.Name);

    /// <inheritdoc/>
    public static Alteration<HealthCheckMonitor>? Between(HealthCheckMonitor was, HealthCheckMonitor now) => Changed.Between(was, now);
}
