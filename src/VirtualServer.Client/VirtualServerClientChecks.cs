using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Options;

namespace VirtualServers.Client;

/// <summary>Finds mistakes in the options when the first client is created, each with the option and the remedy.</summary>
internal sealed class VirtualServerClientChecks : IValidateOptions<VirtualServerClientOptions>
{
    // The runtime's timers end there.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    public ValidateOptionsResult Validate(string? name, VirtualServerClientOptions options)
    {
        var mistakes = Mistakes(options).ToList();
        return mistakes.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(mistakes);
    }

    private static IEnumerable<string> Mistakes(VirtualServerClientOptions options)
    {
        if (options.Address is not { IsAbsoluteUri: true, Scheme: "http" or "https" } address)
        {
            yield return
                $"Address {Quoted(options.Address)} is not the address of a service: use https://HOST:PORT, or http:// without TLS";
        }
        else if (address.Scheme == "http")
        {
            if (options.Token is not null) yield return Needs(nameof(options.Token), "a token is never sent in clear text");
            if (options.ClientCertificate is not null)
                yield return Needs(nameof(options.ClientCertificate), "certificates are part of TLS");
            if (options.CaFile is not null) yield return Needs(nameof(options.CaFile), "certificates are part of TLS");
        }

        if (options.ClientCertificate is { HasPrivateKey: false })
            yield return "ClientCertificate has no private key: load it with its key, as X509Certificate2.CreateFromPemFile does";
        if (options.CaFile is { } file && Unreadable(file) is { } why)
            yield return $"CaFile \"{file}\" {why}: give a file with the CA certificates in PEM";
        if (options.MaxAttempts is < 1 or > 100) yield return $"MaxAttempts {options.MaxAttempts} is out of range: use 1 to 100";
        foreach (var (option, time) in new[]
        {
            (nameof(options.Deadline), options.Deadline), (nameof(options.InitialBackoff), options.InitialBackoff),
            (nameof(options.MaxBackoff), options.MaxBackoff),
        })
        {
            if (time <= TimeSpan.Zero || time > Longest) yield return $"{option} {time} is out of range: use more than zero, up to a day";
        }

        if (options.MaxBackoff < options.InitialBackoff)
            yield return $"MaxBackoff {options.MaxBackoff} is shorter than InitialBackoff {options.InitialBackoff}: use at least that";
    }

    private static string Needs(string option, string reason) => $"{option} needs an Address with https: {reason}";

    private static string Quoted(Uri? address) => address is null ? "(not set)" : $"\"{address.OriginalString}\"";

    private static string? Unreadable(string file)
    {
        try
        {
            var authorities = new X509Certificate2Collection();
            authorities.ImportFromPemFile(file);
            return authorities.Count > 0 ? null : "contains no certificate";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException)
        {
            return $"cannot be read ({exception.Message})";
        }
    }
}
