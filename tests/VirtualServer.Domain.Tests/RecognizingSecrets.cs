using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace VirtualServers.Domain.Tests;

/// <summary>domain.md, section 1: no secret is accepted in any text.</summary>
public class RecognizingSecrets
{
    private static readonly PbeParameters Encryption = new(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000);
    private static readonly PbeParameters OldEncryption = new(PbeEncryptionAlgorithm.TripleDes3KeyPkcs12, HashAlgorithmName.SHA1, 1000);
    private static readonly RSA Rsa = RSA.Create(2048);
    private static readonly ECDsa Ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private static readonly ECDsa LongEc = ECDsa.Create(ECCurve.NamedCurves.nistP521);

    // Keys in DER, freshly generated.
    private static readonly Dictionary<string, byte[]> Keys = new()
    {
        ["PKCS#1"] = Rsa.ExportRSAPrivateKey(),
        ["PKCS#8 of RSA"] = Rsa.ExportPkcs8PrivateKey(),
        ["PKCS#8 of EC"] = Ec.ExportPkcs8PrivateKey(),
        ["PKCS#8 of a long EC"] = LongEc.ExportPkcs8PrivateKey(),
        ["PKCS#8 of Ed25519"] =
            [.. Convert.FromHexString("302e020100300506032b657004220420"), .. RandomNumberGenerator.GetBytes(32)],
        ["SEC1"] = Ec.ExportECPrivateKey(),
        ["SEC1 of a long EC"] = LongEc.ExportECPrivateKey(),
        ["encrypted PKCS#8"] = Rsa.ExportEncryptedPkcs8PrivateKey("password", Encryption),
        ["encrypted PKCS#8 of EC"] = Ec.ExportEncryptedPkcs8PrivateKey("password", Encryption),
        ["encrypted PKCS#8, PKCS#12 algorithm"] = Rsa.ExportEncryptedPkcs8PrivateKey("password", OldEncryption),
        ["PKCS#12"] = Pkcs12(),
        ["OpenSSH"] = [.. Encoding.ASCII.GetBytes("openssh-key-v1\0"), .. RandomNumberGenerator.GetBytes(64)],
        ["PEM"] = Encoding.ASCII.GetBytes(Rsa.ExportPkcs8PrivateKeyPem()),
        ["PEM after other text"] = Encoding.ASCII.GetBytes("tls.key: |\n  " + Ec.ExportECPrivateKeyPem()),
        ["PEM in lower case"] = Encoding.ASCII.GetBytes("-----begin private key-----"),
    };

    // How a key is written as text.
    private static readonly Dictionary<string, Func<string, string>> Notations = new()
    {
        ["plain"] = encoded => encoded,
        ["URL-safe"] = encoded => encoded.Replace('+', '-').Replace('/', '_').TrimEnd('='),
        ["in lines of 64"] = encoded => string.Join("\n", encoded.Chunk(64).Select(line => new string(line))),
        ["in lines of 76, indented"] = encoded => string.Join("\r\n\t  ", encoded.Chunk(76).Select(line => new string(line))),
        ["with blanks"] = encoded => string.Join(" ", encoded.Chunk(5).Select(part => new string(part))),
        ["behind a label"] = encoded => $"key={encoded}",
        ["behind words"] = encoded => $"the key of web is {encoded} please keep it",
        ["behind a slash"] = encoded => $"/run/keys/{encoded}",
        ["in JSON"] = encoded => $$"""{"tls.key":"{{encoded}}"}""",
        ["cut off"] = encoded => encoded[..Math.Min(encoded.Length, 48)],
    };

    public static TheoryData<string, string> EncodedKeys
    {
        get
        {
            var rows = new TheoryData<string, string>();
            foreach (var key in Keys.Keys)
                foreach (var notation in Notations.Keys) rows.Add(key, notation);
            return rows;
        }
    }

    [Theory, MemberData(nameof(EncodedKeys))]
    public void A_key_in_base64_is_a_secret(string key, string notation) =>
        IsSecret(Notations[notation](Convert.ToBase64String(Keys[key])));

    [Theory]
    [InlineData("-----BEGIN PRIVATE KEY-----\nMIIE")]
    [InlineData("-----begin rsa private key-----")]
    [InlineData("-----Begin OpenSSH Private Key-----")]
    [InlineData("-----BEGIN PGP PRIVATE KEY BLOCK-----")]
    [InlineData("-----BEGIN ENCRYPTED PRIVATE KEY-----")]
    [InlineData("-----BEGIN CERTIFICATE-----")]
    [InlineData("before -----BEGIN EC PRIVATE KEY----- after")]
    [InlineData("---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----")]
    [InlineData("PuTTY-User-Key-File-3: ssh-ed25519")]
    [InlineData("putty-user-key-file-2: ssh-rsa")]
    [InlineData("AGE-SECRET-KEY-1QYQSZQGPQYQSZQGPQYQSZQGPQYQSZQGPQYQSZQGPQYQSZQGPQYQS")]
    [InlineData("age-secret-key-1qyqszqgpqyqszqgpqyqszqgp")]
    [InlineData("LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0tLS0t")]
    [InlineData("MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcw")]
    public void The_header_of_a_key_file_is_a_secret(string text) => IsSecret(text);

    [Theory]
    [InlineData("data:application/x-pem-file;base64,AAAA")]
    [InlineData("data:;base64,QUJD")]
    [InlineData("DATA:text/plain;charset=utf-8;BASE64,QUJD")]
    [InlineData("see data:text/plain;base64,QUJD")]
    public void A_data_url_with_base64_is_a_secret(string text) => IsSecret(text);

    [Theory]
    [InlineData("https://user:password@example.org/web.crt")]
    [InlineData("HTTPS://user:p%40ss@example.org")]
    [InlineData("postgres://app:s3cret@[2001:db8::1]:5432/registry")]
    [InlineData("redis://:s3cret@cache:6379/0")]
    [InlineData("fetched from ftp://user:password@192.0.2.1/pub, then checked")]
    [InlineData("https://example.org and https://user:password@example.org")]
    [InlineData("//user:password@example.org/web.crt")]
    [InlineData("https://user:pass/word@example.org/web.crt")]
    [InlineData("https://user:password@example.org/mail@example.org")]
    [InlineData("s3://AKIAIOSFODNN7EXAMPLE:wJalrXUtnFEMI@bucket/web.crt")]
    public void A_url_with_user_and_password_is_a_secret(string text) => IsSecret(text);

    [Theory]
    [InlineData("")]
    [InlineData("web")]
    [InlineData("www.example.org")]
    [InlineData("/etc/ssl/certs/www.example.org.pem")]
    [InlineData("/etc/ssl/private/MIIE/LS0t/www.key")]
    [InlineData("/etc/letsencrypt/live/www.example.org/privkey.pem")]
    [InlineData("C:\\certs\\web.pfx")]
    [InlineData("vault:secret/data/tls/web#key")]
    [InlineData("s3://bucket/tls/web.crt")]
    [InlineData("https://example.org:8443/tls/web.crt?version=2#top")]
    [InlineData("https://example.org/tls/user@example.org/web.crt")]
    [InlineData("https://example.org:8443/@user")]
    [InlineData("https://[2001:db8::1]:8443/mail@example.org")]
    [InlineData("https://example.org?from=a:b@c")]
    [InlineData("docker://registry.example.org:5000/web@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    [InlineData("git clone ssh://git@example.org/web.git")]
    [InlineData("ask alice@example.org: urgent")]
    [InlineData("time 12:30 @ room 4, see https://example.org")]
    [InlineData("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    [InlineData("06881df6233f3cd7c4acc5b6a600c96b38f1ab40")]
    [InlineData("sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    [InlineData("sha256-n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=")]
    [InlineData("0190a5c4-7b1e-7f3a-9c52-0d6c1f1f2a10")]
    [InlineData("MII")]
    [InlineData("MIIEvQIBADAN is how a key begins")]
    [InlineData("MIICorporation-MHcAccount-MIGHub-MC4Load")]
    [InlineData("TLS_AES_256_GCM_SHA384:ECDHE-RSA-AES128-GCM-SHA256:!aNULL")]
    [InlineData("ECDHE+AESGCM:ECDHE+CHACHA20:DHE+AESGCM:DHE+CHACHA20:@STRENGTH")]
    [InlineData("---- begin of maintenance ----")]
    [InlineData("-----")]
    [InlineData("age-secret of the team")]
    [InlineData("PuTTY user key files are kept elsewhere")]
    [InlineData("data: see the wiki; base64, not hex")]
    [InlineData("data:text/plain,hello")]
    [InlineData("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ2K8n4bQgYhMfWWaLqgxVrQFaOTxsrC4Is0V1sFbDwC alice")]
    public void Ordinary_text_is_no_secret(string text) => Assert.Null(Secrets.In(text));

    [Fact]
    public void Public_keys_and_requests_for_certificates_are_no_secrets()
    {
        var request = new CertificateRequest(
            "CN=www.example.org", Rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(1));
        Assert.All(
            [request.CreateSigningRequest(), certificate.RawData, Rsa.ExportSubjectPublicKeyInfo(), Rsa.ExportRSAPublicKey()],
            der => Assert.Null(Secrets.In(Convert.ToBase64String(der))));
    }

    [Fact]
    public void Random_bytes_are_no_secrets()
    {
        var random = new Random(4711);
        for (var i = 0; i < 20_000; i++)
        {
            var octets = new byte[random.Next(1, 200)];
            random.NextBytes(octets);
            Assert.Null(Secrets.In(Convert.ToBase64String(octets)));
        }
    }

    [Theory]
    [InlineData("https://user@example.org/web.crt", true)]
    [InlineData("ssh://git@example.org/web.git", true)]
    [InlineData("//user@example.org/web.crt", true)]
    [InlineData("https://user@example.org/mail@example.org", true)]
    [InlineData("https://example.org/mail@example.org", false)]
    [InlineData("/run/user@1000.service/web.crt", false)]
    [InlineData("/etc/tls/alice@example.org.pem", false)]
    public void A_path_must_not_name_a_user(string path, bool isRejected) =>
        Assert.Equal(isRejected, Texts.Flaws(path, TextForm.Path).Any());

    [Fact]
    public void A_message_never_repeats_a_secret()
    {
        var secret = Convert.ToBase64String(Keys["PKCS#1"]);
        Assert.Equal(("\"…\"", "labels.`…`"), (secret.InQuotes, secret.InField("labels")));
        Assert.All(Texts.Flaws(secret, TextForm.Line, 10), flaw => Assert.DoesNotContain("MII", flaw, StringComparison.Ordinal));
    }

    private static void IsSecret(string text)
    {
        Assert.NotNull(Secrets.In(text));
        Assert.All(Enum.GetValues<TextForm>(), form => Assert.StartsWith("contains ", Assert.Single(Texts.Flaws(text, form, 10))));
    }

    private static byte[] Pkcs12()
    {
        var request = new CertificateRequest("CN=www.example.org", Rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(1));
        return certificate.Export(X509ContentType.Pkcs12, "password");
    }
}
