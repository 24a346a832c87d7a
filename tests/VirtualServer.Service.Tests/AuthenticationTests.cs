using Grpc.Core;
using VirtualServers.Service.Tests.Harness;
using VirtualServers.V1;
using static VirtualServers.Service.Tests.Harness.TestIssuer;

namespace VirtualServers.Service.Tests;

/// <summary>Who the caller is, by a bearer token; and who acts, when the caller speaks for another.</summary>
public sealed class AuthenticationTests(AuthenticationTests.Fixture fixture) : IClassFixture<AuthenticationTests.Fixture>
{
    private readonly TestService service = fixture.Service;
    private readonly TestIssuer issuer = fixture.Issuer;

    public static TheoryData<string, string> Flaws => new()
    {
        { "Basic YTpi", "metadata authorization is not a bearer token" },
        { "Bearer abc", "the bearer token cannot be read" },
        { "Bearer ", "the bearer token cannot be read" },
        { "", "metadata authorization is not a bearer token" },
    };

    [Theory, MemberData(nameof(Flaws))]
    public async Task Metadata_that_hold_no_token_are_refused(string authorization, string sentence)
    {
        var refusal = await Unauthenticated(new() { { "authorization", authorization } });
        Assert.StartsWith(sentence, refusal.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, string> Claims => new()
    {
        { "exp", "the bearer token has expired" },
        { "-exp", "the bearer token has no expiration time" },
        { "nbf", "the bearer token is not valid yet" },
        { "aud", "the bearer token is for another audience" },
        { "iss", "the bearer token is from another issuer" },
        { "sub", "the claim sub of the bearer token does not name the caller" },
        { "-sub", "the claim sub of the bearer token does not name the caller" },
    };

    [Theory, MemberData(nameof(Claims))]
    public async Task A_token_with_a_wrong_claim_is_refused_with_what_is_wrong(string claim, string sentence)
    {
        var claims = TestIssuer.Claims("alice", "admin");
        if (claim.StartsWith('-')) claims.Remove(claim[1..]);
        else claims[claim] = claim switch { "exp" => In(minutes: -10), "nbf" => In(minutes: 10), _ => "\u202E" };
        var refusal = await Unauthenticated(Bearer(issuer.Token(claims)));
        Assert.StartsWith(sentence, refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HS256")]
    [InlineData("RS512")]
    [InlineData("none")]
    public async Task A_token_with_another_algorithm_is_refused(string algorithm)
    {
        var refusal = await Unauthenticated(Bearer(issuer.Token(TestIssuer.Claims("alice", "admin"), algorithm)));
        Assert.StartsWith("the bearer token is not signed by a key of its issuer", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_and_the_log_do_not_repeat_the_token()
    {
        using var foreign = new TestIssuer();
        var token = foreign.Token("alice", "admin");
        var refusal = await Unauthenticated(Bearer(token));
        Assert.All(token.Split('.'), part => Assert.DoesNotContain(part, refusal.Status.ToString(), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(253402300799)]
    [InlineData(long.MaxValue)]
    public async Task A_token_may_expire_at_the_end_of_the_calendar(long expires)
    {
        var claims = new Dictionary<string, object>(TestIssuer.Claims("rita", "reader")) { ["exp"] = expires };
        await service.VirtualServers.ListVirtualServersAsync(new(), Bearer(issuer.Token(claims)));
    }

    [Fact]
    public async Task A_stream_ends_when_the_token_of_its_caller_expires()
    {
        await using var exact = await TestService.StartSecure(issuer, null, "Security:Jwt:ClockSkew=00:00:00");
        var claims = new Dictionary<string, object>(TestIssuer.Claims("registrar", "registrar"))
        {
            ["exp"] = DateTimeOffset.UtcNow.AddSeconds(5).ToUnixTimeSeconds(),
        };
        using var stream = exact.Inventory.UpsertInventoryObjects(Bearer(issuer.Token(claims)));
        var failure = await Assert.ThrowsAsync<RpcException>(
            async () => await Eventually.Ends("the stream", stream.ResponseAsync));
        Assert.Equal(
            (StatusCode.Unauthenticated, "the credentials of the call have expired: call again with new ones"),
            (failure.StatusCode, failure.Status.Detail));
    }

    [Fact]
    public async Task A_watch_that_is_busy_ends_when_the_token_of_its_caller_expires()
    {
        await using var exact = await TestService.StartSecure(issuer, null, "Security:Jwt:ClockSkew=00:00:00");
        var claims = new Dictionary<string, object>(TestIssuer.Claims("rita", "reader"))
        {
            ["exp"] = DateTimeOffset.UtcNow.AddSeconds(5).ToUnixTimeSeconds(),
        };
        await using var watch = await Watching.Open(exact, headers: Bearer(issuer.Token(claims)));
        var ended = watch.Ends();
        while (!ended.IsCompleted)
        {
            await exact.Inventory.UpsertInventoryObjectAsync(
                new() { InventoryObject = new() { Device = new() { Name = TestInventory.Unique("lb") } } });
        }

        var failure = await ended;
        Assert.Equal(
            (StatusCode.Unauthenticated, "the credentials of the call have expired: call again with new ones"),
            (failure.StatusCode, failure.Status.Detail));
    }

    [Fact]
    public async Task A_flood_of_wrong_tokens_is_refused_by_its_address_and_does_not_fill_the_log()
    {
        const int calls = 1500;
        await using var small = await TestService.StartSecure(
            issuer, null, "Limits:CallsPerSecondPerCaller=200", "Logging:LogLevel:VirtualServers=Information");
        var log = LogLines.Of(small);
        using var channel = Grpc.Net.Client.GrpcChannel.ForAddress(small.Address);
        var client = new VirtualServerService.VirtualServerServiceClient(channel);
        var answers = await Task.WhenAll(Enumerable.Range(0, calls).Select(async _ => (await Assert.ThrowsAsync<RpcException>(
            async () => await client.ListVirtualServersAsync(new(), Bearer("wrong")))).StatusCode));
        Assert.Equal([StatusCode.ResourceExhausted, StatusCode.Unauthenticated], answers.Distinct().Order());
        var refused = answers.Count(answer => answer == StatusCode.Unauthenticated);
        Assert.InRange(log.With("rejected with Unauthenticated").Count, 1, refused / 4);
    }

    [Fact]
    public async Task The_subject_of_the_token_is_the_actor()
    {
        var server = await TestInventory.Create(service);
        await Disable(server, Bearer(issuer.Token("wanda", "writer")));
        Assert.Equal(("wanda", ""), await Last(server));
    }

    [Fact]
    [Trait("Category", "Messaging")]
    public async Task A_caller_that_may_speak_for_others_and_its_subject_are_recorded_and_announced()
    {
        await using var consumer = await ForeignConsumer.Start("virtual_server.disabled");
        var server = await TestInventory.Create(service);
        await Disable(server, With("x-actor", "zoe", "portal", "agent"));

        Assert.Equal(("zoe", "portal"), await Last(server));
        var entry = (await service.Past.ListAuditEntriesAsync(new() { Filter = new() { ObjectIds = { server.Id }, Actors = { "zoe" } } }))
            .Entries.Single();
        Assert.Equal("portal", entry.AuthenticatedAs);
        var announced = (await consumer.Receive(1, server.Id))[0].Change;
        Assert.Equal(("zoe", "portal"), (announced.Actor, announced.AuthenticatedAs));
    }

    [Fact]
    public async Task A_caller_that_may_not_speak_for_others_is_refused_when_it_names_another_actor()
    {
        var server = await TestInventory.Create(service);
        var call = service.VirtualServers.DisableVirtualServerAsync(new() { Id = server.Id }, With("x-actor", "alice", "wanda", "writer"));
        var refusal = await Refusal.Of(call, StatusCode.PermissionDenied, "PERMISSION_DENIED");
        Assert.Contains("on_behalf_of", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(1, await service.Events(server.Id));

        await Disable(server, With("x-actor", "wanda", "wanda", "writer"));
        Assert.Equal(("wanda", ""), await Last(server));
    }

    // AIP-211: the answer is the same for an object that exists and one that does not.
    [Fact]
    public async Task A_call_without_permission_does_not_tell_whether_the_object_exists()
    {
        var server = await TestInventory.Create(service);
        var reader = Bearer(issuer.Token("rita", "reader"));
        var known = await Denied(service.VirtualServers.DisableVirtualServerAsync(new() { Id = server.Id }, reader));
        var unknown = await Denied(service.VirtualServers.DisableVirtualServerAsync(new() { Id = $"{Guid.NewGuid()}" }, reader));
        Assert.Equal(known.Status, unknown.Status);
    }

    [Fact]
    public async Task A_subject_has_the_roles_that_the_configuration_gives_it_and_a_role_that_is_not_configured_gives_nothing()
    {
        await service.VirtualServers.ListVirtualServersAsync(new(), Bearer(issuer.Token("known-subject")));
        await Denied(service.VirtualServers.ListVirtualServersAsync(new(), Bearer(issuer.Token("another-subject"))));
        await Denied(service.VirtualServers.ListVirtualServersAsync(new(), Bearer(issuer.Token("another-subject", "owner", "Admin"))));
    }

    [Fact]
    public async Task Health_is_answered_without_credentials_and_whatever_they_are()
    {
        using var channel = Grpc.Net.Client.GrpcChannel.ForAddress(service.Address);
        var health = new Grpc.Health.V1.Health.HealthClient(channel);
        foreach (var metadata in new[] { [], Bearer("expired"), Bearer(issuer.Token("rita", "reader")) })
        {
            var answer = await health.CheckAsync(new() { Service = "readiness" }, metadata);
            Assert.Equal(Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus.Serving, answer.Status);
        }
    }

    private static async Task<Refusal> Denied<T>(AsyncUnaryCall<T> call) =>
        await Refusal.Of(call, StatusCode.PermissionDenied, "PERMISSION_DENIED");

    private async Task<Refusal> Unauthenticated(Metadata metadata)
    {
        using var channel = Grpc.Net.Client.GrpcChannel.ForAddress(service.Address);
        var client = new VirtualServerService.VirtualServerServiceClient(channel);
        return await Refusal.Of(client.ListVirtualServersAsync(new(), metadata), StatusCode.Unauthenticated, "UNAUTHENTICATED");
    }

    private Metadata With(string header, string value, string subject, params string[] roles)
    {
        var metadata = Bearer(issuer.Token(subject, roles));
        metadata.Add(header, value);
        return metadata;
    }

    private async Task Disable(V1.VirtualServer server, Metadata metadata) =>
        await service.VirtualServers.DisableVirtualServerAsync(new() { Id = server.Id }, metadata);

    // The last change, as the history of the object tells it.
    private async Task<(string Actor, string AuthenticatedAs)> Last(V1.VirtualServer server)
    {
        var versions = (await service.Past.ListVersionsAsync(new() { Target = new() { Id = server.Id } })).Versions;
        return (versions[0].Actor, versions[0].AuthenticatedAs);
    }

    /// <summary>A service with authentication, and a small inventory.</summary>
    public sealed class Fixture : IAsyncLifetime
    {
        internal TestIssuer Issuer { get; } = new();

        internal TestService Service { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            Service = await TestService.StartSecure(
                Issuer, null, "Security:Subjects:0:Subject=known-subject", "Security:Subjects:0:Roles:0=reader");
            await TestInventory.Register(Service);
        }

        public async Task DisposeAsync()
        {
            await Service.DisposeAsync();
            Issuer.Dispose();
        }
    }
}
