using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using VirtualServers.Service.Tests.Harness;
using VirtualServers.V1;

namespace VirtualServers.Service.Tests;

/// <summary>
/// Health check monitors and certificate profiles have the same verbs as virtual servers and cannot be deleted while they are referenced.
/// </summary>
public sealed class MonitorAndCertificateTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private readonly TestService service = fixture.Service;
    private readonly HealthCheckMonitorService.HealthCheckMonitorServiceClient monitors = new(fixture.Service.Channel);
    private readonly CertificateProfileService.CertificateProfileServiceClient profiles = new(fixture.Service.Channel);

    [Fact]
    public async Task Every_field_of_a_monitor_is_stored_and_returned()
    {
        var wanted = new HealthCheckMonitor
        {
            Name = TestInventory.Unique("monitor"),
            HealthCheckType = HealthCheckType.Https,
            Interval = 10,
            Timeout = 3,
            Retry = 0,
            Port = 0,
            Tenant = new() { Name = "acme" },
        };

        var created = (await monitors.CreateHealthCheckMonitorAsync(new() { HealthCheckMonitor = wanted })).HealthCheckMonitor;
        var read = (await monitors.GetHealthCheckMonitorAsync(new() { Name = wanted.Name })).HealthCheckMonitor;

        Assert.Equal(created, read);
        Assert.Equal(
            (HealthCheckType.Https, 10, 3, 0, 0, "acme", 1),
            (read.HealthCheckType, read.Interval, read.Timeout, read.Retry, read.Port, read.Tenant.Name, read.Version));
        Assert.True(read.HasRetry && read.HasPort);
    }

    [Fact]
    public async Task Every_field_of_a_certificate_profile_is_stored_and_returned()
    {
        var expires = DateTimeOffset.UtcNow.AddDays(90);
        var wanted = new CertificateProfile
        {
            Name = TestInventory.Unique("certificate"),
            CertificateType = CertificateType.MutualTls,
            CertificateFilePath = "/etc/tls/web.crt",
            ChainFilePath = "/etc/tls/chain.crt",
            KeyFilePath = "/etc/tls/web.key",
            Cipher = "TLS_AES_256_GCM_SHA384",
            ExpirationDate = expires.ToTimestamp(),
            Tenant = new() { Name = "acme" },
        };

        var read = (await profiles.CreateCertificateProfileAsync(new() { CertificateProfile = wanted })).CertificateProfile;

        Assert.Equal(read, (await profiles.GetCertificateProfileAsync(new() { Id = read.Id })).CertificateProfile);
        Assert.Equal(
            (wanted.CertificateType, wanted.CertificateFilePath, wanted.ChainFilePath, wanted.KeyFilePath, wanted.Cipher),
            (read.CertificateType, read.CertificateFilePath, read.ChainFilePath, read.KeyFilePath, read.Cipher));
        Assert.Equal(expires.ToUnixTimeMilliseconds(), read.ExpirationDate.ToDateTimeOffset().ToUnixTimeMilliseconds());
    }

    [Theory]
    [InlineData("certificate_file_path")]
    [InlineData("chain_file_path")]
    [InlineData("key_file_path")]
    [InlineData("cipher")]
    [InlineData("name")]
    public async Task The_content_of_a_key_is_rejected_and_not_stored(string field)
    {
        var profile = new CertificateProfile { Name = TestInventory.Unique("leak") };
        CertificateProfile.Descriptor.FindFieldByName(field).Accessor.SetValue(profile, "-----BEGIN PRIVATE KEY-----\nMIIE");

        var refusal = await Refusal.Of(
            profiles.CreateCertificateProfileAsync(new() { CertificateProfile = profile }),
            StatusCode.InvalidArgument,
            "FIELD_INVALID");

        Assert.Equal([$"certificate_profile.{field}"], refusal.Fields);
        Assert.DoesNotContain("MIIE", refusal.Message);
    }

    [Fact]
    public async Task All_violations_of_a_monitor_are_listed_at_once()
    {
        var refusal = await Refusal.Of(monitors.CreateHealthCheckMonitorAsync(new()
        {
            HealthCheckMonitor = new()
            {
                Interval = 0,
                Timeout = 90_000,
                Retry = -1,
                Port = 65_536,
                HealthCheckType = (HealthCheckType)99,
                Tenant = new() { Name = "nobody" },
            },
        }), StatusCode.InvalidArgument, "FIELD_REQUIRED");

        Assert.Equal(
            ["health_check_type", "interval", "name", "port", "retry", "tenant", "timeout"],
            refusal.Fields.Select(field => field.Replace("health_check_monitor.", "")).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(1969, 12, 31)]
    [InlineData(9999, 12, 31)]
    public async Task An_expiration_date_may_be_any_time_of_the_contract(int year, int month, int day)
    {
        var date = new DateTimeOffset(year, month, day, 0, 0, 0, TimeSpan.Zero).ToTimestamp();
        var profile = (await profiles.CreateCertificateProfileAsync(
            new() { CertificateProfile = new() { Name = TestInventory.Unique("certificate"), ExpirationDate = date } })).CertificateProfile;

        Assert.Equal(date, profile.ExpirationDate);
        Assert.Equal(profile, (await profiles.GetCertificateProfileAsync(new() { Id = profile.Id })).CertificateProfile);
        var server = await service.Create(
            new(await TestInventory.Draft(service)) { CertificateProfiles = { new Reference { Id = profile.Id } } });
        Assert.Equal(
            year < 2000, (await service.Get(server.Id)).Conditions.Any(one => one.Type is ConditionType.CertificateExpired));
    }

    [Theory]
    [InlineData(long.MaxValue, 0)]
    [InlineData(-62_135_596_801, 0)]
    [InlineData(253_402_300_800, 0)]
    [InlineData(0, -1)]
    [InlineData(0, 1_000_000_000)]
    public async Task An_impossible_expiration_date_is_rejected(long seconds, int nanos)
    {
        var profile = new CertificateProfile
        {
            Name = TestInventory.Unique("certificate"),
            ExpirationDate = new Timestamp { Seconds = seconds, Nanos = nanos },
        };

        var refusal = await Refusal.Of(
            profiles.CreateCertificateProfileAsync(new() { CertificateProfile = profile }),
            StatusCode.InvalidArgument,
            "FIELD_INVALID");

        Assert.Equal(["certificate_profile.expiration_date"], refusal.Fields);
    }

    [Fact]
    public async Task Case_13_the_same_certificates_store_no_event_and_another_set_stores_one()
    {
        var (first, second) = (await Profile(), await Profile());
        var server = await TestInventory.Create(service);
        async Task<V1.VirtualServer> Offer(params string[] names) => (await service.VirtualServers.UpdateVirtualServerAsync(new()
        {
            Id = server.Id,
            VirtualServer = new() { CertificateProfiles = { names.Select(name => new Reference { Name = name }) } },
            UpdateMask = new() { Paths = { "certificate_profiles" } },
        })).VirtualServer;

        Assert.Equal(2, (await Offer(first.Name)).Version);
        Assert.Equal(2, (await Offer(first.Name, first.Name)).Version);
        var replaced = await Offer(second.Name);

        Assert.Equal((3, second.Id), (replaced.Version, Assert.Single(replaced.CertificateProfiles).Id));
    }

    [Fact]
    public async Task Case_22_a_referenced_monitor_or_profile_cannot_be_deleted()
    {
        var (monitor, profile) = (await Monitor(), await Profile());
        var draft = await TestInventory.Draft(service);
        draft.HealthCheckMonitor = new() { Name = monitor.Name };
        draft.CertificateProfiles.Add(new Reference { Id = profile.Id });
        var server = (await service.VirtualServers.CreateVirtualServerAsync(new() { VirtualServer = draft })).VirtualServer;

        var kept = await Refusal.Of(
            monitors.DeleteHealthCheckMonitorAsync(new() { Id = monitor.Id }),
            StatusCode.FailedPrecondition,
            "IN_USE");
        Assert.Equal(server.Id, kept.Clash!.ResourceName);
        await Refusal.Of(profiles.DeleteCertificateProfileAsync(new() { Name = profile.Name }), StatusCode.FailedPrecondition, "IN_USE");

        await service.VirtualServers.DeleteVirtualServerAsync(new() { Id = server.Id });
        await monitors.DeleteHealthCheckMonitorAsync(new() { Id = monitor.Id });
        await profiles.DeleteCertificateProfileAsync(new() { Name = profile.Name });

        var gone = await Refusal.Of(
            service.VirtualServers.UndeleteVirtualServerAsync(new() { Id = server.Id }),
            StatusCode.FailedPrecondition,
            "REFERENCE_NOT_FOUND");
        Assert.Equal(
            [("REFERENCE_NOT_FOUND", monitor.Id), ("REFERENCE_NOT_FOUND", profile.Id)],
            gone.Preconditions.OrderBy(state => state.Subject == profile.Id));
        await monitors.UndeleteHealthCheckMonitorAsync(new() { Id = monitor.Id });
        await profiles.UndeleteCertificateProfileAsync(new() { Name = profile.Name });
        Assert.Equal(3, (await service.VirtualServers.UndeleteVirtualServerAsync(new() { Id = server.Id })).VirtualServer.Version);
    }

    [Fact]
    public async Task A_renamed_monitor_shows_in_the_next_read_of_its_virtual_servers()
    {
        var monitor = await Monitor();
        var draft = await TestInventory.Draft(service);
        draft.HealthCheckMonitor = new() { Id = monitor.Id };
        var server = (await service.VirtualServers.CreateVirtualServerAsync(new() { VirtualServer = draft })).VirtualServer;
        var renamed = TestInventory.Unique("renamed");

        await monitors.UpdateHealthCheckMonitorAsync(new() { Id = monitor.Id, HealthCheckMonitor = new() { Name = renamed } });

        var read = (await service.VirtualServers.GetVirtualServerAsync(new() { Id = server.Id })).VirtualServer;
        Assert.Equal((renamed, 1), (read.HealthCheckMonitor.Name, read.Version));
    }

    [Fact]
    public async Task Monitors_and_profiles_are_listed_by_name_and_names_are_unique_per_kind()
    {
        var name = TestInventory.Unique("same");
        await monitors.CreateHealthCheckMonitorAsync(new() { HealthCheckMonitor = new() { Name = name } });
        await profiles.CreateCertificateProfileAsync(new() { CertificateProfile = new() { Name = name } });
        await Refusal.Of(
            monitors.CreateHealthCheckMonitorAsync(new() { HealthCheckMonitor = new() { Name = name } }),
            StatusCode.AlreadyExists,
            "NAME_TAKEN");

        var listed = await monitors.ListHealthCheckMonitorsAsync(new() { PageSize = 1000 });
        var names = listed.HealthCheckMonitors.Select(monitor => monitor.Name).ToList();

        Assert.Contains(name, names);
        Assert.Equal(names.Order(StringComparer.Ordinal), names);
        Assert.Contains(
            name,
            (await profiles.ListCertificateProfilesAsync(new() { PageSize = 1000 })).CertificateProfiles.Select(profile => profile.Name));
    }

    private async Task<HealthCheckMonitor> Monitor() =>
        (await monitors.CreateHealthCheckMonitorAsync(
            new() { HealthCheckMonitor = new() { Name = TestInventory.Unique("monitor") } })).HealthCheckMonitor;

    private async Task<CertificateProfile> Profile() =>
        (await profiles.CreateCertificateProfileAsync(
            new() { CertificateProfile = new() { Name = TestInventory.Unique("certificate") } })).CertificateProfile;
}
