using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace VirtualServers.Benchmarks.Processes;

/// <summary>An issuer of tokens, for a service with authentication.</summary>
internal sealed class Issuer : IDisposable
{
    private const string Name = "https://issuer.example", Audience = "virtualserver";

    private readonly RSA key = RSA.Create(2048);
    private readonly string file = Path.GetTempFileName();

    public Issuer() => File.WriteAllText(file, key.ExportSubjectPublicKeyInfoPem());

    /// <summary>The settings of a service that trusts it.</summary>
    public IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>
    {
        ["Security__Jwt__KeysFile"] = file,
        ["Security__Jwt__Issuer"] = Name,
        ["Security__Jwt__Audience"] = Audience,
        ["Security__Roles__writer__Permissions__0"] = "registry.read",
        ["Security__Roles__writer__Permissions__1"] = "registry.write",
    };

    /// <summary>A token for all calls of a run.</summary>
    public string Token()
    {
        var (issued, until) = (DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddDays(1));
        var text = Encoded(new { alg = "RS256", typ = "JWT" }) + "." + Encoded(new
        {
            iss = Name, aud = Audience, sub = "benchmark", roles = new[] { "writer" }, iat = issued.ToUnixTimeSeconds(),
            exp = until.ToUnixTimeSeconds(),
        });
        var signature = key.SignData(Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return $"{text}.{Base64Url.EncodeToString(signature)}";
    }

    public void Dispose()
    {
        key.Dispose();
        File.Delete(file);
    }

    private static string Encoded(object part) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(part));
}
