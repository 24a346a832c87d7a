using VirtualServers.Domain;
using VirtualServers.Domain.VirtualServers;
using VirtualServers.Service.Queries;
using PoolField = VirtualServers.Domain.Pools.Field;
using Usage = VirtualServers.Service.Queries.Usage;

namespace VirtualServers.Service.Wire;

/// <summary>Usages from and to the contract.</summary>
public static class UsageWire
{
    // Every field that refers to an object.
    private static readonly string[] Fields =
    [
        Field.Vip, .. Field.Placements, Field.SourceNatPool, Field.Tenant, Field.HealthCheckMonitor, Field.LoadBalancerPool,
        Field.CertificateProfiles,
        .. new[] { PoolField.IpAddress, PoolField.CertificateProfiles, PoolField.HealthCheckMonitor, PoolField.Tenant }
            .Select(field => $"{PoolField.Members}.{field}"),
    ];

    /// <summary>The query of a request.</summary>
    public static UsageQuery ToQuery(V1.ListUsagesRequest request) =>
        new(Target(request.Id, request.Name), request.Fields, request.PageSize, request.PageToken)
        {
            ReadTime = Reads.ToReadTime(request.ReadTime, out var timeless),
            Malformed = [.. Unknown(request.Fields), .. timeless],
        };

    /// <summary>A page in the contract.</summary>
    public static V1.ListUsagesResponse ToWire(UsagePage page) => new()
    {
        Object = RegistryObjects.ToWire(page.Object),
        Usages = { page.Usages.Select(ToWire) },
        NextPageToken = page.NextPageToken,
        Counts =
        {
            page.Counts.Select(count => new V1.UsageCount
            {
                Kind = (V1.Kind)count.Kind,
                Field = count.Field,
                Count = count.Number,
            }),
        },
    };

    /// <summary>An object of any kind, by id or by kind and name.</summary>
    /// <param name="onlyLive">False to find a deleted object by its name as well.</param>
    public static Target Target(string id, V1.ObjectName? name, bool onlyLive = true)
    {
        if (name is null) return id.Length > 0 ? Requests.Id(id, "object", "id") : Requests.NoTarget;
        return Enum.IsDefined((Kind)name.Kind)
            ? InventoryWire.Named((Kind)name.Kind, name, onlyLive)
            : Violation.Undefined<Kind>("name.kind", (int)name.Kind);
    }

    private static IEnumerable<Violation> Unknown(IEnumerable<string> fields) =>
        fields.Index().Where(one => !Fields.Contains(one.Item)).Select(one => new Violation(
            Reason.FieldInvalid, $"fields[{one.Index}]",
            $"fields[{one.Index}] {one.Item.InQuotes} refers to no object: "
            + $"use {string.Join(", ", Fields.Order(StringComparer.Ordinal))}"));

    private static V1.Usage ToWire(Usage usage) => new()
    {
        By = RegistryObjects.ToWire(usage.By),
        Field = usage.Field,
        Member = usage.Address is { } address
            ? new() { Id = usage.Part.ToString(), IpAddress = RegistryObjects.ToReference(address), Port = usage.Port ?? 0 }
            : null,
        Through = usage.Through is { } through ? RegistryObjects.ToReference(through) : null,
    };
}
