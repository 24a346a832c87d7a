using BenchmarkDotNet.Attributes;
using VirtualServers.Domain;
using VirtualServers.Domain.VirtualServers;
using VirtualServers.Service.Store;

namespace VirtualServers.Benchmarks.Micro;

/// <summary>From a command to its event, and from the event to the next state.</summary>
public class Deciding
{
    private readonly Lifecycle<VirtualServer> disabled = Aggregates.VirtualServer.Evolve(
        Samples.View.State,
        Samples.Happened(new Disable(), Samples.View.State));
    private readonly Command<Draft> create = new Command<Draft>.Create(Samples.Draft);
    private readonly Command<Draft> enable = new Enable();

    [Benchmark]
    public object DecideCreate() => Samples.Happened(create, Samples.Absent);

    [Benchmark]
    public object DecideUpdate() => Samples.Happened(Samples.OtherPort, Samples.View.State);

    [Benchmark]
    public object DecideEnable() => Samples.Happened(enable, disabled);

    [Benchmark]
    public object EvolveCreated() => Aggregates.VirtualServer.Evolve(Samples.Absent, Samples.Created);

    [Benchmark]
    public object EvolveChanged() => Aggregates.VirtualServer.Evolve(Samples.View.State, Samples.Changed);
}
