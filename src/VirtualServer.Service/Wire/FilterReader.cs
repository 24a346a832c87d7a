using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;
using VirtualServers.Domain;
using VirtualServers.Domain.VirtualServers;
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

    /// <summary>The fields that every filter has.</summary>
    /// <param name="searched">The fields of references; a text is also searched for in the names of the objects they refer to.</param>
    /// <param name="stored">The forms in which objects can have a name of the filter; one that is as written if it is not given.</param>
    public FilterReader Shared(V1.IObjectFilter wire, string[] searched, Func<string, IEnumerable<string>>? stored = null) => this
        .Ids("ids", wire.Ids)
        .Names("names", wire.Names, stored ?? (name => [name]))
        .Add(wire.NamePrefixes.Count > 0, new Filter.NameBegins(Lines("name_prefixes", wire.NamePrefixes)))
        .Add(wire.NameContains.Count > 0, new Filter.NameContains(Lines("name_contains", wire.NameContains)))
        .Period("create_time", wire.CreateTime, FilterColumn.CreateTime)
        .Period("update_time", wire.UpdateTime, FilterColumn.UpdateTime)
        .Texts("actors", wire.Actors, FilterColumn.Actor)
        .Search("q", wire.Q, searched);

    /// <summary>The objects of these ids.</summary>
    public FilterReader Ids(string field, IReadOnlyList<string> values)
    {
        Guid[] ids = [.. Limited(field, values, MaxNames).Select(one => Uuid($"{field}[{one.Index}]", one.Item)).OfType<Guid>().Distinct()];
        return Add(values.Count > 0, new Filter.Ids(ids));
    }

    /// <summary>The objects with one of these texts in a column.</summary>
    public FilterReader Texts(string field, IReadOnlyList<string> values, FilterColumn column) =>
        Add(values.Count > 0, new Filter.OneOf(column, [.. Lines(field, values).Select(Domain.Texts.Canonical).Distinct()]));

    /// <summary>The objects with this value in a column; all if it is not set.</summary>
    public FilterReader Flag(bool? value, FilterColumn column) => Add(value is not null, new Filter.Is(column, value == true));

    /// <summary>The objects that are used, or those that are not; all if it is not set.</summary>
    public FilterReader Used(bool? value) => Add(value is not null, new Filter.Used(value == true));

    /// <summary>The objects with one of these values in a column.</summary>
    /// <param name="orUnset">Whether the unspecified value stands for objects without a value.</param>
    public FilterReader Choice<TWire, T>(string field, IReadOnlyList<TWire> values, FilterColumn column, bool orUnset = false)
        where TWire : struct, Enum
        where T : struct, Enum =>
        Add(values.Count > 0, new Filter.OneOf(column, Stored(Chosen<TWire, T>(field, values, orUnset)), values.Contains(default)));

    /// <summary>The pools that have a member with one of these statuses.</summary>
    public FilterReader MemberStatuses(string field, IReadOnlyList<V1.PoolMemberStatus> values) =>
        Add(values.Count > 0, new Filter.MemberStatuses(Stored(Chosen<V1.PoolMemberStatus, Domain.Pools.MemberStatus>(field, values))));

    /// <summary>The virtual servers that are placed on these kinds of objects.</summary>
    public FilterReader PlacementKinds(string field, IReadOnlyList<V1.Kind> values)
    {
        var kinds = new List<string>();
        foreach (var (index, value) in Limited(field, values, MaxValues))
        {
            var path = $"filter.{field}[{index}]";
            if (InventoryWire.IsKind(value, path, Placement.Kinds, "placement") is { } unknown) violations.Add(unknown);
            else kinds.Add(((Kind)value).Stored());
        }

        return Add(values.Count > 0, new Filter.OneOf(FilterColumn.PlacementKind, [.. kinds.Distinct()]));
    }

    /// <summary>The kinds of inventory in a list: that of the request, or those of the filter.</summary>
    public FilterReader InventoryKinds(V1.Kind one, IReadOnlyList<V1.Kind> values)
    {
        if ((one != 0 || values.Count == 0) && InventoryWire.IsKind(one, "kind", out _) is { } violation) violations.Add(violation);
        foreach (var (index, value) in Limited("kinds", values, MaxValues))
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
        foreach (var (index, port) in Limited($"{field}.ports", wire.Ports, MaxValues)) Port($"{field}.ports[{index}]", port);
        foreach (var (index, range) in Limited($"{field}.ranges", wire.Ranges, MaxValues))
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
        foreach (var (index, label) in Limited(field, values, MaxValues))
        {
            var path = $"{field}[{index}]";
            if (label.Key.Length == 0) Missing($"{path}.key", "give the key of the label");
            Printable($"{path}.key", label.Key);
            foreach (var (at, value) in Limited($"{path}.values", label.Values, MaxValues)) Printable($"{path}.values[{at}]", value);
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
        string[] kinds = [.. Chosen<V1.Kind, Kind>(field, values).Select(kind => kind.Stored())];
        return Add(values.Count > 0, new Filter.OneOf(FilterColumn.Kind, kinds));
    }

    /// <summary>The changes of these types.</summary>
    /// <param name="known">The types that the list can have.</param>
    public FilterReader ChangeTypes(string field, IReadOnlyList<string> values, IReadOnlyList<StoredEvent> known)
    {
        var types = new List<string>();
        foreach (var (index, value) in Limited(field, values, MaxValues))
        {
            types.Add(value);
            if (known.Any(one => one.Name == value)) continue;
            Invalid(
                $"{field}[{index}]",
                $"{value.InQuotes} is not a type of change: use one of {string.Join(", ", known.Select(one => one.Name))}");
        }

        return Add(values.Count > 0, new Filter.OneOf(FilterColumn.EventType, [.. types.Distinct()]));
    }

    /// <summary>The changes with this text in a column; all if it is blank.</summary>
    public FilterReader Text(string field, string value, FilterColumn column) =>
        Add(Line(field, value), new Filter.OneOf(column, [value]));

    /// <summary>The changes whose reason contains a text; all if it is blank.</summary>
    public FilterReader ReasonContains(string field, string value) => Add(Line(field, value), new Filter.ReasonContains(value));

    /// <summary>The virtual servers with conditions. Only current conditions are stored, so a past state has no such filter.</summary>
    public FilterReader Conditions(V1.VirtualServerFilter wire, bool isPast)
    {
        var asked = new ConditionFilter(
            [.. Chosen<V1.ConditionType, ConditionType>("conditions", wire.Conditions).Order()],
            [.. Chosen<V1.ConditionSeverity, ConditionSeverity>("severities", wire.Severities).Order()],
            ConditionWire.Concerned(wire.InConditionWith, "filter.in_condition_with", out var malformed),
            wire.HasHasConditions ? wire.HasConditions : null);
        violations.AddRange(malformed);
        List<string> specific = [];
        if (wire.Conditions.Count > 0) specific.Add("conditions");
        if (wire.Severities.Count > 0) specific.Add("severities");
        if (wire.InConditionWith is not null) specific.Add("in_condition_with");
        if (asked.Any == false)
        {
            violations.AddRange(specific.Select(other => new Violation(
                Reason.FieldInvalid, "filter.has_conditions",
                $"filter.has_conditions is false and filter.{other} is set, so no virtual server can match: omit one of them")));
        }

        var isAsked = specific.Count > 0 || asked.Any is not null;
        if (isAsked && isPast)
        {
            violations.Add(new(
                Reason.FieldInvalid, $"filter.{specific.FirstOrDefault("has_conditions")}",
                "conditions are not a filter as of a past time: omit the filter by conditions, or read_time"));
        }

        return Add(isAsked, new Filter.Conditions(asked));
    }

    private FilterReader Names(string field, RepeatedField<string> values, Func<string, IEnumerable<string>> stored)
    {
        var names = Lines(field, values, MaxNames).Select(Domain.Texts.Canonical).SelectMany(stored);
        return Add(values.Count > 0, new Filter.Names([.. names.Distinct()]));
    }

    private FilterReader Search(string field, string text, string[] references)
    {
        var line = Domain.Texts.Canonical(text);
        Printable(field, line, MaxText);
        return Add(line.Length > 0, new Filter.Text(line, references));
    }

    private FilterReader Add(bool isAsked, Filter filter)
    {
        if (isAsked) filters.Add(filter);
        return this;
    }

    private FilterReader Period(DateTimeOffset? from, DateTimeOffset? until, FilterColumn column) =>
        Add(from is not null || until is not null, new Filter.Between(column, from, until));

    private DateTimeOffset? Time(string field, Timestamp? wire) => Masks.ToTime(wire, $"filter.{field}", violations);

    // Enum values have the same numbers on both sides.
    private List<T> Chosen<TWire, T>(string field, IReadOnlyList<TWire> values, bool orUnset = false)
        where TWire : struct, Enum
        where T : struct, Enum
    {
        var chosen = new List<T>();
        foreach (var (index, value) in Limited(field, values, MaxValues))
        {
            var number = Convert.ToInt32(value, null);
            var known = (T)Enum.ToObject(typeof(T), number);
            if (Enum.IsDefined(known)) chosen.Add(known);
            else if (number != 0 || !orUnset)
                violations.Add(Violation.Undefined<T>($"filter.{field}[{index}]", number, least: orUnset ? 0 : 1));
        }

        return [.. chosen.Distinct()];
    }

    private static string[] Stored<T>(IEnumerable<T> chosen) where T : struct, Enum => [.. chosen.Select(value => value.ToString())];

    private List<ReferenceTarget> Addresses(string field, IReadOnlyList<V1.AddressFilter> values)
    {
        var targets = new List<ReferenceTarget>();
        foreach (var (index, value) in Limited(field, values, MaxValues))
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
        var networks = new List<ReferenceTarget.InNetwork>();
        foreach (var (index, value) in Limited(field, values, MaxValues))
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
        var targets = new List<ReferenceTarget>();
        foreach (var (index, value) in Limited(field, values, MaxValues))
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

    private string? Scope(string field, string value)
    {
        var scope = Domain.Texts.Canonical(value);
        Printable(field, scope);
        return scope.Length == 0 ? null : scope;
    }

    private Guid? Uuid(string field, string value)
    {
        var target = Requests.Id(value, "", $"filter.{field}");
        violations.AddRange(target.Violations);
        return (target.Address as Address.ById)?.Id;
    }

    // The values that a name or a part of one can have.
    private List<string> Lines(string field, IReadOnlyList<string> values, int max = MaxValues) =>
        [.. Limited(field, values, max).Where(one => Readable($"{field}[{one.Index}]", one.Item)).Select(one => one.Item)];

    // The values with their places, up to the maximum. Those beyond it are one violation, and are not read.
    private IEnumerable<(int Index, T Item)> Limited<T>(string field, IReadOnlyList<T> values, int max)
    {
        if (values.Count > max) Invalid(field, $"has {values.Count} values: use up to {max}");
        return values.Take(max).Index();
    }

    // Whether a text is given. A blank one is not.
    private bool Line(string field, string value)
    {
        if (string.IsNullOrWhiteSpace(value)) return false;
        Printable(field, value, MaxText);
        return true;
    }

    private bool Readable(string field, string value)
    {
        if (Requests.Unreadable($"filter.{field}", value) is not { } violation) return true;
        violations.Add(violation);
        return false;
    }

    private void Printable(string field, string value, int max = int.MaxValue)
    {
        foreach (var flaw in Domain.Texts.Flaws(value, TextForm.Line, max)) Invalid(field, flaw);
    }

    private void Port(string field, int port)
    {
        if (!Check.IsPort(port)) Invalid(field, $"{port} is out of range: use 0 to 65535");
    }

    private void Missing(string field, string remedy) =>
        violations.Add(new(Reason.FieldRequired, $"filter.{field}", $"filter.{field} is required: {remedy}"));

    private void Invalid(string field, string problem) =>
        violations.Add(new(Reason.FieldInvalid, $"filter.{field}", $"filter.{field} {problem}"));
}
