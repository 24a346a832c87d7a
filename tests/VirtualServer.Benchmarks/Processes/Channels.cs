using Grpc.Net.Client;

namespace VirtualServers.Benchmarks.Processes;

/// <summary>How the load reaches a server.</summary>
internal static class Channels
{
    /// <summary>One channel; more connections when there are more calls at once than one of them takes.</summary>
    public static GrpcChannel To(string address) =>
        GrpcChannel.ForAddress(
            address,
            new() { HttpHandler = new SocketsHttpHandler { EnableMultipleHttp2Connections = true }, DisposeHttpClient = true });
}
