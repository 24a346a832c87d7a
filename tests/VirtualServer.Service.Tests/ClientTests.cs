using Grpc.Core;
using Microsoft.Extensions.Options;
using VirtualServers.Client;
using VirtualServers.Service.Tests.Harness;
using VirtualServers.V1;

namespace VirtualServers.Service.Tests;

/// <summary>The package VsGrpc.Client: what its clients add to a call, and what they read from a refusal.</summary>
public sealed class ClientTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private static readonly TimeSpan Patient = TimeSpan.FromSeconds(90);

    private readonly TestService service = fixture.Service;

    [Fact]
    public async Task Every_service_of_the_contract_has_a_registered_client()
    {
        await using var clients = Clients.Of(service.Address);
        Assert.All(Clients.Contract, contract => Assert.NotNull(clients.Get(
            typeof(IMutation).Assembly.GetType($"VirtualServers.V1.{contract.Name}+{contract.Name}Client", throwOnError: true)!)));
    }

    [Fact]
    public async Task A_refused_create_has_each_violation_with_its_field_and_reason()
    {
        await using var clients = Clients.Of(service.Address, options => options.CorrelationId = () => "order-4711");
        var wrong = await TestInventory.Draft(service);
        (wrong.Port, wrong.LoadBalancerType, wrong.Device) = (70000, LoadBalancerType.Unspecified, new() { Name = "lb-9" });

        var refusal = await Refused(clients.VirtualServers.CreateVirtualServerAsync(new() { VirtualServer = wrong }));

        Assert.Equal(
            (StatusCode.InvalidArgument, ErrorReason.FieldInvalid, "FIELD_INVALID"), (refusal.Code, refusal.Reason, refusal.ReasonName));
        Assert.Equal(
            [
                ("virtual_server.port", ErrorReason.FieldInvalid),
                ("virtual_server.load_balancer_type", ErrorReason.FieldRequired),
                ("virtual_server.device", ErrorReason.ReferenceNotFound),
            ],
            refusal.FieldViolations.Select(violation => (violation.Field, violation.Reason)));
        Assert.Contains(refusal.FieldViolations[0].Message, refusal.Message, StringComparison.Ordinal);
        Assert.Equal("virtual_server.port", refusal.Field);
        Assert.Equal([ErrorReason.ReferenceNotFound], refusal.PreconditionViolations.Select(violation => violation.Reason));
        Assert.Equal("order-4711", refusal.CorrelationId);
        Assert.Null(refusal.RetryDelay);
        Assert.Null(refusal.Conflict);
    }

    [Fact]
    public async Task A_taken_name_is_refused_with_the_object_that_has_it()
    {
        await using var clients = Clients.Of(service.Address);
        var known = await TestInventory.Create(service);

        var refusal = await Refused(
            clients.VirtualServers.CreateVirtualServerAsync(new() { VirtualServer = await TestInventory.Draft(service, known.Name) }));

        Assert.Equal(ErrorReason.NameTaken, refusal.Reason);
        Assert.Equal(new("virtual server", known.Id, known.Name), refusal.Conflict);
    }

    [Fact]
    public async Task An_object_in_use_is_refused_with_its_user()
    {
        await using var clients = Clients.Of(service.Address);
        var pool = (await clients.Pools.CreateLoadBalancerPoolAsync(new() { LoadBalancerPool = await TestInventory.Pool(service) }))
            .LoadBalancerPool;
        var draft = await TestInventory.Draft(service);
        draft.LoadBalancerPool = new() { Id = pool.Id };
        var user = (await clients.VirtualServers.CreateVirtualServerAsync(new() { VirtualServer = draft })).VirtualServer;

        var refusal = await Refused(clients.Pools.DeleteLoadBalancerPoolAsync(new() { Id = pool.Id }));

        Assert.Equal((StatusCode.FailedPrecondition, ErrorReason.InUse), (refusal.Code, refusal.Reason));
        Assert.Equal(
            [(ErrorReason.InUse, user.Id)], refusal.PreconditionViolations.Select(violation => (violation.Reason, violation.Subject)));
    }

    [Fact]
    public async Task A_service_that_is_not_reached_has_refused_nothing()
    {
        await using var proxy = Proxy(service.Address);
        proxy.Cut();
        await using var clients = Clients.Of(Through(proxy), options => options.MaxAttempts = 1);

        var failure = await Failed(clients.VirtualServers.ListVirtualServersAsync(new()));

        Assert.Equal(StatusCode.Unavailable, failure.StatusCode);
        Assert.Null(failure.AsRefusal());
    }

    [Fact]
    public async Task A_call_has_the_deadline_of_the_options_unless_it_has_its_own()
    {
        var known = await TestInventory.Create(service);
        await using var clients = Clients.Of(service.Address, options => options.Deadline = TimeSpan.FromMilliseconds(200));
        await using (await HeldLock.Take(service, "lock table registry.mt_streams in access exclusive mode"))
        {
            var failure = await Failed(clients.VirtualServers.DisableVirtualServerAsync(new() { Id = known.Id }));
            Assert.Equal(StatusCode.DeadlineExceeded, failure.StatusCode);
            Assert.Null(failure.AsRefusal());
        }

        await using var hasty = Clients.Of(service.Address, options => options.Deadline = TimeSpan.FromTicks(1));
        var disabled = await hasty.VirtualServers.DisableVirtualServerAsync(new() { Id = known.Id }, deadline: DateTime.UtcNow + Patient);
        Assert.False(disabled.VirtualServer.Enabled);
    }

    [Fact]
    public async Task A_command_without_a_request_id_gets_one_and_the_request_object_is_not_changed()
    {
        await using var clients = Clients.Of(service.Address);
        var (given, request) = ($"{Guid.NewGuid()}", new CreateVirtualServerRequest { VirtualServer = await TestInventory.Draft(service) });
        var before = await service.Count("requests");

        await clients.VirtualServers.CreateVirtualServerAsync(request);
        Assert.Equal((before + 1, ""), (await service.Count("requests"), request.RequestId));

        // The same object sent again is another command.
        Assert.Equal(ErrorReason.NameTaken, (await Refused(clients.VirtualServers.CreateVirtualServerAsync(request))).Reason);
        Assert.Equal(ErrorReason.NameTaken, Assert.Throws<RpcException>(() => clients.VirtualServers.CreateVirtualServer(request))
            .AsRefusal()!.Reason);

        // An id of the caller is used as it is.
        var own = new DisableVirtualServerRequest { Name = request.VirtualServer.Name, RequestId = given };
        await clients.VirtualServers.DisableVirtualServerAsync(own);
        Assert.Equal(1, await service.Scalar<long>($"select count(*) from registry.requests where id = '{given}'"));
    }

    [Fact]
    public async Task A_command_whose_answer_is_lost_is_repeated_and_executed_once()
    {
        await using var proxy = Proxy(service.Address);
        await using var clients = Clients.Of(Through(proxy), options => options.Deadline = Patient);
        var draft = await TestInventory.Draft(service);
        await clients.VirtualServers.ListVirtualServersAsync(new()); // connects
        var before = await service.Count("requests");

        proxy.LosesAnswers = true;
        var creating = clients.VirtualServers.CreateVirtualServerAsync(new() { VirtualServer = draft });
        await Eventually.IsSo("the command is executed", async () => await service.Count("requests") == before + 1);
        proxy.LosesAnswers = false;
        proxy.Cut();
        proxy.Restore();

        var created = (await creating).VirtualServer;
        Assert.Equal((draft.Name, 1), (created.Name, created.Version));
        Assert.Equal((1, before + 1), (await service.Events(created.Id), await service.Count("requests")));
        Assert.Equal(2, proxy.Connections);
    }

    [Fact]
    public async Task A_command_waits_for_a_service_that_is_restarted()
    {
        var servers = await Servers.Get();
        var database = await servers.NewDatabase();
        await using var first = await ServiceProcess.Start(database, servers.RabbitMq);
        await TestInventory.Register(first);
        var draft = await TestInventory.Draft(first);
        await using var clients = Clients.Of(first.Address, options =>
            (options.Deadline, options.MaxAttempts, options.MaxBackoff) = (Patient, 100, TimeSpan.FromSeconds(1)));
        await clients.VirtualServers.ListVirtualServersAsync(new());

        await first.Kill();
        var creating = clients.VirtualServers.CreateVirtualServerAsync(new() { VirtualServer = draft });
        await using var second = await ServiceProcess.Start(ServiceProcess.Settings(database, servers.RabbitMq, urls: first.Address));

        var created = (await creating).VirtualServer;
        Assert.Equal((draft.Name, 1L), (created.Name, await second.Events(created.Id)));
    }

    [Fact]
    public async Task A_call_beyond_a_limit_is_repeated_after_the_delay_that_the_service_names()
    {
        const int calls = 500;
        await using var small = await TestService.Start(settings: ["Limits:CallsPerSecondPerCaller=200"]);
        await using var hasty = Clients.Of(small.Address, options => options.HonorRetryInfo = false);
        await using var polite = Clients.Of(
            small.Address, options => (options.Deadline, options.MaxAttempts) = (Patient, 100));

        var ended = await Task.WhenAll(Enumerable.Range(0, calls).Select(async _ =>
            await Record.ExceptionAsync(async () => await hasty.VirtualServers.ListVirtualServersAsync(new()))));
        var refused = ended.OfType<RpcException>().Select(failure => failure.AsRefusal()!).ToList();
        Assert.NotEmpty(refused);
        Assert.All(refused, refusal => Assert.Equal((ErrorReason.RateLimited, true), (refusal.Reason, refusal.RetryDelay > TimeSpan.Zero)));

        await Task.WhenAll(Enumerable.Range(0, calls).Select(async _ => await polite.VirtualServers.ListVirtualServersAsync(new())));
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < calls / 4; i++) polite.VirtualServers.ListVirtualServers(new());
        })));
    }

    [Fact]
    public async Task A_call_that_waits_to_be_repeated_can_be_canceled()
    {
        await using var small = await TestService.Start(settings: ["Limits:CallsPerSecondPerCaller=200"]);
        await using var clients = Clients.Of(small.Address, options => (options.Deadline, options.MaxAttempts) = (Patient, 100));
        using var stop = new CancellationTokenSource();

        var calls = Enumerable.Range(0, 1000)
            .Select(_ => clients.VirtualServers.ListVirtualServersAsync(new(), cancellationToken: stop.Token).ResponseAsync).ToList();
        await Eventually.Get("answers to the first", () => calls.Count(call => call.IsCompletedSuccessfully), count => count > 0);
        await stop.CancelAsync();

        var failures = await Task.WhenAll(calls.Select(call => Record.ExceptionAsync(() => call)));
        Assert.Contains(failures, failure => failure is not null);
        Assert.All(failures.OfType<RpcException>(), failure => Assert.Equal(StatusCode.Cancelled, failure.StatusCode));
    }

    [Fact]
    public async Task The_actor_and_the_correlation_id_of_the_options_are_those_of_calls_without_their_own()
    {
        await using var clients = Clients.Of(
            service.Address, options => (options.Actor, options.CorrelationId) = (() => "deployment-7", () => "order-1"));
        var known = await TestInventory.Create(service);

        await clients.VirtualServers.DisableVirtualServerAsync(new() { Id = known.Id });
        await clients.VirtualServers.EnableVirtualServerAsync(new() { Id = known.Id }, new Metadata { { "x-actor", "alice" } });

        var versions = (await clients.Past.ListVersionsAsync(new() { Target = new() { Id = known.Id } })).Versions;
        Assert.Equal(
            [("alice", "order-1"), ("deployment-7", "order-1")], versions.Take(2).Select(one => (one.Actor, one.CorrelationId)));
    }

    [Fact]
    public async Task A_stream_has_the_actor_and_no_deadline()
    {
        await using var clients = Clients.Of(
            service.Address, options => (options.Actor, options.Deadline) = (() => "import", TimeSpan.FromTicks(1)));
        using var stream = clients.Inventory.UpsertInventoryObjects();
        await stream.RequestStream.WriteAsync(new()
        {
            Request = new() { InventoryObject = new() { Tenant = new() { Name = TestInventory.Unique("tenant") } } },
        });
        await stream.RequestStream.CompleteAsync();
        Assert.Equal(0, (await stream).RefusedCount);
    }

    [Fact]
    public async Task A_token_is_sent_over_TLS_to_a_service_whose_CA_is_given()
    {
        using var issuer = new TestIssuer();
        using var certificates = new TestCertificates();
        await using var secure = await TestService.StartSecure(issuer, certificates);
        var asked = 0;
        await using var clients = Clients.Of(secure.Address, options =>
        {
            (options.CaFile, options.Actor) = (certificates.CaFile, () => "zoe");
            options.Token = async cancellation =>
            {
                await Task.Delay(1, cancellation);
                asked++;
                return issuer.Token("portal", "admin");
            };
        });
        var device = (await clients.Inventory.UpsertInventoryObjectAsync(
            new() { InventoryObject = new() { Device = new() { Name = "lb-1" } } })).InventoryObject;

        var version = (await clients.Past.ListVersionsAsync(new() { Target = new() { Id = device.Id } })).Versions.Single();
        Assert.Equal(("zoe", "portal"), (version.Actor, version.AuthenticatedAs));
        Assert.Equal(2, asked);

        await using var anonymous = Clients.Of(secure.Address, options => options.CaFile = certificates.CaFile);
        var refusal = await Refused(anonymous.VirtualServers.ListVirtualServersAsync(new()));
        Assert.Equal((StatusCode.Unauthenticated, ErrorReason.Unauthenticated), (refusal.Code, refusal.Reason));

        // The CAs of the machine did not issue the certificate.
        await using var distrustful = Clients.Of(secure.Address, options => options.MaxAttempts = 1);
        Assert.Null((await Failed(distrustful.VirtualServers.ListVirtualServersAsync(new()))).AsRefusal());
    }

    [Fact]
    public async Task A_client_certificate_proves_who_the_caller_is()
    {
        const string subject = "CN=deployer, O=Example";
        using var issuer = new TestIssuer();
        using var certificates = new TestCertificates();
        await using var secure = await TestService.StartSecure(
            issuer, certificates, $"Security:Subjects:0:Subject={subject}", "Security:Subjects:0:Roles:0=registrar");
        using var certificate = certificates.Client(subject);
        await using var clients = Clients.Of(
            secure.Address, options => (options.CaFile, options.ClientCertificate) = (certificates.CaFile, certificate));

        var device = (await clients.Inventory.UpsertInventoryObjectAsync(
            new() { InventoryObject = new() { Device = new() { Name = "lb-1" } } })).InventoryObject;

        var version = (await clients.Past.ListVersionsAsync(new() { Target = new() { Id = device.Id } })).Versions.Single();
        Assert.Equal(subject, version.Actor);
    }

    public static TheoryData<Action<VirtualServerClientOptions>, string> Mistakes => new()
    {
        { options => options.Address = null, "Address (not set) is not the address of a service: use https://HOST:PORT" },
        { options => options.Address = new("registry:5210", UriKind.RelativeOrAbsolute), "Address \"registry:5210\" is not the address" },
        { options => options.Token = _ => new("t"), "Token needs an Address with https: a token is never sent in clear text" },
        { options => options.CaFile = "ca.pem", "CaFile needs an Address with https" },
        { options => (options.Address, options.CaFile) = (new("https://localhost"), "none.pem"), "CaFile \"none.pem\" cannot be read" },
        { options => options.MaxAttempts = 0, "MaxAttempts 0 is out of range: use 1 to 100" },
        { options => options.Deadline = TimeSpan.Zero, "Deadline 00:00:00 is out of range: use more than zero" },
        { options => options.MaxBackoff = TimeSpan.FromTicks(1), "is shorter than InitialBackoff 00:00:00.5000000: use at least that" },
    };

    [Theory, MemberData(nameof(Mistakes))]
    public async Task A_mistake_in_the_options_is_named_with_its_remedy(Action<VirtualServerClientOptions> mistake, string sentence)
    {
        await using var clients = Clients.Of(service.Address, mistake);
        var failure = Assert.Throws<OptionsValidationException>(() => clients.VirtualServers);
        Assert.Contains(sentence, failure.Message, StringComparison.Ordinal);
    }

    private static TcpProxy Proxy(string address) => TcpProxy.To("127.0.0.1", new Uri(address).Port);

    private static string Through(TcpProxy proxy) => $"http://127.0.0.1:{proxy.Port}";

    private static Task<RpcException> Failed<T>(AsyncUnaryCall<T> call) => Assert.ThrowsAsync<RpcException>(async () => await call);

    private static async Task<RegistryRefusal> Refused<T>(AsyncUnaryCall<T> call)
    {
        var failure = await Failed(call);
        return failure.AsRefusal() ?? throw new InvalidOperationException($"{failure.Status} has no details");
    }
}
