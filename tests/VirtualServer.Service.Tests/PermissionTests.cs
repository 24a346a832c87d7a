using System.Text;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using VirtualServers.Service.Security;
using VirtualServers.Service.Tests.Harness;
using Xunit.Abstractions;

namespace VirtualServers.Service.Tests;

/// <summary>Every RPC with every kind of credentials: the list of RPCs is that of the running service, so it is complete.</summary>
public sealed class PermissionTests(ITestOutputHelper output)
{
    private static readonly string[] Credentials =
        ["none", "expired", "wrong audience", "algorithm none", "foreign key", "reader", "writer", "registrar", "admin"];

    [Fact]
    public async Task Every_RPC_names_its_permission_in_the_table_and_the_table_has_no_other()
    {
        using var issuer = new TestIssuer();
        await using var service = await TestService.StartSecure(issuer);
        Assert.Equal(
            Methods(service).Select(method => method.FullName).Order(StringComparer.Ordinal),
            Permissions.Required.Keys.Concat(Permissions.Open).Order(StringComparer.Ordinal));
    }

    // A permitted call with an empty request is answered as by a service without authentication.
    [Fact]
    public async Task Every_RPC_is_answered_by_the_permissions_of_the_caller()
    {
        using var issuer = new TestIssuer();
        await using var service = await TestService.StartSecure(issuer);
        await using var open = await TestService.Start();
        var mistakes = new List<string>();
        var shown = new StringBuilder($"| RPC | {string.Join(" | ", Credentials)} |\n");
        foreach (var method in Methods(service))
        {
            var permitted = await StatusOf(open.Channel.CreateCallInvoker(), method, []);
            shown.Append($"| {method.FullName} |");
            foreach (var credentials in Credentials)
            {
                using var channel = Grpc.Net.Client.GrpcChannel.ForAddress(service.Address);
                var status = await StatusOf(channel.CreateCallInvoker(), method, Metadata(issuer, credentials));
                var expected = Expected(method, credentials) ?? permitted;
                if (status != expected) mistakes.Add($"{method.FullName} with {credentials}: {status} instead of {expected}");
                shown.Append($" {status} |");
            }

            shown.Append('\n');
        }

        output.WriteLine(shown.ToString());
        Assert.Equal([], mistakes);
    }

    // The permission that a method should require, by its name alone; null where the call is permitted.
    private static StatusCode? Expected(IMethod method, string credentials)
    {
        if (method.ServiceName == "grpc.health.v1.Health") return null;
        if (credentials is "none" or "expired" or "wrong audience" or "algorithm none" or "foreign key") return StatusCode.Unauthenticated;
        if (method.ServiceName.StartsWith("grpc.reflection", StringComparison.Ordinal)) return null;
        string[] operation = ["ReplayChanges", "ListParkedChanges", "RetryParkedChanges", "SkipParkedChange"];
        if (operation.Contains(method.Name)) return credentials == "admin" ? null : StatusCode.PermissionDenied;
        var reads = new[] { "Get", "BatchGet", "List", "Summarize", "Diff", "Watch" }
            .Any(read => method.Name.StartsWith(read, StringComparison.Ordinal));
        string[] permitted = reads ? ["reader", "writer", "registrar", "admin"]
            : method.ServiceName == "virtualserver.v1.InventoryService" ? ["registrar", "admin"]
            : ["writer", "admin"];
        return permitted.Contains(credentials) ? null : StatusCode.PermissionDenied;
    }

    private static Metadata Metadata(TestIssuer issuer, string credentials)
    {
        var claims = TestIssuer.Claims("mallory", "admin");
        return credentials switch
        {
            "none" => [],
            "expired" => Bearer(claims, "exp", TestIssuer.In(minutes: -10)),
            "wrong audience" => Bearer(claims, "aud", "another"),
            "algorithm none" => TestIssuer.Bearer(issuer.Token(claims, "none")),
            "foreign key" => Foreign(),
            var role => TestIssuer.Bearer(issuer.Token(role, role)),
        };

        Metadata Foreign()
        {
            using var foreign = new TestIssuer();
            return TestIssuer.Bearer(foreign.Token(claims));
        }

        Metadata Bearer(Dictionary<string, object> good, string claim, object value) =>
            TestIssuer.Bearer(issuer.Token(new Dictionary<string, object>(good) { [claim] = value }));
    }

    private static List<IMethod> Methods(TestService service) =>
    [
        .. service.Services.GetRequiredService<EndpointDataSource>().Endpoints
            .Select(endpoint => endpoint.Metadata.GetMetadata<GrpcMethodMetadata>()?.Method).OfType<IMethod>(),
    ];

    // The status of a call with an empty request, or with a stream of none.
    private static async Task<StatusCode> StatusOf(CallInvoker invoker, IMethod method, Metadata metadata)
    {
        var bytes = Marshallers.Create<byte[]>(value => value, value => value);
        var raw = new Method<byte[], byte[]>(method.Type, method.ServiceName, method.Name, bytes, bytes);
        var options = new CallOptions(metadata, DateTime.UtcNow + Eventually.Timeout);
        try
        {
            switch (method.Type)
            {
                case MethodType.Unary:
                    await invoker.AsyncUnaryCall(raw, null, options, []);
                    break;
                case MethodType.ClientStreaming:
                    using (var call = invoker.AsyncClientStreamingCall(raw, null, options))
                    {
                        await call.RequestStream.CompleteAsync();
                        await call;
                    }

                    break;
                case MethodType.ServerStreaming:
                    using (var call = invoker.AsyncServerStreamingCall(raw, null, options, []))
                        await call.ResponseStream.MoveNext(default);
                    break;
                default:
                    using (var call = invoker.AsyncDuplexStreamingCall(raw, null, options))
                    {
                        await call.RequestStream.CompleteAsync();
                        await call.ResponseStream.MoveNext(default);
                    }

                    break;
            }

            return StatusCode.OK;
        }
        catch (RpcException failure)
        {
            return failure.StatusCode;
        }
    }
}
