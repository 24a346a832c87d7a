using System.Net;
using System.Net.Security;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using VirtualServers.Service.Faults;

namespace VirtualServers.Service.Security;

/// <summary>Where the service listens: on loopback in any way, and beyond it only with TLS and authentication.</summary>
public sealed class Endpoints(SecuritySettings settings, ServerCertificate? certificate = null)
{
    private static readonly TimeSpan HandshakeTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Secures an endpoint before anything is listened on; fails the start at one that would be open to others.</summary>
    public void Secure(ListenOptions endpoint)
    {
        if (endpoint.IPEndPoint is { } place) Expect(settings, place);
        if (certificate is not null)
            endpoint.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = Handshake, HandshakeTimeout = HandshakeTimeout });
    }

    /// <summary>Fails the start at an endpoint that would be open to others.</summary>
    public static void Expect(SecuritySettings settings, IPEndPoint place)
    {
        var missing = (settings.Tls, settings.Authenticates) switch
        {
            (null, false) => "TLS and authentication",
            (null, true) => "TLS",
            (_, false) => "authentication",
            _ => null,
        };
        if (missing is not null && !IPAddress.IsLoopback(place.Address))
            throw new StartupException(
                $"it would listen on {place}, beyond loopback, without {missing}: set Security:Tls, and Security:Jwt "
                + "or Security:ClientCertificates, or set Urls to http://127.0.0.1:PORT or http://[::1]:PORT");
    }

    // Each connection gets the certificate of its time, so open connections outlive a replaced certificate.
    private ValueTask<SslServerAuthenticationOptions> Handshake(TlsHandshakeCallbackContext context) => new(
        new SslServerAuthenticationOptions
        {
            ServerCertificateContext = certificate!.Current,
            ClientCertificateRequired = settings.ClientCertificates is not null,
            // Verified with the first call (ClientCertificates.cs), which can say what is wrong; a caller with a token needs none.
#pragma warning disable CA5359
            RemoteCertificateValidationCallback = (_, _, _, _) => true,
#pragma warning restore CA5359
        });
}
