namespace VirtualServers.Benchmarks.Growth;

/// <summary>A query that is measured in registries of several sizes.</summary>
/// <param name="Grows">Whether it may cost more in a larger registry: it counts or finds everything.</param>
/// <param name="Call">Asks a service; the number of objects in the answer.</param>
internal sealed record Query(string Name, Func<Place, Task<int>> Call, bool Grows = false);
