namespace VirtualServers.Benchmarks.Growth;

/// <summary>A query in a registry of one size.</summary>
/// <param name="Milliseconds">The median of warm calls through gRPC.</param>
/// <param name="Objects">The number of objects in the answer.</param>
internal sealed record Measured(double Milliseconds, int Objects, double Rows, double Blocks);
