using JasperFx;
using Marten.Events.Daemon.Coordination;
using VirtualServers.Service.Telemetry;

namespace VirtualServers.Service.Messaging;

/// <summary>
/// Lets a stopped announcer start again. Marten stops it for good when another node has moved the checkpoint (this one had
/// lost the database for a moment, and the lead with it); should the lead come back here, Marten takes an agent that is
/// still listed for running, and nobody announces any more. Once it is off the list, the next look at the lead starts it.
/// </summary>
public sealed class AnnouncerRestart(IProjectionCoordinator coordinator, TimeProvider clock, ILogger<AnnouncerRestart> logger) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) Look();
        }
        catch (OperationCanceledException)
        {
            // The service stops.
        }
    }

    private void Look()
    {
        var daemon = coordinator.DaemonForMainDatabase();
        foreach (var agent in daemon.CurrentAgents().Where(agent => agent.Status == AgentStatus.Stopped))
        {
            daemon.EjectPausedShard(agent.Name.Identity);
            Log.AnnouncerStopped(logger, agent.Failure?.Detail.Split('\n')[0] ?? "for no known reason");
        }
    }
}
