using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.IdentityModel.Tokens;

namespace VirtualServers.Service.Security;

/// <summary>The public keys of an issuer, and the tokens that they have verified: both are replaced together.</summary>
public sealed class TokenKeys(IReadOnlyList<SecurityKey> keys)
{
    // Only tokens that were verified are kept, so that nobody can fill the memory with others.
    private const int MaxVerified = 4096;

    private readonly ConcurrentDictionary<string, (Proof Proof, DateTimeOffset Until)> verified = new(StringComparer.Ordinal);

    public IReadOnlyList<SecurityKey> Keys => keys;

    /// <summary>Reads a JSON Web Key Set, or public keys in PEM.</summary>
    public static TokenKeys Read(string text)
    {
        try
        {
            // A symmetric key would let everybody who can verify a token make one.
            var keys = text.TrimStart().StartsWith('{')
                ? new JsonWebKeySet(text).GetSigningKeys().Where(key => key is not SymmetricSecurityKey).ToList()
                : [.. Pem(text)];
            return keys.Count > 0 ? new(keys) : throw new InvalidDataException("it has no public key");
        }
        catch (Exception exception) when (exception is ArgumentException or CryptographicException)
        {
            throw new InvalidDataException("it is neither a JSON Web Key Set nor public keys in PEM", exception);
        }
    }

    /// <summary>The proof of a token that was verified before and has not expired since; null otherwise.</summary>
    /// <param name="authorization">The scheme and the token, as they were sent: cutting them apart would cost as much as a look-up.</param>
    public Proof? Known(string authorization, DateTimeOffset now) =>
        verified.TryGetValue(authorization, out var known) && now < known.Until ? known.Proof : null;

    /// <summary>Keeps the proof of a token.</summary>
    public void Keep(string authorization, Proof proof, DateTimeOffset until)
    {
        if (verified.Count >= MaxVerified) verified.Clear();
        verified[authorization] = (proof, until);
    }

    private static IEnumerable<SecurityKey> Pem(string text)
    {
        while (PemEncoding.TryFind(text, out var found))
        {
            if (text[found.Label] == "PUBLIC KEY")
            {
                var key = PublicKey.CreateFromSubjectPublicKeyInfo(Convert.FromBase64String(text[found.Base64Data]), out _);
                if (key.GetRSAPublicKey() is { } rsa) yield return new RsaSecurityKey(rsa);
                else if (key.GetECDsaPublicKey() is { } ecdsa) yield return new ECDsaSecurityKey(ecdsa);
            }

            text = text[found.Location.End..];
        }
    }
}
