using Microsoft.Extensions.Configuration;
using VirtualServers.Service.Faults;
using VirtualServers.Service.Security;
using VirtualServers.Service.Tests.Harness;

namespace VirtualServers.Service.Tests;

/// <summary>A mistake in the section Security fails the start with one sentence that names the setting.</summary>
public sealed class SecuritySettingsTests
{
    private static readonly string[] Jwt =
        ["Security:Jwt:KeysFile=keys.pem", "Security:Jwt:Issuer=issuer", "Security:Jwt:Audience=here", .. Reader];

    private static readonly string[] Tls = ["Security:Tls:CertificateFile=c.pem", "Security:Tls:KeyFile=k.pem"];

    private static string[] Reader => ["Security:Roles:reader:Permissions:0=registry.read"];

    public static TheoryData<string[], string> Mistakes => new()
    {
        { ["Security:Tls:CertificateFile=c.pem"], "Security:Tls is incomplete: set both" },
        { ["Security:Tls:KeyFile=k.pem"], "Security:Tls is incomplete: set both" },
        { ["Security:Tls:Certificate=c.pem"], "Security:Tls:Certificate is not a setting" },
        { ["Urls=https://127.0.0.1:0"], "Urls has https://127.0.0.1:0, and there is no certificate: set Security:Tls" },
        { [.. Tls, "Urls=http://127.0.0.1:0"], "Urls has http://127.0.0.1:0, and Security:Tls is set: write https://" },
        { ["Security:ClientCertificates:CaFile=ca.pem", .. Reader], "Security:ClientCertificates:CaFile needs TLS: set Security:Tls" },
        { [.. Tls, "Security:ClientCertificates:Actor=Subject"], "Security:ClientCertificates:CaFile is not set: give" },
        {
            [.. Tls, "Security:ClientCertificates:CaFile=ca.pem", "Security:ClientCertificates:Actor=Name"],
            "Security:ClientCertificates:Actor \"Name\" is not known: use Subject or SubjectAlternativeName"
        },
        { ["Security:Jwt:Issuer=issuer"], "Security:Jwt:Audience is not set: give" },
        { ["Security:Jwt:Audience=here"], "Security:Jwt needs one source of keys: set either" },
        { [.. Jwt, "Security:Jwt:Authority=https://issuer"], "Security:Jwt needs one source of keys: set either" },
        { ["Security:Jwt:KeysFile=keys.pem", "Security:Jwt:Audience=here"], "Security:Jwt:Issuer is not set: give" },
        {
            ["Security:Jwt:Authority=http://issuer.example", "Security:Jwt:Audience=here"],
            "Security:Jwt:Authority \"http://issuer.example\" is not an https address"
        },
        { [.. Jwt, "Security:Jwt:Algorithms:0=HS256"], "Security:Jwt:Algorithms \"HS256\" is not accepted: use RS256" },
        { [.. Jwt, "Security:Jwt:Algorithms:0=none"], "Security:Jwt:Algorithms \"none\" is not accepted: use RS256" },
        { [.. Jwt, "Security:Jwt:ClockSkew=00:05:01"], "Security:Jwt:ClockSkew \"00:05:01\" is out of range: use 00:00:00 to 00:05:00" },
        { [.. Jwt, "Security:Jwt:Audence=there"], "Security:Jwt:Audence is not a setting" },
        { Jwt[..3], "Security:Roles is not set, so no caller may do anything: define roles" },
        { Reader, "Security:Roles has no effect without authentication: set Security:Jwt or Security:ClientCertificates" },
        { [.. Jwt, "Security:Roles:x:Permissions:0=registry.wirte"], "Security:Roles:x gives \"registry.wirte\", which is not a" },
        { [.. Jwt, "Security:Roles:x:Tenants:0=acme"], "Security:Roles:x has no permissions: list some under Permissions" },
        { [.. Jwt, "Security:Roles:reader:Tenants="], "Security:Roles:reader limits its callers to no tenant: list" },
        { [.. Jwt, "Security:Roles:reader:Tenants=acme"], "Security:Roles:reader limits its callers to no tenant: list" },
        { [.. Jwt, "Security:Roles:reader:Tenants:0="], "Security:Roles:reader:Tenants:0 is blank: give it a value, or omit it" },
        {
            [.. Jwt, "Security:Roles:reader:Tenants:0=acme", "Security:Roles:reader:Tenants:1= "],
            "Security:Roles:reader:Tenants:1 is blank: give it a value"
        },
        { [.. Jwt, "Security:Roles:reader:Permissions:1="], "Security:Roles:reader:Permissions:1 is blank: give it a value" },
        { [.. Jwt, "Security:Jwt:Algorithms:0="], "Security:Jwt:Algorithms:0 is blank: give it a value" },
        {
            [.. Jwt, "Security:Subjects:0:Subject=alice", "Security:Subjects:0:Roles:0=reader", "Security:Subjects:0:Roles:1="],
            "Security:Subjects:0:Roles:1 is blank: give it a value"
        },
        { [.. Jwt, "Security:Subjects:0:Roles:0=reader"], "Security:Subjects:0 has no Subject: give" },
        { [.. Jwt, "Security:Subjects:0:Subject=alice"], "Security:Subjects:0 has no roles: list some under Roles" },
        {
            [.. Jwt, "Security:Subjects:0:Subject=alice", "Security:Subjects:0:Roles:0=writer"],
            "Security:Subjects:0 has the role \"writer\", which Security:Roles does not define"
        },
    };

    [Theory, MemberData(nameof(Mistakes))]
    public void A_mistake_is_named_in_one_sentence(string[] settings, string sentence)
    {
        var mistake = Assert.Throws<StartupException>(() => Read(settings));
        Assert.StartsWith(sentence, mistake.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', mistake.Message);
    }

    [Theory]
    [InlineData("null", "limits its callers to no tenant")]
    [InlineData("{}", "limits its callers to no tenant")]
    [InlineData("[]", "limits its callers to no tenant")]
    [InlineData("\"\"", "limits its callers to no tenant")]
    [InlineData("[\"\"]", "is blank")]
    [InlineData("[null]", "is blank")]
    [InlineData("[\"acme\", \" \"]", "is blank")]
    public void Tenants_in_JSON_that_name_none_do_not_make_a_role_unlimited(string tenants, string sentence)
    {
        var json = $$$"""
            {"Security": {
                "Jwt": {"KeysFile": "keys.pem", "Issuer": "issuer", "Audience": "here"},
                "Roles": {"x": {"Permissions": ["registry.read"], "Tenants": {{{tenants}}} } } } }
            """;
        using var stream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(json));
        var configuration = new ConfigurationBuilder().AddJsonStream(stream).Build();
        var mistake = Assert.Throws<StartupException>(() => SecuritySettings.Read(configuration));
        Assert.StartsWith("Security:Roles:x", mistake.Message, StringComparison.Ordinal);
        Assert.Contains(sentence, mistake.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Roles_unite_their_permissions_and_tenants_and_an_unlimited_grant_wins()
    {
        var roles = new Roles(Read(
        [
            .. Jwt, "Security:Roles:a:Permissions:0=registry.write", "Security:Roles:a:Tenants:0=acme",
            "Security:Roles:b:Permissions:0=registry.write", "Security:Roles:b:Tenants:0=globex",
            "Security:Roles:c:Permissions:0=registry.write",
        ]));
        Assert.Equal(["acme", "globex"], roles.Of("alice", ["a", "b"]).Scope(Permission.RegistryWrite)!.Tenants.Order());
        Assert.True(roles.Of("alice", ["a", "c"]).Scope(Permission.RegistryWrite)!.IsUnlimited);
        Assert.True(roles.Of("alice", ["reader", "a"]).Scope(Permission.RegistryRead)!.IsUnlimited);
        Assert.Null(roles.Of("alice", ["a"]).Scope(Permission.RegistryRead));
        Assert.Null(roles.Of("alice", []).Scope(Permission.RegistryRead));
    }

    [Fact]
    public async Task Files_that_cannot_be_used_are_named_in_one_sentence()
    {
        using var issuer = new TestIssuer();
        using var certificates = new TestCertificates();
        await Fails(["Security:Jwt:KeysFile=/nowhere/keys.pem"], "Security:Jwt:KeysFile (/nowhere/keys.pem) cannot be used: ");
        await Fails(
            [$"Security:Jwt:KeysFile={certificates.KeyFile}"],
            $"Security:Jwt:KeysFile ({certificates.KeyFile}) cannot be used: it has no public key");
        await Fails(
            [$"Security:Tls:KeyFile={issuer.KeysFile}"],
            $"Security:Tls:CertificateFile ({certificates.CertificateFile}, {issuer.KeysFile}) cannot be used: they are no");
        await Fails(
            [$"Security:ClientCertificates:CaFile={issuer.KeysFile}"],
            $"Security:ClientCertificates:CaFile ({issuer.KeysFile}) cannot be used: it has no certificate in PEM");

        async Task Fails(string[] wrong, string sentence)
        {
            var mistake = await Assert.ThrowsAsync<StartupException>(() => TestService.StartSecure(issuer, certificates, wrong));
            Assert.StartsWith(sentence, mistake.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', mistake.Message);
        }
    }

    [Theory]
    [InlineData("http://0.0.0.0:0", "TLS and authentication")]
    [InlineData("http://0.0.0.0:0", "TLS", "Jwt")]
    [InlineData("https://0.0.0.0:0", "authentication", "Tls")]
    public async Task Beyond_loopback_TLS_and_authentication_are_required(string urls, string missing, params string[] present)
    {
        using var issuer = new TestIssuer();
        using var certificates = new TestCertificates();
        string[] settings =
        [
            .. present.Contains("Jwt") ? issuer.Settings : [],
            .. present.Contains("Tls") ? certificates.Settings.Where(one => one.StartsWith("Security:Tls", StringComparison.Ordinal)) : [],
            $"Urls={urls}",
        ];
        var mistake = await Assert.ThrowsAsync<StartupException>(() => TestService.Start(null, null, settings));
        Assert.StartsWith(
            $"it would listen on 0.0.0.0:0, beyond loopback, without {missing}: set Security:Tls, and Security:Jwt", mistake.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_TLS_and_authentication_it_listens_beyond_loopback_and_becomes_ready()
    {
        using var issuer = new TestIssuer();
        using var certificates = new TestCertificates();
        await using var service = await TestService.StartSecure(issuer, certificates, "Urls=https://0.0.0.0:0");
        await service.VirtualServers.ListVirtualServersAsync(new());
    }

    private static SecuritySettings Read(string[] settings) => SecuritySettings.Read(new ConfigurationBuilder()
        .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Split('=', 2)[0], (string?)setting.Split('=', 2)[1])))
        .Build());
}
