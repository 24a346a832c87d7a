using Microsoft.Extensions.Diagnostics.HealthChecks;
using VirtualServers.Service.Faults;
using VirtualServers.Service.Store;
using VirtualServers.Service.Telemetry;

namespace VirtualServers.Service.Projections;

/// <summary>
/// Whether the read models of the database are of the version of this service. When the rebuild of an upgrade has replaced them, the
/// database refuses the commands of this service, and its callers go to nodes of the newer version.
/// </summary>
public sealed class ReadModelsCheck : IHealthCheck
{
    private readonly StoreState state;
    private readonly Probe probe;

    public ReadModelsCheck(PlannedReads planned, StoreState state, TimeProvider clock)
    {
        this.state = state;
        probe = new("PostgreSQL", async _ => await ReadModelVersions.Stored(planned.Source) == ReadModelVersions.Text
            ? null
            : "the read models of the database are of another version", clock);
    }

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        state.IsSilent ? Task.FromResult(HealthCheckResult.Healthy()) : probe.Check(cancellationToken);
}
