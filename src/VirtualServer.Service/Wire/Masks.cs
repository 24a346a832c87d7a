using System.Collections;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using VirtualServers.Domain;

namespace VirtualServers.Service.Wire;

/// <summary>The meaning of update masks (AIP-134, AIP-161) and of values, the same for every resource.</summary>
public static class Masks
{
    /// <summary>Every field, as a create gives them.</summary>
    public static Func<string, bool> All { get; } = _ => true;

    /// <summary>The fields that a mask names, or without a mask those that have a value; and the violations of the mask.</summary>
    /// <param name="wire">The wanted values; null when the request has none.</param>
    /// <param name="field">The resource as a field of the request.</param>
    public static Func<string, bool> Given<T>(T? wire, FieldMask? mask, string field, out IReadOnlyList<Violation> malformed)
        where T : class, IMessage<T>, new()
    {
        var type = new T().Descriptor;
        var known = type.Fields.InDeclarationOrder().Select(one => one.Name).ToHashSet();
        var settable = known.Except(RegistryObjects.Bookkeeping).ToHashSet();
        var paths = mask?.Paths.ToHashSet() ?? [];
        malformed =
        [
            .. paths.Where(path => path != "*" && !known.Contains(path)).Select(path =>
                new Violation(
                    Reason.FieldUnknown, "update_mask",
                    $"update_mask {path.InQuotes} is not a field of {type.Name}: "
                    + $"use {string.Join(", ", settable.Order(StringComparer.Ordinal))} or *")),
            .. wire is null && paths.Count == 0
                ? [new Violation(Reason.FieldRequired, field, $"{field} is required: give the fields to change with their new values")]
                : Array.Empty<Violation>(),
        ];
        return paths.Contains("*") ? All
            : paths.Count > 0 ? paths.Contains
            : path => wire is not null && IsPopulated(wire, type.FindFieldByName(path));
    }

    /// <summary>The value, if the field is given.</summary>
    public static Asked<T> If<T>(bool given, T value) => given ? value : default(Asked<T>);

    /// <summary>The reference in the domain.</summary>
    public static Reference? ToReference(V1.Reference? wire) => wire is null ? null : new Reference(wire.Id, wire.Name, wire.Namespace);

    /// <summary>The references in the domain.</summary>
    public static IReadOnlyList<Reference> ToReferences(IEnumerable<V1.Reference> wire) => [.. wire.Select(one => ToReference(one)!.Value)];

    /// <summary>The labels in the domain.</summary>
    public static IReadOnlyDictionary<string, string> ToLabels(IDictionary<string, string> wire) => new Dictionary<string, string>(wire);

    /// <summary>
    /// The time of a timestamp, in microseconds as the store keeps it. An invalid timestamp becomes a time that the rules reject.
    /// </summary>
    public static DateTimeOffset? ToTime(Timestamp? wire)
    {
        if (wire is null) return null;
        try
        {
            var time = wire.ToDateTimeOffset();
            return time.AddTicks(-(time.Ticks % TimeSpan.TicksPerMicrosecond));
        }
        catch (InvalidOperationException)
        {
            return Check.OutOfRange;
        }
    }

    /// <summary>The time of a timestamp; null for none and for an invalid one, whose violation is added.</summary>
    public static DateTimeOffset? ToTime(Timestamp? wire, string field, List<Violation> violations)
    {
        var time = ToTime(wire);
        if (time != Check.OutOfRange) return time;
        violations.Add(new(
            Reason.FieldInvalid, field, $"{field} is not a valid time: use a timestamp of the years 1 to 9999"));
        return null;
    }

    /// <summary>Whether a field has a value: one that is set, or without presence one that is not the default.</summary>
    public static bool IsPopulated(IMessage wire, FieldDescriptor field)
    {
        var value = field.Accessor.GetValue(wire);
        return field switch
        {
            { IsRepeated: true } => value is ICollection { Count: > 0 },
            { HasPresence: true } => field.Accessor.HasValue(wire),
            _ => value is not ("" or 0 or false) && !(value is System.Enum && Convert.ToInt32(value) == 0),
        };
    }
}
