using System.Collections.Frozen;

namespace VirtualServers.Service.Security;

/// <summary>What a role lets its callers do.</summary>
public enum Permission
{
    /// <summary><c>registry.read</c>: read objects, history and the audit log.</summary>
    RegistryRead,

    /// <summary><c>registry.write</c>: change the objects that the registry owns.</summary>
    RegistryWrite,

    /// <summary><c>inventory.write</c>: register, change and remove the objects of other systems.</summary>
    InventoryWrite,

    /// <summary><c>registry.admin</c>: operate the service: replays and parked changes.</summary>
    RegistryAdmin,

    /// <summary><c>on_behalf_of</c>: name another actor in the metadata <c>x-actor</c>.</summary>
    OnBehalfOf,
}

/// <summary>The one table of what each method requires.</summary>
public static class Permissions
{
    private static readonly (string Service, Permission? Permission, string[] Methods)[] Table =
    [
        (
            "virtualserver.v1.VirtualServerService", Permission.RegistryRead,
            ["GetVirtualServer", "ListVirtualServers", "BatchGetVirtualServers", "SummarizeVirtualServers"]),
        (
            "virtualserver.v1.VirtualServerService", Permission.RegistryWrite,
            [
                "CreateVirtualServer", "UpdateVirtualServer", "DeleteVirtualServer", "UndeleteVirtualServer", "EnableVirtualServer",
                "DisableVirtualServer",
            ]),
        (
            "virtualserver.v1.LoadBalancerPoolService", Permission.RegistryRead,
            ["GetLoadBalancerPool", "ListLoadBalancerPools", "BatchGetLoadBalancerPools"]),
        (
            "virtualserver.v1.LoadBalancerPoolService", Permission.RegistryWrite,
            [
                "CreateLoadBalancerPool", "UpdateLoadBalancerPool", "DeleteLoadBalancerPool", "UndeleteLoadBalancerPool",
                "AddPoolMember", "UpdatePoolMember", "RemovePoolMember", "ReplacePoolMembers",
            ]),
        (
            "virtualserver.v1.HealthCheckMonitorService", Permission.RegistryRead,
            ["GetHealthCheckMonitor", "ListHealthCheckMonitors", "BatchGetHealthCheckMonitors"]),
        (
            "virtualserver.v1.HealthCheckMonitorService", Permission.RegistryWrite,
            ["CreateHealthCheckMonitor", "UpdateHealthCheckMonitor", "DeleteHealthCheckMonitor", "UndeleteHealthCheckMonitor"]),
        (
            "virtualserver.v1.CertificateProfileService", Permission.RegistryRead,
            ["GetCertificateProfile", "ListCertificateProfiles", "BatchGetCertificateProfiles"]),
        (
            "virtualserver.v1.CertificateProfileService", Permission.RegistryWrite,
            [
                "CreateCertificateProfile", "UpdateCertificateProfile", "DeleteCertificateProfile", "UndeleteCertificateProfile",
                "RotateCertificateProfile",
            ]),
        (
            "virtualserver.v1.InventoryService", Permission.RegistryRead,
            ["GetInventoryObject", "ListInventoryObjects", "BatchGetInventoryObjects"]),
        (
            "virtualserver.v1.InventoryService", Permission.InventoryWrite,
            ["UpsertInventoryObject", "BatchUpsertInventoryObjects", "UpsertInventoryObjects", "RemoveInventoryObject"]),
        ("virtualserver.v1.UsageService", Permission.RegistryRead, ["ListUsages"]),
        (
            "virtualserver.v1.HistoryService", Permission.RegistryRead,
            ["ListVersions", "GetVersion", "DiffVersions", "ListAuditEntries"]),
        ("virtualserver.v1.HistoryService", Permission.RegistryWrite, ["RevertObject"]),
        ("virtualserver.v1.ChangeService", Permission.RegistryRead, ["WatchChanges", "ListChanges"]),
        (
            "virtualserver.v1.ChangeService", Permission.RegistryAdmin,
            ["ReplayChanges", "ListParkedChanges", "RetryParkedChanges", "SkipParkedChange"]),
        // Any authenticated caller may learn the contract.
        ("grpc.reflection.v1alpha.ServerReflection", null, ["ServerReflectionInfo"]),
        ("grpc.reflection.v1.ServerReflection", null, ["ServerReflectionInfo"]),
    ];

    private static readonly Dictionary<string, Permission> Spellings =
        Enum.GetValues<Permission>().ToDictionary(permission => permission.Spelled(), StringComparer.Ordinal);

    /// <summary>The permission that each method requires; null for one that every authenticated caller may call.</summary>
    public static IReadOnlyDictionary<string, Permission?> Required { get; } = Table
        .SelectMany(row => row.Methods.Select(method => KeyValuePair.Create($"/{row.Service}/{method}", row.Permission)))
        .ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The methods that answer without credentials: the probes of orchestrators and load balancers have none.</summary>
    public static IReadOnlySet<string> Open { get; } =
        new[] { "Check", "Watch" }.Select(method => $"/grpc.health.v1.Health/{method}").ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Every permission, as the configuration spells it.</summary>
    public static IReadOnlyCollection<string> Names => Spellings.Keys;

    /// <summary>The permission of this name; null when there is none.</summary>
    public static Permission? Named(string name) => Spellings.TryGetValue(name, out var permission) ? permission : null;

    /// <summary>A permission as the configuration spells it.</summary>
    public static string Spelled(this Permission permission) => permission switch
    {
        Permission.RegistryRead => "registry.read",
        Permission.RegistryWrite => "registry.write",
        Permission.InventoryWrite => "inventory.write",
        Permission.RegistryAdmin => "registry.admin",
        Permission.OnBehalfOf => "on_behalf_of",
        _ => throw new ArgumentOutOfRangeException(nameof(permission)),
    };
}
