namespace VirtualServers.Service.Security;

/// <summary>The tenants for which a permission is given.</summary>
public sealed class TenantScope
{
    private TenantScope(IEnumerable<string> tenants) => Tenants = tenants.ToHashSet(StringComparer.Ordinal);

    /// <summary>Every tenant, and objects without a tenant.</summary>
    public static TenantScope All { get; } = new([]);

    /// <summary>No tenant.</summary>
    public static TenantScope None { get; } = new([]);

    /// <summary>Whether the permission is given for everything.</summary>
    public bool IsUnlimited => this == All;

    /// <summary>The ids or names of the tenants, as they are configured; empty when unlimited.</summary>
    public IReadOnlySet<string> Tenants { get; }

    /// <summary>Some tenants, by id or name.</summary>
    public static TenantScope Of(IEnumerable<string> tenants) => new(tenants);

    /// <summary>What either gives.</summary>
    public TenantScope Or(TenantScope other) => IsUnlimited || other.IsUnlimited ? All : new(Tenants.Union(other.Tenants));
}

/// <summary>What a caller may do: the permissions of all its roles, each with the tenants for which it is given.</summary>
public sealed class Access
{
    private readonly Dictionary<Permission, TenantScope> scopes = [];

    /// <param name="grants">Each permission as often as it is given; the scopes of one permission are united.</param>
    public Access(IEnumerable<(Permission Permission, TenantScope Scope)> grants)
    {
        foreach (var (permission, scope) in grants) scopes[permission] = Scope(permission)?.Or(scope) ?? scope;
    }

    /// <summary>Nothing is permitted.</summary>
    public static Access None { get; } = new([]);

    /// <summary>Everything is permitted.</summary>
    public static Access Everything { get; } = new(Enum.GetValues<Permission>().Select(permission => (permission, TenantScope.All)));

    /// <summary>The tenants for which a permission is given; null when it is not given at all.</summary>
    public TenantScope? Scope(Permission permission) => scopes.GetValueOrDefault(permission);
}
