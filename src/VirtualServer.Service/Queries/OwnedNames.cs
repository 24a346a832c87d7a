using VirtualServers.Domain;
using VirtualServers.Service.Security;

namespace VirtualServers.Service.Queries;

/// <summary>
/// The names of objects at the moment of reading, with the tenants that own them: one reading serves callers of any tenant.
/// </summary>
public sealed class OwnedNames(IReadOnlyCollection<(Named Named, Guid? Tenant)> owned)
{
    /// <summary>No names.</summary>
    public static readonly OwnedNames None = new([]);

    private readonly Names all = new(owned.Select(one => one.Named));

    /// <summary>The names that a caller may read.</summary>
    public Names For(Tenants readable) =>
        readable.AreAll ? all : new(owned.Where(one => readable.CanRead(one.Tenant)).Select(one => one.Named));
}
