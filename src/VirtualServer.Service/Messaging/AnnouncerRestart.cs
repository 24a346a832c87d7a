using JasperFx;
using Marten.Events.Daemon.Coordination;
using VirtualServers.Service.Telemetry;

namespace VirtualServers.Service.Messaging;

/// <summary>
/// Lets a stopped announcer start again. Marten stops it for good when another node has moved the checkpoint, after this node lost the
/// database and the leadership for a moment. When the leadership returns, Marten regards a stopped agent that is still listed as running,
/// and no node announces. Once the agent is off the list, Marten starts it when this node leads.
/// </summary>
public sealed class AnnouncerRestart(IProjectionCoordinator coordinator, TimeProvider clock, ILogger<AnnouncerRestart> logger)
    : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) EjectStopped();
        }
        catch (OperationCanceledException)
        {
            // The service stops.
        }
    }

    private void EjectStopped()
    {
        var daemon = coordinator.DaemonForMainDatabase();
        foreach (var agent in daemon.CurrentAgents().Where(agent => agent.Status == AgentStatus.Stopped))
        {
            daemon.EjectPausedShard(agent.Name.Identity);
            Log.AnnouncerStopped(logger, agent.Failure?.Detail.Split('\n')[0] ?? "reason unknown");
        }
    }
}
