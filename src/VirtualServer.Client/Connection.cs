using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Options;

namespace VirtualServers.Client;

/// <summary>The connections to the service, which all clients share.</summary>
internal sealed class Connection : IDisposable
{
    public Connection(IOptions<VirtualServerClientOptions> options)
    {
        var given = options.Value;
        Handler = new()
        {
            // A connection has room for 100 calls.
            EnableMultipleHttp2Connections = true,
            // A connection that a firewall has dropped is noticed, and does not wait for the deadlines of its calls.
            KeepAlivePingDelay = TimeSpan.FromSeconds(60),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(30),
            // New calls follow the name of the service to a new address; those in progress continue.
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            // An address that does not answer leaves time for another attempt.
            ConnectTimeout = TimeSpan.FromSeconds(5),
        };
        if (given.CaFile is { } file)
        {
            var policy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck,
            };
            policy.CustomTrustStore.ImportFromPemFile(file);
            Handler.SslOptions.CertificateChainPolicy = policy;
        }

        if (given.ClientCertificate is { } certificate)
        {
            Handler.SslOptions.ClientCertificates = [certificate];
            // Otherwise only a certificate of an issuer that the service lists is sent, and the service lists none.
            Handler.SslOptions.LocalCertificateSelectionCallback = (_, _, _, _, _) => certificate;
        }
    }

    public SocketsHttpHandler Handler { get; }

    public void Dispose() => Handler.Dispose();
}
