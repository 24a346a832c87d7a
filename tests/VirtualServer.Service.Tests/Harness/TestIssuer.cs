using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Grpc.Core;

namespace VirtualServers.Service.Tests.Harness;

/// <summary>An issuer of tokens with a key of its own, and the roles that the service gives to them.</summary>
internal sealed class TestIssuer : IDisposable
{
    public const string Name = "https://issuer.example";

    public const string Audience = "virtualserver-test";

    private readonly string folder = Path.Combine(Path.GetTempPath(), $"vsgrpc-issuer-{Guid.NewGuid():N}");
    private RSA key = RSA.Create(2048);

    public TestIssuer()
    {
        Directory.CreateDirectory(folder);
        ReplaceKey();
    }

    /// <summary>The file of its public key.</summary>
    public string KeysFile => Path.Combine(folder, "keys.pem");

    /// <summary>Its public key as a JSON Web Key Set.</summary>
    public string KeySet
    {
        get
        {
            var (n, e) = (key.ExportParameters(false).Modulus!, key.ExportParameters(false).Exponent!);
            return JsonSerializer.Serialize(new { keys = new[] { new { kty = "RSA", use = "sig", n = Encoded(n), e = Encoded(e) } } });
        }
    }

    /// <summary>The settings of a service that trusts it.</summary>
    public IEnumerable<string> Settings =>
    [
        $"Security:Jwt:KeysFile={KeysFile}", $"Security:Jwt:Issuer={Name}", $"Security:Jwt:Audience={Audience}",
        .. Role("reader", "registry.read"),
        .. Role("writer", "registry.read", "registry.write"),
        .. Role("registrar", "registry.read", "inventory.write"),
        .. Role("agent", "registry.read", "registry.write", "on_behalf_of"),
        .. Role("admin", "registry.read", "registry.write", "inventory.write", "registry.admin", "on_behalf_of"),
    ];

    /// <summary>A role of a service.</summary>
    public static IEnumerable<string> Role(string name, params string[] permissions) =>
        permissions.Select((permission, i) => $"Security:Roles:{name}:Permissions:{i}={permission}");

    /// <summary>A token with these roles.</summary>
    public string Token(string subject, params string[] roles) => Token(Claims(subject, roles));

    /// <summary>A token whose claims are not as the service expects them.</summary>
    public string Token(Dictionary<string, object> claims, string algorithm = "RS256")
    {
        var text = $"{Encoded(new { alg = algorithm, typ = "JWT" })}.{Encoded(claims)}";
        var signature = key.SignData(Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return algorithm == "none" ? $"{text}." : $"{text}.{Encoded(signature)}";
    }

    /// <summary>The claims of a good token.</summary>
    public static Dictionary<string, object> Claims(string subject, params string[] roles) => new()
    {
        ["iss"] = Name, ["aud"] = Audience, ["sub"] = subject, ["roles"] = roles, ["exp"] = In(minutes: 60),
    };

    /// <summary>A time as tokens write it.</summary>
    public static long In(int minutes) => DateTimeOffset.UtcNow.AddMinutes(minutes).ToUnixTimeSeconds();

    /// <summary>The metadata that carry a token.</summary>
    public static Metadata Bearer(string token) => new() { { "authorization", $"Bearer {token}" } };

    /// <summary>Replaces the key: tokens that were signed before become invalid.</summary>
    public void ReplaceKey()
    {
        key = RSA.Create(2048);
        File.WriteAllText($"{KeysFile}.new", key.ExportSubjectPublicKeyInfoPem());
        File.Move($"{KeysFile}.new", KeysFile, overwrite: true);
    }

    public void Dispose()
    {
        key.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private static string Encoded(object part) => Encoded(JsonSerializer.SerializeToUtf8Bytes(part));

    private static string Encoded(byte[] bytes) => Base64Url.EncodeToString(bytes);
}
