using VirtualServers.Domain;
using VirtualServers.Service.Projections;
using VirtualServers.Service.Security;

namespace VirtualServers.Service.Queries;

/// <summary>Finds the tenants that the configuration names. A grant follows the name: it is looked up for each call.</summary>
public sealed class TenantNames(Lookups lookups)
{
    private static readonly Column<string> Name = new();

    private static readonly Lookup ByName = new(
        $"""
        select d.id, d.name, a.n
        from a join {DirectoryTable.Name} d on d.kind = 'tenant' and d.living and d.scope = '' and d.name collate "C" = {Name}
        """);

    /// <summary>The ids of the tenants of each scope. A name without a tenant stands for none.</summary>
    public async Task<Func<TenantScope, Tenants>> Find(IEnumerable<TenantScope> scopes, CancellationToken cancellation)
    {
        var batch = new LookupBatch();
        var found = scopes.SelectMany(scope => scope.Tenants).Distinct()
            .Where(tenant => Reference.ParseUuid(tenant) is null && AddressSql.CanBeLookedUp(tenant))
            .Select(name => batch.Ask(ByName, rows => (Name: rows.GetString(1), Id: rows.GetGuid(0)), Name.Is(name))).ToList();
        await lookups.Answer(batch, cancellation);
        var known = found.SelectMany(rows => rows).ToDictionary(row => row.Name, row => row.Id);
        return scope => scope.IsUnlimited ? Tenants.All : Tenants.Only(scope.Tenants
            .Select(tenant => Reference.ParseUuid(tenant) ?? (known.TryGetValue(tenant, out var id) ? id : null)).OfType<Guid>());
    }
}
