using Grpc.Net.Client;

namespace VirtualServers.Benchmarks.Processes;

/// <summary>The channels from the load generator to a server.</summary>
internal static class Channels
{
    /// <summary>One channel, which opens more connections when one does not suffice for the concurrent calls.</summary>
    public static GrpcChannel To(string address) =>
        GrpcChannel.ForAddress(
            address,
            new() { HttpHandler = new SocketsHttpHandler { EnableMultipleHttp2Connections = true }, DisposeHttpClient = true });
}
