using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using VirtualServers.Service.Tests.Harness;
using VirtualServers.Service.Queries;
using VirtualServers.V1;
using static VirtualServers.V1.ConditionType;

namespace VirtualServers.Service.Tests;

/// <summary>CERTIFICATE_EXPIRED and CERTIFICATE_EXPIRING, which appear with time alone, without a command.</summary>
public sealed class ExpirationTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private readonly TestService service = fixture.Service;

    [Theory]
    [InlineData(-3650, CertificateExpired)]
    [InlineData(-1, CertificateExpired)]
    [InlineData(1, CertificateExpiring)]
    [InlineData(29, CertificateExpiring)]
    [InlineData(31, null)]
    [InlineData(3650, null)]
    [InlineData(null, null)]
    public async Task A_certificate_is_expired_past_its_date_and_expiring_within_thirty_days(int? days, ConditionType? expected)
    {
        var profile = await Profile(days);
        await service.Shows(await Create(profile), expected is { } type ? [Expires(type, profile)] : []);
    }

    [Fact]
    public async Task A_changed_date_shows_at_once_on_all_virtual_servers_of_the_profile()
    {
        var profile = await Profile(-1);
        var (one, two) = (await Create(profile), await Create(profile));
        await service.VirtualServers.DisableVirtualServerAsync(new() { Id = two.Id });
        foreach (var (days, expected) in new (int?, ExpectedCondition?)[]
        {
            (-1, Expires(CertificateExpired, profile)),
            (10, Expires(CertificateExpiring, profile)),
            (90, null),
            (-2, Expires(CertificateExpired, profile)),
            (null, null),
            (29, Expires(CertificateExpiring, profile)),
        })
        {
            await service.Profiles.UpdateCertificateProfileAsync(new()
            {
                Id = profile.Id,
                CertificateProfile = new() { ExpirationDate = In(days) },
                UpdateMask = new() { Paths = { "expiration_date" } },
            });
            foreach (var server in new[] { one, two }) await service.Shows(server, expected is null ? [] : [expected]);
        }
    }

    [Fact]
    public async Task Expired_and_expiring_profiles_cause_one_condition_each()
    {
        var (expired, expiring, fine, alsoExpired) = (await Profile(-1), await Profile(5), await Profile(90), await Profile(-20));
        await service.Shows(
            await Create(expiring, expired, fine),
            Expires(CertificateExpired, expired),
            Expires(CertificateExpiring, expiring));
        await service.Shows(await Create(alsoExpired, fine, expired), Expires(CertificateExpired, expired, alsoExpired));
    }

    [Fact]
    public async Task Another_set_of_profiles_or_a_delete_fixes_the_condition()
    {
        var (expired, fine) = (await Profile(-1), await Profile(90));
        var server = await Create(expired, fine);
        await service.Shows(server, Expires(CertificateExpired, expired));

        await service.Update(server.Id, new() { CertificateProfiles = { fine } });
        await service.ShowsNone(server);
        await service.Update(server.Id, new() { CertificateProfiles = { expired } });
        await service.Shows(server, Expires(CertificateExpired, expired));

        await service.Delete(server.Id);
        Assert.Empty((await service.Listed(showDeleted: true)).Single(listed => listed.Id == server.Id).Conditions);
        await service.Undelete(server.Id);
        await service.Shows(server, Expires(CertificateExpired, expired));

        await service.Update(server.Id, new(), "certificate_profiles", "ssl_offload");
        await service.ShowsNone(server);
    }

    [Fact]
    public async Task The_condition_is_shown_without_ssl_offload_too()
    {
        var profile = await Profile(-1);
        var server = await Create(profile);
        await service.Update(server.Id, new() { SslOffload = false });
        await service.Shows(server, new(CertificatesUnused), Expires(CertificateExpired, profile));
    }

    [Fact]
    public async Task An_expired_profile_of_a_pool_member_is_not_shown_on_the_virtual_server()
    {
        var draft = await TestInventory.Pool(service);
        draft.Members[0].SslOffload = true;
        draft.Members[0].CertificateProfiles.Add(await Profile(-1));
        var pool = (await service.Pools.CreateLoadBalancerPoolAsync(new() { LoadBalancerPool = draft })).LoadBalancerPool;
        var before = await Expired();

        await service.ShowsNone(
            await service.Create(new(await TestInventory.Draft(service)) { LoadBalancerPool = new() { Id = pool.Id } }));
        Assert.Equal(before, await Expired());

        async Task<long> Expired()
        {
            var summary = await service.VirtualServers.SummarizeVirtualServersAsync(new());
            return summary.Conditions.FirstOrDefault(counted => counted.Type == CertificateExpired)?.Count ?? 0;
        }
    }

    [Theory]
    [InlineData("90.00:00:00", 60, CertificateExpiring)]
    [InlineData("1.00:00:00", 2, null)]
    [InlineData("0", 1, null)]
    [InlineData("0", -1, CertificateExpired)]
    public async Task The_warning_period_is_a_setting(string warning, int days, ConditionType? expected)
    {
        var profile = await Profile(days);
        var server = await Create(profile);
        await using var other = await TestService.Start(service.Database, settings: $"Registry:ExpirationWarning={warning}");
        await other.Shows(server, expected is { } type ? [Expires(type, profile)] : []);
    }

    [Fact]
    public async Task Expiration_is_exact_to_the_microsecond()
    {
        var profile = await Profile(10);
        var server = await Create(profile);
        var stored = await service.Profiles.GetCertificateProfileAsync(new() { Id = profile.Id });
        var date = stored.CertificateProfile.ExpirationDate.ToDateTimeOffset();
        var (tick, warning) = (TimeSpan.FromMicroseconds(1), TimeSpan.FromDays(30));
        foreach (var (now, expected) in new (DateTimeOffset, ConditionType?)[]
        {
            (date - warning - tick, null),
            (date - warning, CertificateExpiring),
            (date - tick, CertificateExpiring),
            (date, CertificateExpired),
            (date + tick, CertificateExpired),
        })
        {
            // The reader of Get and SummarizeVirtualServers, with a stopped clock.
            var clock = new StoppedClock(now);
            var reader = ActivatorUtilities.CreateInstance<ObjectReader>(
                service.Services, clock, new ExpirationWarning(new ConfigurationBuilder().Build(), clock));
            var found = await reader.Get<Domain.VirtualServers.VirtualServer>(
                new([Domain.Kind.VirtualServer], new Address.ById(Guid.Parse(server.Id), "virtual server")), CancellationToken.None);
            Assert.Equal(expected is { } type ? [type] : [], found.Conditions.Select(condition => (ConditionType)condition.Type));
        }
    }

    private static ExpectedCondition Expires(ConditionType type, params Reference[] profiles) =>
        ExpectedCondition.With(type, Kind.CertificateProfile, profiles);

    private static Timestamp? In(int? days) => days is { } given ? DateTimeOffset.UtcNow.AddDays(given).ToTimestamp() : null;

    private async Task<Reference> Profile(int? days)
    {
        var created = (await service.Profiles.CreateCertificateProfileAsync(new()
        {
            CertificateProfile = new() { Name = TestInventory.Unique("certificate"), ExpirationDate = In(days) },
        })).CertificateProfile;
        return new() { Id = created.Id, Name = created.Name };
    }

    private async Task<V1.VirtualServer> Create(params Reference[] profiles) =>
        await service.Create(new(await TestInventory.Draft(service)) { SslOffload = true, CertificateProfiles = { profiles } });

    private sealed class StoppedClock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
