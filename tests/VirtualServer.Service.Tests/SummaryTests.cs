using Google.Protobuf.WellKnownTypes;
using VirtualServers.Service.Tests.Harness;
using VirtualServers.V1;

namespace VirtualServers.Service.Tests;

/// <summary>SummarizeVirtualServers returns exact counts after every command.</summary>
public sealed class SummaryTests
{
    [Fact]
    public async Task The_summary_of_an_empty_registry_is_empty()
    {
        await using var service = await TestService.Start();
        Assert.Equal(new(), await service.VirtualServers.SummarizeVirtualServersAsync(new()));

        // Pools, profiles and inventory objects are not counted.
        await TestInventory.Register(service);
        await service.Profiles.CreateCertificateProfileAsync(
            new() { CertificateProfile = new() { Name = "old", ExpirationDate = DateTimeOffset.UtcNow.AddDays(-1).ToTimestamp() } });
        await service.Pools.CreateLoadBalancerPoolAsync(
            new() { LoadBalancerPool = new() { Name = "empty", LoadBalancingAlgorithm = LoadBalancingAlgorithm.UrlHash } });
        Assert.Equal(new(), await service.VirtualServers.SummarizeVirtualServersAsync(new()));
    }

    [Fact]
    public async Task Every_category_is_counted_and_each_command_updates_the_counts()
    {
        await using var service = await TestService.Start();
        await TestInventory.Register(service);
        await service.Upsert(new() { Tenant = new() { Name = "bank" } });
        await service.Profiles.CreateCertificateProfileAsync(
            new() { CertificateProfile = new() { Name = "old", ExpirationDate = DateTimeOffset.UtcNow.AddDays(-1).ToTimestamp() } });
        await service.Profiles.CreateCertificateProfileAsync(
            new() { CertificateProfile = new() { Name = "older", ExpirationDate = DateTimeOffset.UtcNow.AddDays(-2).ToTimestamp() } });
        await service.Profiles.CreateCertificateProfileAsync(
            new() { CertificateProfile = new() { Name = "near", ExpirationDate = DateTimeOffset.UtcNow.AddDays(2).ToTimestamp() } });
        await service.Pools.CreateLoadBalancerPoolAsync(new()
        {
            LoadBalancerPool = new()
            {
                Name = "empty",
                LoadBalancingAlgorithm = LoadBalancingAlgorithm.UrlHash,
                Tenant = new() { Name = "bank" },
            },
        });

        var draft = await TestInventory.Draft(service, "a");
        var a = await service.Create(new(draft) { Tenant = new() { Name = "acme" } });
        var b = await service.Create(new(draft)
        {
            Name = "A",
            Protocol = Protocol.Tcp,
            Tenant = new() { Name = "acme" },
            LoadBalancerPool = new() { Name = "empty" },
        });
        // One virtual server with three profiles, of which two are expired: it is counted once.
        var c = await service.Create(new(await TestInventory.Draft(service, "c"))
        {
            CloudService = new() { Name = "cloud-1" },
            SslOffload = true,
            CertificateProfiles = { new Reference { Name = "old" }, new Reference { Name = "older" }, new Reference { Name = "near" } },
            Tenant = new() { Name = "bank" },
        });
        var d = await service.Create(new()
        {
            Name = "d",
            Vip = new() { Name = "192.0.2.10" },
            LoadBalancerType = LoadBalancerType.Layer2,
            VirtualChassis = new() { Name = "chassis-1" },
            Enabled = false,
        });
        var e = await service.Create(new(await TestInventory.Draft(service, "e"))
        {
            DeviceRedundancyGroup = new() { Name = "pair-1" },
            LoadBalancerType = LoadBalancerType.Dns,
            Protocol = Protocol.Dns,
        });
        await service.Delete((await service.Create(
            new(await TestInventory.Draft(service, "gone")) { LoadBalancerPool = null, Tenant = new() { Name = "bank" } })).Id);

        await Expect(
            "5 of them 4 enabled and 3 with conditions",
            "CertificateExpired 1, CertificateExpiring 1, Conflicted 2, NameDiffersOnlyByCase 2, PoolEmpty 1, TenantMismatch 1",
            "Error 3, Warning 3",
            "Dns 1, Layer2 1, Layer7 3",
            "Dns 1, Https 2, Tcp 1, Unspecified 1",
            "CloudService 1, Device 2, DeviceRedundancyGroup 1, VirtualChassis 1",
            "acme 2, bank 1, none 2");

        await service.VirtualServers.EnableVirtualServerAsync(new() { Id = d.Id });
        await service.Update(b.Id, new() { Port = 80, Protocol = Protocol.Http });
        await service.Update(e.Id, new() { Tenant = new() { Name = "acme" } });
        await Expect(
            "5 of them 5 enabled and 4 with conditions",
            "CertificateExpired 1, CertificateExpiring 1, NameDiffersOnlyByCase 2, PoolEmpty 1, PoolUnset 1, TenantMismatch 1",
            "Error 2, Warning 4",
            "Dns 1, Layer2 1, Layer7 3",
            "Dns 1, Http 1, Https 2, Unspecified 1",
            "CloudService 1, Device 2, DeviceRedundancyGroup 1, VirtualChassis 1",
            "acme 3, bank 1, none 1");

        await service.Delete(a.Id);
        await service.Delete(c.Id);
        await Expect(
            "3 of them 3 enabled and 2 with conditions",
            "PoolEmpty 1, PoolUnset 1, TenantMismatch 1",
            "Error 1, Warning 2",
            "Dns 1, Layer2 1, Layer7 1",
            "Dns 1, Http 1, Unspecified 1",
            "Device 1, DeviceRedundancyGroup 1, VirtualChassis 1",
            "acme 2, none 1");

        // The empty pool of a disabled virtual server is no error.
        await service.VirtualServers.DisableVirtualServerAsync(new() { Id = b.Id });
        await Expect(
            "3 of them 2 enabled and 2 with conditions",
            "PoolEmpty 1, PoolUnset 1, TenantMismatch 1",
            "Info 1, Warning 2",
            "Dns 1, Layer2 1, Layer7 1",
            "Dns 1, Http 1, Unspecified 1",
            "Device 1, DeviceRedundancyGroup 1, VirtualChassis 1",
            "acme 2, none 1");
        await service.VirtualServers.EnableVirtualServerAsync(new() { Id = b.Id });

        // Changes of other objects update the counts, too.
        await service.Pools.AddPoolMemberAsync(
            new() { Name = "empty", Member = new() { IpAddress = new() { Name = "198.51.100.1" }, Port = 80 } });
        await service.Pools.UpdateLoadBalancerPoolAsync(
            new() { Name = "empty", LoadBalancerPool = new(), UpdateMask = new() { Paths = { "tenant" } } });
        var acme = (await service.Inventory.GetInventoryObjectAsync(
            new() { Name = new() { Kind = Kind.Tenant, Name = "acme" } })).InventoryObject;
        await service.Upsert(new() { Id = acme.Id, Tenant = new() { Name = "acme, renamed" } });
        await service.Undelete(c.Id);
        await Expect(
            "4 of them 4 enabled and 2 with conditions",
            "CertificateExpired 1, CertificateExpiring 1, PoolUnset 1",
            "Error 1, Warning 2",
            "Dns 1, Layer2 1, Layer7 2",
            "Dns 1, Http 1, Https 1, Unspecified 1",
            "CloudService 1, Device 1, DeviceRedundancyGroup 1, VirtualChassis 1",
            "acme, renamed 2, bank 1, none 1");

        foreach (var one in new[] { b, c, d, e }) await service.Delete(one.Id);
        Assert.Equal(new(), await service.VirtualServers.SummarizeVirtualServersAsync(new()));

        async Task Expect(
            string totals, string conditions, string severities, string types, string protocols, string placements, string tenants)
        {
            var summary = await service.VirtualServers.SummarizeVirtualServersAsync(new());
            Assert.Equal(
                totals,
                $"{summary.TotalCount} of them {summary.EnabledCount} enabled and {summary.HasConditionsCount} with conditions");
            Assert.Equal(conditions, Joined(summary.Conditions.Select(counted => $"{counted.Type} {counted.Count}")));
            Assert.Equal(severities, Joined(summary.Severities.Select(counted => $"{counted.Severity} {counted.Count}")));
            Assert.Equal(types, Joined(summary.LoadBalancerTypes.Select(counted => $"{counted.Type} {counted.Count}")));
            Assert.Equal(protocols, Joined(summary.Protocols.Select(counted => $"{counted.Protocol} {counted.Count}")));
            Assert.Equal(placements, Joined(summary.Placements.Select(counted => $"{counted.Kind} {counted.Count}")));
            // The largest count first; equal counts in any order.
            Assert.Equal(
                summary.Tenants.Select(counted => counted.Count).OrderDescending(),
                summary.Tenants.Select(counted => counted.Count));
            Assert.Equal(tenants, Joined(summary.Tenants.Select(counted => $"{counted.Tenant?.Name ?? "none"} {counted.Count}")));
            foreach (var counted in summary.Tenants.Where(counted => counted.Tenant is not null))
                Assert.Equal(
                    counted.Tenant.Name,
                    (await service.Inventory.GetInventoryObjectAsync(new() { Id = counted.Tenant.Id })).InventoryObject.Tenant.Name);
        }
    }

    [Fact]
    public async Task The_counts_match_the_filtered_lists()
    {
        await using var service = await TestService.Start();
        await TestInventory.Register(service);
        for (var i = 0; i < 12; i++)
        {
            await service.Create(new(await TestInventory.Draft(service))
            {
                Protocol = (Protocol)i,
                LoadBalancerType = (LoadBalancerType)((i % 4) + 1),
                SslOffload = i % 2 == 0,
                LoadBalancerPool = i % 3 == 0 ? null : new() { Name = "pool-1" },
            });
        }

        var summary = await service.VirtualServers.SummarizeVirtualServersAsync(new());
        foreach (var type in ExpectedCondition.All)
            Assert.Equal(
                (await service.Listed(new() { Conditions = { type } })).Count,
                summary.Conditions.SingleOrDefault(counted => counted.Type == type)?.Count ?? 0);
        foreach (var severity in new[] { ConditionSeverity.Error, ConditionSeverity.Warning, ConditionSeverity.Info })
            Assert.Equal(
                (await service.Listed(new() { Severities = { severity } })).Count,
                summary.Severities.SingleOrDefault(counted => counted.Severity == severity)?.Count ?? 0);
        Assert.Equal((await service.Listed(new() { HasConditions = true })).Count, summary.HasConditionsCount);
        Assert.Equal((await service.Listed()).Count, summary.TotalCount);
    }

    private static string Joined(IEnumerable<string> counts) => string.Join(", ", counts.Order(StringComparer.Ordinal));
}
