using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging.Abstractions;

namespace VirtualServers.Service.Security;

/// <summary>The certificate with which the service proves its name.</summary>
public sealed class ServerCertificate(TlsSettings settings, TimeProvider clock, ILogger<ServerCertificate> logger) : IDisposable
{
    private readonly ReloadedFiles<SslStreamCertificateContext> files =
        new("Security:Tls:CertificateFile", [settings.CertificateFile, settings.KeyFile], Read, clock, logger);

    /// <summary>The certificate for new connections, with its chain.</summary>
    public SslStreamCertificateContext Current => files.Current;

    /// <summary>Whether a certificate is this one.</summary>
    public bool Is(X509Certificate? certificate) =>
        certificate is not null && certificate.GetRawCertData().AsSpan().SequenceEqual(Current.TargetCertificate.RawDataMemory.Span);

    public void Start() => files.Start();

    public void Dispose() => files.Dispose();

    /// <summary>Reads the files once; fails the start when they cannot be used.</summary>
    public static bool Expect(TlsSettings settings)
    {
        using var certificate = new ServerCertificate(settings, TimeProvider.System, NullLogger<ServerCertificate>.Instance);
        certificate.Start();
        return true;
    }

    private static SslStreamCertificateContext Read(IReadOnlyList<string> texts)
    {
        try
        {
            var chain = new X509Certificate2Collection();
            chain.ImportFromPem(texts[0]);
            return SslStreamCertificateContext.Create(X509Certificate2.CreateFromPem(texts[0], texts[1]), chain, offline: true);
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            throw new InvalidDataException("they are no certificate and its unencrypted private key in PEM", exception);
        }
    }
}
