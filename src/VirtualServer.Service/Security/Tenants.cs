namespace VirtualServers.Service.Security;

/// <summary>The tenants whose objects a caller may read or change: all, or some.</summary>
public sealed class Tenants
{
    /// <summary>The objects of all tenants, and shared objects.</summary>
    public static readonly Tenants All = new(null);

    private readonly HashSet<Guid>? ids;

    private Tenants(HashSet<Guid>? ids) => this.ids = ids;

    /// <summary>The objects of these tenants only.</summary>
    public static Tenants Only(params IEnumerable<Guid> ids) => new([.. ids]);

    public bool AreAll => ids is null;

    /// <summary>The ids of the tenants; none if they are all.</summary>
    public IReadOnlyCollection<Guid> Ids => ids ?? [];

    /// <summary>Equal for equal tenants, in any order; empty for all. Page tokens and request ids are bound to it.</summary>
    public string Identity => ids is null ? "" : $"tenants {string.Join(',', ids.Order())}";

    /// <summary>Whether the caller may read an object of a tenant. Everybody reads shared objects, which have none.</summary>
    public bool CanRead(Guid? tenant) => ids is null || tenant is not { } id || ids.Contains(id);

    /// <summary>Whether the caller may change an object of a tenant. Only a caller without limits changes shared objects.</summary>
    public bool CanChange(Guid? tenant) => ids is null || (tenant is { } id && ids.Contains(id));
}
