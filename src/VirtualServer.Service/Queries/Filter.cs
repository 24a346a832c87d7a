using VirtualServers.Domain;
using VirtualServers.Service.Store;

namespace VirtualServers.Service.Queries;

/// <summary>One restriction of a list. An object must satisfy all of them. <see cref="FilterSql"/> has the clause of each.</summary>
public abstract record Filter
{
    private Filter() { }

    /// <summary>Objects with one of these ids.</summary>
    public sealed record Ids(Guid[] Values) : Filter;

    /// <summary>Objects with one of these names.</summary>
    public sealed record Names(string[] Values) : Filter;

    /// <summary>Objects whose name begins with one of these texts, in any letter case.</summary>
    public sealed record NameBegins(IReadOnlyList<string> Texts) : Filter;

    /// <summary>Objects whose name contains one of these texts, in any letter case.</summary>
    public sealed record NameContains(IReadOnlyList<string> Texts) : Filter;

    /// <summary>Objects with this value in a column.</summary>
    public sealed record Is(FilterColumn Column, bool Value) : Filter;

    /// <summary>Objects with one of these values in a column, or, if asked for, without one.</summary>
    public sealed record OneOf(FilterColumn Column, string[] Values, bool OrUnset = false) : Filter;

    /// <summary>Objects with one of these ports, a port in one of these ranges, or, if asked for, without one.</summary>
    public sealed record Ports(int[] Values, IReadOnlyList<(int First, int Last)> Ranges, bool OrUnset) : Filter;

    /// <summary>Objects whose time in a column is in a period; its start belongs to it, its end does not.</summary>
    public sealed record Between(FilterColumn Column, DateTimeOffset? From, DateTimeOffset? Until) : Filter;

    /// <summary>Objects that refer to one of these by one of these fields, or, if asked for, to none.</summary>
    public sealed record Refers(string[] Fields, IReadOnlyList<ReferenceTarget> Targets, bool OrUnset = false) : Filter;

    /// <summary>Virtual servers whose pool has a member with one of these addresses.</summary>
    public sealed record HasPoolMember(IReadOnlyList<ReferenceTarget> Addresses) : Filter;

    /// <summary>Pools that have a member with one of these statuses.</summary>
    public sealed record MemberStatuses(string[] Values) : Filter;

    /// <summary>Objects that a live object refers to, or those that none refers to.</summary>
    public sealed record Used(bool Value) : Filter;

    /// <summary>Objects with a label of this key and, if there are any, one of these values; the others if negated.</summary>
    public sealed record Label(string Key, string[] Values, bool IsNegated) : Filter;

    /// <summary>Addresses and prefixes in one of these networks.</summary>
    public sealed record Within(IReadOnlyList<ReferenceTarget.InNetwork> Networks) : Filter;

    /// <summary>Objects whose own text contains a text in any letter case, or that refer by these fields to one whose name does.</summary>
    public sealed record Text(string Value, string[] Fields) : Filter;

    /// <summary>Versions whose reason contains a text in any letter case.</summary>
    public sealed record ReasonContains(string Part) : Filter;

    /// <summary>Virtual servers with conditions.</summary>
    public sealed record Conditions(ConditionFilter Asked) : Filter;
}

/// <summary>The objects that a filter by reference means.</summary>
public abstract record ReferenceTarget
{
    private ReferenceTarget() { }

    /// <summary>The object of this id.</summary>
    public sealed record ById(Guid Id) : ReferenceTarget;

    /// <summary>The objects of one of these kinds with this name, in any scope if none is given.</summary>
    public sealed record ByName(Kind[] Kinds, string Name, string? Scope = null) : ReferenceTarget;

    /// <summary>The addresses and prefixes in this network, in any scope if none is given.</summary>
    public sealed record InNetwork(string Cidr, string? Scope) : ReferenceTarget;
}

/// <summary>A column of the table of versions that a filter compares.</summary>
public sealed class FilterColumn
{
    public static readonly FilterColumn Enabled = new("enabled") { HasIndex = false };
    public static readonly FilterColumn SslOffload = new("ssl_offload") { HasIndex = false };
    public static readonly FilterColumn Protocol = new("protocol");
    public static readonly FilterColumn Type = new("type");
    public static readonly FilterColumn SourceNatType = new("source_nat_type") { HasIndex = false };
    public static readonly FilterColumn PlacementKind = new("placement_kind") { HasIndex = false };
    public static readonly FilterColumn Scope = new("scope") { HasIndex = false };
    public static readonly FilterColumn Actor = new("actor");
    public static readonly FilterColumn Kind = new("kind");
    public static readonly FilterColumn EventType = new("event_type");
    public static readonly FilterColumn CorrelationId = new("correlation_id");
    public static readonly FilterColumn Expires = new("expires");
    public static readonly FilterColumn CreateTime = new("create_time");
    public static readonly FilterColumn UpdateTime = new("valid_from");

    private FilterColumn(string name) => Sql = Sql.Text($"v.{name}");

    /// <summary>Whether an index leads to the rows of a value.</summary>
    internal bool HasIndex { get; private init; } = true;

    /// <summary>The column of a row <c>v</c>.</summary>
    internal Sql Sql { get; }
}
