using Google.Protobuf.WellKnownTypes;
using VirtualServers.Domain;
using VirtualServers.Service.Queries;
using VirtualServers.Service.Store;
using Enum = System.Enum;
using Kind = VirtualServers.Domain.Kind;
using Reference = VirtualServers.Domain.Reference;

namespace VirtualServers.Service.Wire;

/// <summary>Reads the fields of a filter message one by one, and collects the filters and every violation.</summary>
public sealed class FilterReader
{
    private const int MaxNames = 1000;
    private const int MaxValues = 100;
    private const int MaxText = 255;

    private readonly List<Filter> filters = [];
    private readonly List<Violation> violations = [];

    public IReadOnlyList<Filter> Filters => filters;

    public IReadOnlyList<Violation> Violations => violations;

    /// <summary>The objects of these ids.</summary>
    public FilterReader Ids(string field, IReadOnlyList<string> values)
    {
        Limit(field, values.Count, MaxNames);
        var ids = values.Index().Select(one => Uuid($"{field}[{one.Index}]", one.Item)).OfType<Guid>().Distinct().ToArray();
        return Add(values.Count > 0, new Filter.Ids(ids));
    }

    /// <summary>The objects of these names, which the given function brings into the form in which they are stored.</summary>
    public FilterReader Names(string field, IReadOnlyList<string> values, Func<string, IEnumerable<string>>? stored = null)
    {
        Limit(field, values.Count, MaxNames);
        foreach (var (index, value) in values.Index()) Readable($"{field}[{index}]", value);
        var names = values.Select(Domain.Texts.Canonical).SelectMany(stored ?? (name => [name]));
        return Add(values.Count > 0, new Filter.Names([.. names.Distinct()]));
    }

    /// <summary>The objects whose names begin with one of these texts.</summary>
    public FilterReader NamePrefixes(string field, IReadOnlyList<string> values) =>
        Add(Texts(field, values), new Filter.NameBegins([.. values]));

    /// <summary>The objects whose names contain one of these texts.</summary>
    public FilterReader NameContains(string field, IReadOnlyList<string> values) =>
        Add(Texts(field, values), new Filter.NameContains([.. values]));

    /// <summary>The objects with one of these texts in a column.</summary>
    public FilterReader Texts(string field, IReadOnlyList<string> values, FilterColumn column) =>
        Add(Texts(field, values), new Filter.OneOf(column, [.. values.Distinct()]));

    /// <summary>The objects with this value in a column; all if it is not set.</summary>
    public FilterReader Flag(bool? value, FilterColumn column) => Add(value is not null, new Filter.Is(column, value == true));

    /// <summary>The objects that are used, or those that are not; all if it is not set.</summary>
    public FilterReader Used(bool? value) => Add(value is not null, new Filter.Used(value == true));

    /// <summary>The objects with one of these values in a column.</summary>
    /// <param name="orUnset">Whether the unspecified value stands for objects without a value.</param>
    public FilterReader Choice<TWire, T>(string field, IReadOnlyList<TWire> values, FilterColumn column, bool orUnset = false)
        where TWire : struct, Enum
        where T : struct, Enum =>
        Add(values.Count > 0, new Filter.OneOf(column, Chosen<TWire, T>(field, values, orUnset), values.Contains(default)));

    /// <summary>The pools that have a member with one of these statuses.</summary>
    public FilterReader MemberStatuses(string field, IReadOnlyList<V1.PoolMemberStatus> values) =>
        Add(values.Count > 0, new Filter.MemberStatuses(Chosen<V1.PoolMemberStatus, Domain.Pools.MemberStatus>(field, values, false)));

    /// <summary>The virtual servers that are placed on these kinds of objects.</summary>
    public FilterReader PlacementKinds(string field, IReadOnlyList<V1.Kind> values, IReadOnlyList<Kind> known)
    {
        Limit(field, values.Count, MaxValues);
        foreach (var (index, value) in values.Index().Where(one => !known.Contains((Kind)one.Item)))
        {
            Invalid(
                $"{field}[{index}]",
                $"{value:D} is not a kind of placement: "
                + $"use one of {string.Join(", ", known.Select(kind => $"KIND_{kind.Stored().ToUpperInvariant()}"))}");
        }

        string[] kinds = [.. values.Select(value => (Kind)value).Where(known.Contains).Select(kind => kind.Stored()).Distinct()];
        return Add(values.Count > 0, new Filter.OneOf(FilterColumn.PlacementKind, kinds));
    }

    /// <summary>The kinds of inventory in a list: that of the request, or those of the filter.</summary>
    public FilterReader InventoryKinds(V1.Kind one, IReadOnlyList<V1.Kind> values)
    {
        if ((one != 0 || values.Count == 0) && InventoryWire.IsKind(one, "kind", out _) is { } violation) violations.Add(violation);
        foreach (var (index, value) in values.Index())
        {
            if (InventoryWire.IsKind(value, $"filter.kinds[{index}]", out _) is { } unknown) violations.Add(unknown);
        }

        if (one != 0 && values.Count > 0 && !values.Contains(one))
            violations.Add(new(Reason.FieldInvalid, "kind", "kind is not one of filter.kinds: omit one of them"));
        return this;
    }

    /// <summary>The objects with one of these ports.</summary>
    public FilterReader Ports(string field, V1.PortFilter? wire)
    {
        if (wire is null || wire is { Ports.Count: 0, Ranges.Count: 0, Unset: false }) return this;
        Limit($"{field}.ports", wire.Ports.Count, MaxValues);
        Limit($"{field}.ranges", wire.Ranges.Count, MaxValues);
        foreach (var (index, port) in wire.Ports.Index()) Port($"{field}.ports[{index}]", port);
        foreach (var (index, range) in wire.Ranges.Index())
        {
            Port($"{field}.ranges[{index}].first", range.First);
            Port($"{field}.ranges[{index}].last", range.Last);
            if (range.Last < range.First)
                Invalid($"{field}.ranges[{index}].last", $"{range.Last} is less than first: use {range.First} to 65535");
        }

        return Add(true, new Filter.Ports([.. wire.Ports], [.. wire.Ranges.Select(range => (range.First, range.Last))], wire.Unset));
    }

    /// <summary>The objects that refer to one of these addresses by a field.</summary>
    public FilterReader Addresses(string field, IReadOnlyList<V1.AddressFilter> values, string reference) =>
        Add(values.Count > 0, new Filter.Refers([reference], Addresses(field, values)));

    /// <summary>The virtual servers whose pool has a member with one of these addresses.</summary>
    public FilterReader PoolMembers(string field, IReadOnlyList<V1.AddressFilter> values) =>
        Add(values.Count > 0, new Filter.HasPoolMember(Addresses(field, values)));

    /// <summary>The objects that refer by a field to an address in one of these networks.</summary>
    public FilterReader Networks(string field, IReadOnlyList<V1.CidrFilter> values, string reference) =>
        Add(values.Count > 0, new Filter.Refers([reference], Networks(field, values)));

    /// <summary>The addresses and prefixes in one of these networks.</summary>
    public FilterReader Within(string field, IReadOnlyList<V1.CidrFilter> values) =>
        Add(values.Count > 0, new Filter.Within(Networks(field, values)));

    /// <summary>The objects that refer to one of these by the field of the same name, or to none.</summary>
    public FilterReader Reference(string field, V1.ReferenceFilter? wire, Kind kind)
    {
        if (wire is null || wire is { AnyOf.Count: 0, Unset: false }) return this;
        return Add(true, new Filter.Refers([field], References($"{field}.any_of", wire.AnyOf, [kind]), wire.Unset));
    }

    /// <summary>The objects that refer to one of these, of any of these kinds, by the field of the kind.</summary>
    public FilterReader References(string field, IReadOnlyList<V1.Reference> values, IReadOnlyList<Kind> kinds, string[] references) =>
        Add(values.Count > 0, new Filter.Refers(references, References(field, values, kinds)));

    /// <summary>The objects with all of these labels.</summary>
    public FilterReader Labels(string field, IReadOnlyList<V1.LabelFilter> values)
    {
        Limit(field, values.Count, MaxValues);
        foreach (var (index, label) in values.Index())
        {
            var path = $"{field}[{index}]";
            if (label.Key.Length == 0) Missing($"{path}.key", "give the key of the label");
            Limit($"{path}.values", label.Values.Count, MaxValues);
            Printable($"{path}.key", label.Key);
            foreach (var (at, value) in label.Values.Index()) Printable($"{path}.values[{at}]", value);
            Add(true, new Filter.Label(label.Key, [.. label.Values.Distinct()], label.Negate));
        }

        return this;
    }

    /// <summary>The objects whose time in a column is in a period.</summary>
    public FilterReader Period(string field, V1.TimeRange? wire, FilterColumn column) =>
        Period(Time($"{field}.from", wire?.From), Time($"{field}.until", wire?.Until), column);

    /// <summary>The objects whose time in a column is not before one time, and before another.</summary>
    public FilterReader Period((string Field, Timestamp? Wire) from, (string Field, Timestamp? Wire) until, FilterColumn column) =>
        Period(Time(from.Field, from.Wire), Time(until.Field, until.Wire), column);

    /// <summary>The changes of objects of these kinds.</summary>
    public FilterReader Kinds(string field, IReadOnlyList<V1.Kind> values)
    {
        var kinds = Chosen<V1.Kind, Kind>(field, values, orUnset: false);
        return Add(values.Count > 0, new Filter.OneOf(FilterColumn.Kind, [.. kinds.Select(kind => Enum.Parse<Kind>(kind).Stored())]));
    }

    /// <summary>The changes of these types.</summary>
    public FilterReader ChangeTypes(string field, IReadOnlyList<string> values)
    {
        Limit(field, values.Count, MaxValues);
        foreach (var (index, value) in values.Index().Where(one => StoredEvents.Of(one.Item) is null))
        {
            Invalid(
                $"{field}[{index}]",
                $"{value.InQuotes} is not a type of change: use one of {string.Join(", ", StoredEvents.All.Select(one => one.Name))}");
        }

        return Add(values.Count > 0, new Filter.OneOf(FilterColumn.EventType, [.. values.Distinct()]));
    }

    /// <summary>The changes with this text in a column; all if it is blank.</summary>
    public FilterReader Text(string field, string value, FilterColumn column) =>
        Add(Line(field, value), new Filter.OneOf(column, [value]));

    /// <summary>The changes whose reason contains a text; all if it is blank.</summary>
    public FilterReader ReasonContains(string field, string value) => Add(Line(field, value), new Filter.ReasonContains(value));

    /// <summary>The objects that contain a text, or that refer by these fields to one whose name does.</summary>
    public FilterReader Search(string field, string text, params string[] references)
    {
        Printable(field, text);
        if (text.EnumerateRunes().Count() > MaxText) Invalid(field, $"{text.Length} characters are too many: use up to {MaxText}");
        return Add(!string.IsNullOrWhiteSpace(text), new Filter.Text(Domain.Texts.Canonical(text), references));
    }

    /// <summary>The virtual servers with conditions. Only current conditions are stored, so a past state has no such filter.</summary>
    public FilterReader Conditions(ConditionFilter asked, IEnumerable<Violation> malformed, bool isPast)
    {
        violations.AddRange(malformed);
        if (asked is { IsSpecific: false, Any: null }) return this;
        if (isPast)
        {
            violations.Add(new(
                Reason.FieldInvalid, $"filter.{FieldOf(asked)}",
                "conditions are not a filter as of a past time: omit the filter by conditions, or read_time"));
        }

        return Add(true, new Filter.Conditions(asked));
    }

    private static string FieldOf(ConditionFilter asked) => asked switch
    {
        { Types.Count: > 0 } => "conditions",
        { Severities.Count: > 0 } => "severities",
        { With: not null } => "in_condition_with",
        _ => "has_conditions",
    };

    private FilterReader Add(bool isAsked, Filter filter)
    {
        if (isAsked) filters.Add(filter);
        return this;
    }

    private FilterReader Period(DateTimeOffset? from, DateTimeOffset? until, FilterColumn column) =>
        Add(from is not null || until is not null, new Filter.Between(column, from, until));

    private DateTimeOffset? Time(string field, Timestamp? wire) => Masks.ToTime(wire, $"filter.{field}", violations);

    private string[] Chosen<TWire, T>(string field, IReadOnlyList<TWire> values, bool orUnset)
        where TWire : struct, Enum
        where T : struct, Enum
    {
        Limit(field, values.Count, MaxValues);
        var chosen = new List<string>();
        foreach (var (index, value) in values.Index())
        {
            var number = Convert.ToInt32(value, null);
            var known = (T)Enum.ToObject(typeof(T), number);
            if (Enum.IsDefined(known)) chosen.Add(known.ToString());
            else if (number != 0 || !orUnset)
            {
                Invalid(
                    $"{field}[{index}]",
                    $"{number} is not defined: "
                    + $"use a value from {(orUnset ? 0 : 1)} to {Enum.GetValues<T>().Length}, as named in the contract");
            }
        }

        return [.. chosen.Distinct()];
    }

    private List<ReferenceTarget> Addresses(string field, IReadOnlyList<V1.AddressFilter> values)
    {
        Limit(field, values.Count, MaxValues);
        var targets = new List<ReferenceTarget>();
        foreach (var (index, value) in values.Index())
        {
            var path = $"{field}[{index}]";
            var scope = Scope($"{path}.namespace", value.Namespace);
            if (value.Id.Length > 0)
            {
                if (Uuid($"{path}.id", value.Id) is { } id) targets.Add(new ReferenceTarget.ById(id));
            }
            else if (value.Address.Length == 0) Missing(path, "give the id or the address");
            else if (Network.Address(value.Address.Trim(), out var error) is { } address)
                targets.Add(new ReferenceTarget.ByName([Kind.IpAddress], address, scope));
            else Invalid($"{path}.address", error);
        }

        return targets;
    }

    private List<ReferenceTarget.InNetwork> Networks(string field, IReadOnlyList<V1.CidrFilter> values)
    {
        Limit(field, values.Count, MaxValues);
        var networks = new List<ReferenceTarget.InNetwork>();
        foreach (var (index, value) in values.Index())
        {
            var path = $"{field}[{index}]";
            var scope = Scope($"{path}.namespace", value.Namespace);
            if (value.Cidr.Length == 0) Missing($"{path}.cidr", "give a network such as 192.0.2.0/24");
            else if (Network.Prefix(value.Cidr.Trim(), out var error) is { } cidr) networks.Add(new(cidr, scope));
            else Invalid($"{path}.cidr", error);
        }

        return networks;
    }

    private List<ReferenceTarget> References(string field, IReadOnlyList<V1.Reference> values, IReadOnlyList<Kind> kinds)
    {
        Limit(field, values.Count, MaxValues);
        var targets = new List<ReferenceTarget>();
        foreach (var (index, value) in values.Index())
        {
            var path = $"{field}[{index}]";
            if (value.Id.Length > 0)
            {
                if (Uuid($"{path}.id", value.Id) is { } id) targets.Add(new ReferenceTarget.ById(id));
            }
            else if (Readable($"{path}.name", value.Name))
            {
                var reference = new Reference("", value.Name, value.Namespace);
                List<FieldReference> named = [.. kinds.Select(kind => new FieldReference($"filter.{path}", kind, reference))];
                violations.AddRange(named[0].Unreadable);
                targets.AddRange(named.Select(one => new ReferenceTarget.ByName([one.Kind], one.Name ?? "", one.Scope)));
            }
        }

        return targets;
    }

    /// <summary>A name in the form in which objects of a kind have it.</summary>
    public static string Stored(Kind kind, string name) => new FieldReference("", kind, new Reference(null, name)).Name ?? "";

    private string? Scope(string field, string value)
    {
        Printable(field, value);
        return string.IsNullOrWhiteSpace(value) ? null : Domain.Texts.Canonical(value);
    }

    private Guid? Uuid(string field, string value)
    {
        var target = Requests.Id(value, "", field);
        if (target.Address is Address.ById(var id, _)) return id;
        violations.AddRange(target.Violations.Select(violation => violation with { Field = $"filter.{field}" }));
        return null;
    }

    private bool Texts(string field, IReadOnlyList<string> values)
    {
        Limit(field, values.Count, MaxValues);
        foreach (var (index, value) in values.Index()) Readable($"{field}[{index}]", value);
        return values.Count > 0;
    }

    private bool Line(string field, string value)
    {
        if (string.IsNullOrWhiteSpace(value)) return false;
        var length = Domain.Texts.Length(value);
        if (length > MaxText) Invalid(field, $"{length} characters are too many: use up to {MaxText}");
        return Readable(field, value);
    }

    private bool Readable(string field, string value)
    {
        if (Requests.Unreadable($"filter.{field}", value) is not { } violation) return true;
        violations.Add(violation);
        return false;
    }

    private void Printable(string field, string value)
    {
        if (value.Any(char.IsControl)) Invalid(field, "it has control characters: use printable text");
    }

    private void Port(string field, int port)
    {
        if (port is < 0 or > 65535) Invalid(field, $"{port} is out of range: use 0 to 65535");
    }

    private void Limit(string field, int count, int max)
    {
        if (count > max) Invalid(field, $"{count} values are too many: use up to {max}");
    }

    private void Missing(string field, string remedy) =>
        violations.Add(new(Reason.FieldRequired, $"filter.{field}", $"filter.{field} is required: {remedy}"));

    private void Invalid(string field, string problem) =>
        violations.Add(new(Reason.FieldInvalid, $"filter.{field}", $"filter.{field}: {problem}"));
}
