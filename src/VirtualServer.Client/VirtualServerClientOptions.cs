using System.Security.Cryptography.X509Certificates;

namespace VirtualServers.Client;

/// <summary>How the clients reach the registry, and how they call it.</summary>
public sealed class VirtualServerClientOptions
{
    /// <summary>The address of the service: <c>https://registry.example.org</c>, or <c>http://…</c> for a service without TLS.</summary>
    public Uri? Address { get; set; }

    /// <summary>
    /// The time for a unary call that sets no deadline of its own, all of its attempts included. Streams have no deadline. With five
    /// seconds or more, the service can still say that its database does not respond.
    /// </summary>
    public TimeSpan Deadline { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// The number of attempts of a read or a command that the service does not answer or answers with UNAVAILABLE; 1 turns retries off.
    /// They are safe because every command carries a <c>request_id</c>, which all of its attempts share. A method that changes something
    /// and has no <c>request_id</c> is not repeated.
    /// </summary>
    public int MaxAttempts { get; set; } = 5;

    /// <summary>The pause before the second attempt. Each further pause is twice as long, with a random deviation.</summary>
    public TimeSpan InitialBackoff { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The longest pause between attempts.</summary>
    public TimeSpan MaxBackoff { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Whether a call that was not executed and is refused with a <c>RetryInfo</c> is repeated after the delay that the service names:
    /// <c>TOO_MANY_CALLS</c>, <c>RATE_LIMITED</c> and <c>CONTENDED</c>. It is repeated up to <see cref="MaxAttempts"/> times, and not when
    /// its deadline would pass meanwhile.
    /// </summary>
    public bool HonorRetryInfo { get; set; } = true;

    /// <summary>
    /// Returns the bearer token of a call, without <c>Bearer</c>. It is asked for every call, so it keeps a token as long as it is valid.
    /// A token is sent over TLS only.
    /// </summary>
    public Func<CancellationToken, ValueTask<string>>? Token { get; set; }

    /// <summary>The certificate with which the client proves who it is, with its private key.</summary>
    public X509Certificate2? ClientCertificate { get; set; }

    /// <summary>
    /// A PEM file of the CAs that may have issued the certificate of the service. Without it, the CAs of the machine apply. Revocation
    /// lists are not read for CAs of a file.
    /// </summary>
    public string? CaFile { get; set; }

    /// <summary>
    /// Returns the actor of a call, which the history records; null leaves it to the service. A caller that is authenticated and names
    /// another than itself needs the permission <c>on_behalf_of</c>.
    /// </summary>
    public Func<string?>? Actor { get; set; }

    /// <summary>Returns the correlation id of a call; null leaves it to the service, which uses the trace id or generates one.</summary>
    public Func<string?>? CorrelationId { get; set; }
}
