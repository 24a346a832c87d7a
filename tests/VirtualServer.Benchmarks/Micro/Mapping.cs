using BenchmarkDotNet.Attributes;
using VirtualServers.Service.Queries;
using VirtualServers.Service.Wire;

namespace VirtualServers.Benchmarks.Micro;

/// <summary>Between the contract and the domain.</summary>
public class Mapping
{
    private readonly Names names = new(Samples.Facts.Matches.Values.SelectMany(found => found));

    [Benchmark]
    public object DraftOfWire() => VirtualServerWire.ToDraft(Samples.Wire);

    [Benchmark]
    public object WireOfView() => VirtualServerWire.ToWire(Samples.View, names);
}
