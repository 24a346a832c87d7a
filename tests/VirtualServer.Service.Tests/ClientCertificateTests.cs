using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using Grpc.Net.Client;
using VirtualServers.Service.Tests.Harness;
using VirtualServers.V1;
using static VirtualServers.Service.Tests.Harness.TestIssuer;

namespace VirtualServers.Service.Tests;

/// <summary>TLS, and client certificates of a CA of our own.</summary>
public sealed class ClientCertificateTests : IAsyncLifetime, IDisposable
{
    private const string Subject = "CN=deployer, O=Example";

    private readonly TestIssuer issuer = new();
    private readonly TestCertificates certificates = new();
    private TestService service = null!;

    public async Task InitializeAsync() => service = await TestService.StartSecure(
        issuer, certificates, $"Security:Subjects:0:Subject={Subject}", "Security:Subjects:0:Roles:0=registrar");

    public async Task DisposeAsync() => await service.DisposeAsync();

    public void Dispose()
    {
        certificates.Dispose();
        issuer.Dispose();
    }

    [Fact]
    public async Task The_subject_of_a_certificate_of_the_CA_is_the_actor()
    {
        using var certificate = certificates.Client(Subject);
        using var channel = Channel(certificate);
        var device = (await Register(channel)).InventoryObject;
        var version = (await service.Past.ListVersionsAsync(new() { Target = new() { Id = device.Id } })).Versions.Single();
        Assert.Equal((Subject, ""), (version.Actor, version.AuthenticatedAs));
    }

    public static TheoryData<string, string> Refused => new()
    {
        { "none", "the call has no credentials" },
        { "foreign CA", "the client certificate is not issued by an accepted CA" },
        { "self-signed", "the client certificate is not issued by an accepted CA" },
        { "of a server", "the client certificate is not issued by an accepted CA" },
        { "expired", "the client certificate has expired" },
    };

    [Theory, MemberData(nameof(Refused))]
    public async Task Another_certificate_is_refused_with_what_is_wrong(string kind, string sentence)
    {
        using var key = System.Security.Cryptography.RSA.Create(2048);
        using var certificate = kind switch
        {
            "none" => null,
            "foreign CA" => TestCertificates.Foreign(Subject),
            "self-signed" => new CertificateRequest(
                Subject, key, System.Security.Cryptography.HashAlgorithmName.SHA256, System.Security.Cryptography.RSASignaturePadding.Pkcs1)
                .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1)),
            "of a server" => certificates.OfServer(),
            _ => certificates.Client(Subject, until: DateTimeOffset.UtcNow.AddDays(-1)),
        };
        using var channel = Channel(certificate);
        var refusal = await Refusal.Of(Register(channel), StatusCode.Unauthenticated, "UNAUTHENTICATED");
        Assert.StartsWith(sentence, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_without_roles_is_denied_and_a_token_beside_it_decides()
    {
        using var certificate = certificates.Client("CN=stranger");
        using var channel = Channel(certificate);
        await Refusal.Of(Register(channel), StatusCode.PermissionDenied, "PERMISSION_DENIED");
        await Register(channel, Bearer(issuer.Token("registrar", "registrar")));
        await Refusal.Of(Register(channel, Bearer("wrong")), StatusCode.Unauthenticated, "UNAUTHENTICATED");
    }

    [Fact]
    public async Task A_service_can_name_callers_by_the_alternative_name_of_their_certificate()
    {
        const string uri = "spiffe://example.org/deployer";
        await using var other = await TestService.StartSecure(
            issuer, certificates, "Security:ClientCertificates:Actor=SubjectAlternativeName",
            $"Security:Subjects:0:Subject={uri}", "Security:Subjects:0:Roles:0=registrar",
            "Security:Subjects:1:Subject=deployer.example.org", "Security:Subjects:1:Roles:0=registrar");
        using var named = certificates.Client(Subject, uri);
        using (var channel = Channel(named, other)) await Register(channel);
        using var unnamed = certificates.Client(Subject);
        await IsRefused(unnamed);
        // Neither is an e-mail address of the distinguished name an alternative name.
        using var another = certificates.Client("E=deployer@example.org, CN=x", address: true);
        await IsRefused(another);
        using var host = certificates.Client("E=deployer@example.org, CN=x", dns: "deployer.example.org");
        using (var channel = Channel(host, other)) await Register(channel);

        async Task IsRefused(X509Certificate2 certificate)
        {
            using var channel = Channel(certificate, other);
            await Refusal.Of(Register(channel), StatusCode.Unauthenticated, "UNAUTHENTICATED");
        }
    }

    private GrpcChannel Channel(X509Certificate2? certificate, TestService? other = null) => GrpcChannel.ForAddress(
        (other ?? service).Address, new() { HttpHandler = certificates.Handler(certificate), DisposeHttpClient = true });

    private static AsyncUnaryCall<UpsertInventoryObjectResponse> Register(GrpcChannel channel, Metadata? metadata = null) =>
        new InventoryService.InventoryServiceClient(channel).UpsertInventoryObjectAsync(
            new() { InventoryObject = new() { Device = new() { Name = TestInventory.Unique("lb") } } }, metadata);
}
