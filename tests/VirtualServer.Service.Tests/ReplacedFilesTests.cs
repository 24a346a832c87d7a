using System.Collections.Concurrent;
using Grpc.Core;
using Grpc.Net.Client;
using VirtualServers.Service.Tests.Harness;
using VirtualServers.V1;
using static VirtualServers.Service.Tests.Harness.TestIssuer;

namespace VirtualServers.Service.Tests;

/// <summary>Certificates and keys are replaced on disk while the service serves.</summary>
public sealed class ReplacedFilesTests
{
    private const int Callers = 8;

    [Fact]
    public async Task A_certificate_is_replaced_under_load_without_a_failed_call()
    {
        using var issuer = new TestIssuer();
        using var certificates = new TestCertificates();
        await using var service = await TestService.StartSecure(issuer, certificates);
        using var stop = new CancellationTokenSource();
        var seen = new ConcurrentDictionary<string, bool>();
        var token = issuer.Token("rita", "reader");
        // Half of the callers keep their connection, the others open one for each call.
        var callers = Enumerable.Range(0, Callers).Select(number => Task.Run(async () =>
        {
            var calls = 0;
            using var kept = Connect();
            for (; !stop.IsCancellationRequested; calls++)
            {
                using var own = number % 2 == 0 ? null : Connect();
                await new VirtualServerService.VirtualServerServiceClient(own ?? kept).ListVirtualServersAsync(new(), Bearer(token));
            }

            return calls;
        })).ToList();

        for (var round = 0; round < 3; round++)
        {
            var replaced = certificates.ReplaceServer();
            await Eventually.Get(
                "the new certificate", () => seen.ContainsKey(replaced) || callers.Exists(caller => caller.IsFaulted), shown => shown);
        }

        await stop.CancelAsync();
        Assert.All(await Task.WhenAll(callers), calls => Assert.True(calls > 0));
        Assert.Equal(4, seen.Count);

        GrpcChannel Connect() => GrpcChannel.ForAddress(service.Address, new()
        {
            HttpHandler = certificates.Handler(seen: thumbprint => seen[thumbprint] = true), DisposeHttpClient = true,
        });
    }

    [Fact]
    public async Task A_replaced_key_of_the_issuer_accepts_new_tokens_and_refuses_old_ones_also_those_known_before()
    {
        using var issuer = new TestIssuer();
        await using var service = await TestService.StartSecure(issuer);
        var old = issuer.Token("rita", "reader");
        Assert.Equal(StatusCode.OK, await Listed(service, old));
        issuer.ReplaceKey();
        await Eventually.Get("the new key", () => Listed(service, issuer.Token("rita", "reader")), status => status == StatusCode.OK);
        Assert.Equal(StatusCode.Unauthenticated, await Listed(service, old));
    }

    [Fact]
    public async Task A_broken_file_leaves_the_earlier_one_in_force()
    {
        using var issuer = new TestIssuer();
        await using var service = await TestService.StartSecure(issuer);
        var token = issuer.Token("rita", "reader");
        await File.WriteAllTextAsync(issuer.KeysFile, "nothing");
        for (var call = 0; call < 30; call++)
        {
            Assert.Equal(StatusCode.OK, await Listed(service, token));
            await Task.Delay(100);
        }
    }

    [Fact]
    public async Task A_missing_file_leaves_the_earlier_one_in_force_and_is_logged_once_until_it_is_back()
    {
        using var issuer = new TestIssuer();
        await using var service = await TestService.StartSecure(issuer, null, "Logging:LogLevel:VirtualServers=Warning");
        var log = LogLines.Of(service);
        for (var time = 1; time <= 2; time++)
        {
            File.Move(issuer.KeysFile, $"{issuer.KeysFile}.away");
            await Eventually.Get("the line", () => log.With("Replaced files do not apply").Count, count => count == time);
            await Task.Delay(TimeSpan.FromSeconds(2.5));
            Assert.Equal(time, log.With("Replaced files do not apply").Count);
            Assert.Equal(StatusCode.OK, await Listed(service, issuer.Token("rita", "reader")));
            File.Move($"{issuer.KeysFile}.away", issuer.KeysFile);
            await Task.Delay(TimeSpan.FromSeconds(2.5));
        }
    }

    private static async Task<StatusCode> Listed(TestService service, string token)
    {
        try
        {
            await service.VirtualServers.ListVirtualServersAsync(new(), Bearer(token));
            return StatusCode.OK;
        }
        catch (RpcException failure)
        {
            return failure.StatusCode;
        }
    }
}
