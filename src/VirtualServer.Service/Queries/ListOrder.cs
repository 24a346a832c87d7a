using VirtualServers.Domain;
using VirtualServers.Domain.Inventory;
using VirtualServers.Service.Store;

namespace VirtualServers.Service.Queries;

/// <summary>A key that lists can be ordered by.</summary>
/// <param name="Name">Its name in the contract.</param>
/// <param name="Column">Its value for a row <c>v</c> of the table of versions, or for the VIP <c>a</c> of the row.</param>
/// <param name="Type">The type of its value in PostgreSQL.</param>
/// <param name="Of">The kinds that have it; all if there are none.</param>
public sealed record OrderKey(string Name, Sql Column, string Type, params IReadOnlyList<Kind> Of)
{
    private static readonly Kind[] Ported = [Kind.VirtualServer, Kind.HealthCheckMonitor];
    private static readonly Kind[] Typed =
        [Kind.VirtualServer, Kind.LoadBalancerPool, Kind.HealthCheckMonitor, Kind.CertificateProfile];
    private static readonly Kind[] Inventory = [.. InventoryObject.Kinds];

    /// <summary>Every key. Each has an index, for live lists and for lists as of a past time (Store/Migrations).</summary>
    public static readonly IReadOnlyList<OrderKey> All =
    [
        new("name", Sql.Text("v.name"), "text"),
        new("vip", Sql.Text("a.network"), "inet", Kind.VirtualServer) { IsOfVip = true },
        new("address", Sql.Text("v.network"), "inet", Inventory) { CanBeUnset = true },
        new("port", Sql.Text("v.port"), "integer", Ported) { CanBeUnset = true },
        new("protocol", Sql.Text("v.protocol"), "text", Kind.VirtualServer) { CanBeUnset = true },
        new("type", Sql.Text("v.type"), "text", Typed) { CanBeUnset = true },
        new("expiration_date", Sql.Text("v.expires"), "timestamptz", Kind.CertificateProfile) { CanBeUnset = true },
        new("create_time", Sql.Text("v.create_time"), "timestamptz"),
        new("update_time", Sql.Text("v.valid_from"), "timestamptz"),
    ];

    /// <summary>Whether objects without a value exist: last in ascending order, first in descending order.</summary>
    public bool CanBeUnset { get; private init; }

    /// <summary>Whether the value is that of the VIP of a virtual server.</summary>
    public bool IsOfVip { get; private init; }
}

/// <summary>A key and its direction.</summary>
public sealed record OrderBy(OrderKey Key, bool IsDescending);

/// <summary>Reads the order of a list (AIP-132).</summary>
internal static class ListOrder
{
    private const int MaxKeys = 4;

    /// <summary>The order of every list unless asked otherwise.</summary>
    public static readonly IReadOnlyList<OrderBy> ByName = [new(OrderKey.All[0], false)];

    /// <summary>The order of a text, such as <c>name desc, create_time</c>, and its violations.</summary>
    public static IReadOnlyList<OrderBy> Read(string text, IReadOnlyList<Kind> kinds, List<Violation> violations)
    {
        if (string.IsNullOrWhiteSpace(text)) return ByName;
        var known = OrderKey.All.Where(key => key.Of.Count == 0 || key.Of.Any(kinds.Contains)).ToList();
        var order = new List<OrderBy>();
        foreach (var part in text.Split(','))
        {
            var words = part.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var key = words is [_] or [_, "asc" or "desc"] ? known.Find(one => one.Name == words[0]) : null;
            if (key is not null)
            {
                order.Add(new(key, words is [_, "desc"]));
                continue;
            }

            Add($"order_by {part.Trim().InQuotes} is not a key of this list: "
                + $"use {string.Join(", ", known.Select(one => one.Name))}, each with or without desc");
        }

        if (order.Count > MaxKeys) Add($"order_by has {order.Count} keys: use up to {MaxKeys}");
        if (order.Select(one => one.Key).Distinct().Count() < order.Count) Add("order_by has a key twice: leave one out");
        return order;

        void Add(string message) => violations.Add(new(Reason.FieldInvalid, "order_by", message));
    }
}
