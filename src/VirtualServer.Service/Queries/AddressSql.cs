using VirtualServers.Service.Projections;
using VirtualServers.Service.Store;

namespace VirtualServers.Service.Queries;

/// <summary>How statements find the object of an address.</summary>
internal static class AddressSql
{
    /// <summary>
    /// The columns of a lookup that take an address: its id, or its kind, name, scope and whether only a live object is meant.
    /// </summary>
    public static readonly Column<Guid?> Id = new();
    private static readonly Column<string?> Kind = new();
    private static readonly Column<string?> Name = new();
    private static readonly Column<string?> Scope = new();
    private static readonly Column<bool> OnlyLive = new();

    /// <summary>The rows of the directory with the asked name: live objects first, then deleted ones if they are asked for.</summary>
    public static readonly Sql Named =
        $"""
        where kind = {Kind} and name collate "C" = {Name} and ({Scope} is null or scope = {Scope}) and (living or not {OnlyLive})
        order by living desc
        """;

    /// <summary>The id of the asked object.</summary>
    public static readonly Sql AskedId = $"coalesce({Id}, (select id from {DirectoryTable.Name} {Named} limit 1))";

    /// <summary>The values of the columns for an address.</summary>
    public static IEnumerable<(Argument, object?)> Values(Address address) => address switch
    {
        Address.ById(var id, _) => [Id.Is(id)],
        Address.ByName(var kind, var name, var scope, var onlyLive) =>
            [Kind.Is(kind.Stored()), Name.Is(name), Scope.Is(scope), OnlyLive.Is(onlyLive)],
        _ => [],
    };

    /// <summary>The condition that a row <c>d</c> of the directory is the object of an address, for a statement of one call.</summary>
    public static Sql Matches(Address address) => address switch
    {
        Address.ById(var id, _) => $"d.id = {id}",
        Address.ByName(var kind, var name, var scope, var onlyLive) =>
            $"""
            d.kind = {kind.Stored()} and d.name collate "C" = {name} and (d.living or not {onlyLive})
            {(scope is null ? Sql.Empty : $"and d.scope = {scope}")}
            """,
        _ => throw new ArgumentException("an object that does not exist yet matches nothing", nameof(address)),
    };

    /// <summary>Whether PostgreSQL accepts the text. The rules reject text with control characters anyway.</summary>
    public static bool CanBeLookedUp(string text) => !text.Any(char.IsControl);
}
