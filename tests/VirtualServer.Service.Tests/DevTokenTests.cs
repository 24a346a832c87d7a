using System.Diagnostics;
using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using Grpc.Net.Client;
using VirtualServers.Service.Tests.Harness;
using VirtualServers.V1;

namespace VirtualServers.Service.Tests;

/// <summary>deploy/dev-token makes what a service with TLS and authentication needs, readable by its owner only.</summary>
public sealed class DevTokenTests : IDisposable
{
    private readonly string folder = Path.Combine(Path.GetTempPath(), $"vsgrpc-keys-{Guid.NewGuid():N}");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Its_certificates_and_tokens_are_accepted_by_a_service_with_its_keys()
    {
        await Run("keys", folder);
        await Run("certificate", folder, "deployer");
        var token = await Run("token", folder, "zoë \"the\" 1st", "--roles", "reader,writer");
        await using var service = await ServiceProcess.Start(await Settings());
        foreach (var (certificate, metadata) in new (string?, Metadata)[]
        {
            (null, TestIssuer.Bearer(token)), ("deployer", []),
        })
        {
            using var channel = Channel(service.Address, certificate);
            await new VirtualServerService.VirtualServerServiceClient(channel).ListVirtualServersAsync(new(), metadata);
        }

        using var anonymous = Channel(service.Address, null);
        var client = new VirtualServerService.VirtualServerServiceClient(anonymous);
        await Refusal.Of(client.ListVirtualServersAsync(new()), StatusCode.Unauthenticated, "UNAUTHENTICATED");
        var expired = TestIssuer.Bearer(await Run("token", folder, "zoë", "--roles", "reader", "--minutes", "-5"));
        await Refusal.Of(
            client.ListVirtualServersAsync(new(), expired), StatusCode.Unauthenticated, "UNAUTHENTICATED");
    }

    [Theory]
    [InlineData("error: the option --role does not exist", "token", "FOLDER", "zoë", "--role", "reader")]
    [InlineData("error: --roles needs a value", "token", "FOLDER", "zoë", "--roles")]
    [InlineData("error: the command tokens does not exist", "tokens", "FOLDER")]
    public async Task A_wrong_argument_is_named(string error, params string[] arguments)
    {
        await Run("keys", folder);
        var (exitCode, _, errors) = await Execute([.. arguments.Select(one => one == "FOLDER" ? folder : one)]);
        Assert.Equal((2, error), (exitCode, errors.Split('\n')[0]));
    }

    [Fact]
    public async Task Its_keys_are_readable_by_their_owner_only_and_stay_when_it_runs_again()
    {
        await Run("keys", folder);
        var before = Directory.GetFiles(folder).ToDictionary(path => path, File.ReadAllText);
        await Run("keys", folder);
        Assert.Equal(before, Directory.GetFiles(folder).ToDictionary(path => path, File.ReadAllText));
        Assert.All(before.Keys, path => Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite, new FileInfo(path).UnixFileMode));
    }

    private async Task<Dictionary<string, string>> Settings()
    {
        var servers = await Servers.Get();
        return new(ServiceProcess.Settings(await servers.NewDatabase(), servers.RabbitMq, urls: "https://127.0.0.1:0"))
        {
            ["Security__Tls__CertificateFile"] = Path.Combine(folder, "server.pem"),
            ["Security__Tls__KeyFile"] = Path.Combine(folder, "server.key"),
            ["Security__ClientCertificates__CaFile"] = Path.Combine(folder, "ca.pem"),
            ["Security__Jwt__KeysFile"] = Path.Combine(folder, "jwt.pem"),
            ["Security__Jwt__Issuer"] = "https://dev-token.invalid",
            ["Security__Jwt__Audience"] = "virtualserver",
            ["Security__Roles__reader__Permissions__0"] = "registry.read",
            ["Security__Subjects__0__Subject"] = "CN=deployer",
            ["Security__Subjects__0__Roles__0"] = "reader",
        };
    }

    // As openssl and .NET verify: by the CA of the folder, and by name.
    private GrpcChannel Channel(string address, string? certificate)
    {
        var handler = new SocketsHttpHandler();
        handler.SslOptions.CertificateChainPolicy = new()
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck,
        };
        handler.SslOptions.CertificateChainPolicy.CustomTrustStore.ImportFromPemFile(Path.Combine(folder, "ca.pem"));
        if (certificate is not null)
        {
            var (pem, key) = (Path.Combine(folder, $"{certificate}.pem"), Path.Combine(folder, $"{certificate}.key"));
            handler.SslOptions.ClientCertificates = [X509Certificate2.CreateFromPemFile(pem, key)];
        }

        return GrpcChannel.ForAddress(address, new() { HttpHandler = handler, DisposeHttpClient = true });
    }

    private static async Task<string> Run(params string[] arguments)
    {
        var (exitCode, output, errors) = await Execute(arguments);
        Assert.True(exitCode == 0, errors);
        return output.Trim();
    }

    private static async Task<(int ExitCode, string Output, string Errors)> Execute(string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(Repository.Root, "deploy", "dev-token"), arguments)
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await errors);
    }
}
