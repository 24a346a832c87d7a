using System.Security.Cryptography;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using VirtualServers.Service.Faults;
using VirtualServers.Service.Security;
using VirtualServers.Service.Tests.Harness;
using static VirtualServers.Service.Tests.Harness.TestIssuer;

namespace VirtualServers.Service.Tests;

/// <summary>Where the keys of an issuer come from: OIDC discovery, a JSON Web Key Set, or PEM.</summary>
public sealed class TokenKeysTests
{
    [Fact]
    public async Task The_keys_of_an_authority_are_found_by_discovery()
    {
        using var issuer = new TestIssuer();
        await using var authority = WebApplication.CreateSlimBuilder().Build();
        authority.Urls.Add("http://127.0.0.1:0");
        authority.MapGet("/.well-known/openid-configuration", (HttpRequest request) => new
        {
            issuer = TestIssuer.Name, jwks_uri = $"http://{request.Host}/keys",
        });
        authority.MapGet("/keys", () => Results.Text(issuer.KeySet, "application/json"));
        await authority.StartAsync();
        await using var service = await TestService.Start(null, null, [.. Settings(authority.Urls.Single())]);

        await service.VirtualServers.ListVirtualServersAsync(new(), Bearer(issuer.Token("rita", "reader")));

        using var other = new TestIssuer();
        await Refusal.Of(
            service.VirtualServers.ListVirtualServersAsync(new(), Bearer(other.Token("rita", "reader"))),
            StatusCode.Unauthenticated, "UNAUTHENTICATED");
    }

    [Fact]
    public async Task An_authority_that_does_not_answer_fails_the_start()
    {
        var mistake = await Assert.ThrowsAsync<StartupException>(() => TestService.Start(null, null, [.. Settings("http://127.0.0.1:1")]));
        Assert.StartsWith(
            "Security:Jwt:Authority gives no keys: http://127.0.0.1:1/.well-known/openid-configuration must answer", mistake.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_may_have_a_key_set_or_several_keys_in_PEM_and_symmetric_keys_are_left_out()
    {
        using var issuer = new TestIssuer();
        using var curve = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Assert.Single(TokenKeys.Read(issuer.KeySet).Keys);
        Assert.Equal(2, TokenKeys.Read($"{File.ReadAllText(issuer.KeysFile)}\n{curve.ExportSubjectPublicKeyInfoPem()}").Keys.Count);
        Assert.Throws<InvalidDataException>(() => TokenKeys.Read("""{"keys": [{"kty": "oct", "k": "c2VjcmV0"}]}"""));
        Assert.Throws<InvalidDataException>(() => TokenKeys.Read("""{"keys": ["""));
        Assert.Throws<InvalidDataException>(() => TokenKeys.Read("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"));
    }

    private static IEnumerable<string> Settings(string authority) =>
    [
        $"Security:Jwt:Authority={authority}", $"Security:Jwt:Audience={Audience}", .. Role("reader", "registry.read"),
    ];
}
