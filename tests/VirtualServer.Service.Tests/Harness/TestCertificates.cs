using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace VirtualServers.Service.Tests.Harness;

/// <summary>A CA with the certificate of a service and those of its callers.</summary>
internal sealed class TestCertificates : IDisposable
{
    private const string ServerUse = "1.3.6.1.5.5.7.3.1", ClientUse = "1.3.6.1.5.5.7.3.2";

    private readonly string folder = Path.Combine(Path.GetTempPath(), $"vsgrpc-certificates-{Guid.NewGuid():N}");
    private readonly X509Certificate2 authority = Authority("CN=Test CA");

    public TestCertificates()
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(CaFile, authority.ExportCertificatePem());
        ReplaceServer();
    }

    public string CaFile => Path.Combine(folder, "ca.pem");

    public string CertificateFile => Path.Combine(folder, "server.pem");

    public string KeyFile => Path.Combine(folder, "server.key");

    /// <summary>The settings of a service with TLS that accepts client certificates.</summary>
    public IEnumerable<string> Settings =>
    [
        "Urls=https://127.0.0.1:0", $"Security:Tls:CertificateFile={CertificateFile}", $"Security:Tls:KeyFile={KeyFile}",
        $"Security:ClientCertificates:CaFile={CaFile}",
    ];

    /// <summary>Replaces the certificate of the service and its key, one after the other; returns the new certificate.</summary>
    public string ReplaceServer()
    {
        using var server = Issue("CN=127.0.0.1", ServerUse, authority);
        Replace(KeyFile, server.GetRSAPrivateKey()!.ExportPkcs8PrivateKeyPem());
        Replace(CertificateFile, server.ExportCertificatePem());
        return server.Thumbprint;
    }

    /// <summary>A certificate of a caller.</summary>
    public X509Certificate2 Client(
        string subject, string? uri = null, DateTimeOffset? until = null, string? dns = null, bool address = false) =>
        Issue(subject, ClientUse, authority, uri, until, dns, address);

    /// <summary>A certificate that another CA of the same name has issued.</summary>
    public static X509Certificate2 Foreign(string subject)
    {
        using var other = Authority("CN=Test CA");
        return Issue(subject, ClientUse, other);
    }

    /// <summary>A certificate for another purpose.</summary>
    public X509Certificate2 OfServer() => Issue("CN=server", ServerUse, authority);

    /// <summary>Connects with the CA of the service, and a certificate if there is one.</summary>
    /// <param name="seen">Receives the certificate of the service.</param>
    public SocketsHttpHandler Handler(X509Certificate2? client = null, Action<string>? seen = null)
    {
        var handler = new SocketsHttpHandler { EnableMultipleHttp2Connections = true };
        handler.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, errors) =>
        {
            var certificate = (X509Certificate2)shown!;
            using var chain = new X509Chain();
            chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.CustomTrustStore.Add(authority);
            chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
            seen?.Invoke(certificate.Thumbprint);
            return !errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch) && chain.Build(certificate);
        };
        if (client is not null)
        {
            handler.SslOptions.ClientCertificates = [client];
            handler.SslOptions.LocalCertificateSelectionCallback = (_, _, _, _, _) => client;
        }

        return handler;
    }

    public void Dispose()
    {
        authority.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private static void Replace(string path, string text)
    {
        File.WriteAllText($"{path}.new", text);
        File.Move($"{path}.new", path, overwrite: true);
    }

    private static X509Certificate2 Authority(string name)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-30), DateTimeOffset.UtcNow.AddDays(30));
    }

    private static X509Certificate2 Issue(
        string subject, string use, X509Certificate2 authority, string? uri = null, DateTimeOffset? until = null, string? dns = null,
        bool address = false)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new(use)], false));
        var names = new SubjectAlternativeNameBuilder();
        if (uri is not null) names.AddUri(new(uri));
        if (dns is not null) names.AddDnsName(dns);
        if (address || use == ServerUse) names.AddIpAddress(IPAddress.Loopback);
        if (uri is not null || dns is not null || address || use == ServerUse) request.CertificateExtensions.Add(names.Build());
        using var issued = request.Create(
            authority, DateTimeOffset.UtcNow.AddDays(-20), until ?? DateTimeOffset.UtcNow.AddDays(20), RandomNumberGenerator.GetBytes(8));
        return issued.CopyWithPrivateKey(key);
    }
}
