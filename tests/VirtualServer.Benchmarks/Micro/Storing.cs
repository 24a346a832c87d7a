using System.Text.Json;
using BenchmarkDotNet.Attributes;
using VirtualServers.Domain.VirtualServers;
using VirtualServers.Service.Store;

namespace VirtualServers.Benchmarks.Micro;

/// <summary>Between the domain and the stored JSON.</summary>
public class Storing
{
    private readonly string view = JsonSerializer.Serialize(Samples.View, StoredJson.Options);
    private readonly string created = JsonSerializer.Serialize(Samples.Created, Samples.Created.GetType(), StoredJson.Options);

    [Benchmark]
    public string WriteEvent() => JsonSerializer.Serialize(Samples.Created, Samples.Created.GetType(), StoredJson.Options);

    [Benchmark]
    public object? ReadEvent() => JsonSerializer.Deserialize(created, Samples.Created.GetType(), StoredJson.Options);

    [Benchmark]
    public string WriteView() => JsonSerializer.Serialize(Samples.View, StoredJson.Options);

    [Benchmark]
    public object? ReadView() => JsonSerializer.Deserialize<View<VirtualServer>>(view, StoredJson.Options);
}
