using System.Net.Security;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;
using static Grpc.Health.V1.HealthCheckResponse.Types;

namespace VirtualServers.Service.Api;

/// <summary>
/// Asks a service on the same machine how it is, by <c>grpc.health.v1</c>: for platforms whose own probes cannot do it, because they speak
/// no gRPC, or no TLS.
/// </summary>
public static class HealthQuestion
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(4);

    /// <summary>Whether a name is serving, and the answer in words.</summary>
    public static async Task<(bool Serving, string Answer)> Ask(Uri address, string name)
    {
        using var handler = new SocketsHttpHandler
        {
#pragma warning disable CA5359 // The certificate is for the name that callers use. The question has no secret; its answer allows nothing.
            SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, _, _, _) => true },
#pragma warning restore CA5359
        };
        using var channel = GrpcChannel.ForAddress(address, new() { HttpHandler = handler });
        try
        {
            var answer = await new Health.HealthClient(channel).CheckAsync(new() { Service = name }, deadline: DateTime.UtcNow + Limit);
            return (answer.Status == ServingStatus.Serving, answer.Status.ToString());
        }
        catch (RpcException failure)
        {
            return (false, $"{failure.StatusCode}: {failure.Status.Detail}");
        }
    }
}
