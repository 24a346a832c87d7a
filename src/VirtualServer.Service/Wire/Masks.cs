using System.Collections;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using VirtualServers.Domain;

namespace VirtualServers.Service.Wire;

/// <summary>What an update mask means (AIP-134, AIP-161), the same for every resource.</summary>
public static class Masks
{
    private static readonly HashSet<string> OutputOnly = ["id", "version", "etag", "create_time", "update_time", "delete_time", "conditions"];

    /// <summary>Every field: what a create asks for.</summary>
    public static Func<string, bool> All { get; } = _ => true;

    /// <summary>The fields that a mask names, or without one those that have a value; and what is wrong with the mask.</summary>
    /// <param name="wire">The wanted values; null when the request has none.</param>
    /// <param name="field">The resource as a field of the request.</param>
    public static Func<string, bool> Given<T>(T? wire, FieldMask? mask, string field, out IReadOnlyList<Violation> malformed) where T : class, IMessage<T>, new()
    {
        var type = new T().Descriptor;
        var known = type.Fields.InDeclarationOrder().Select(one => one.Name).ToHashSet();
        var settable = known.Except(OutputOnly).ToHashSet();
        var paths = mask?.Paths.ToHashSet() ?? [];
        malformed =
        [
            .. paths.Where(path => path != "*" && !known.Contains(path)).Select(path =>
                new Violation(Reason.FieldUnknown, "update_mask", $"update_mask names {path.InQuotes}, which is no field of a {field.Replace('_', ' ')}: use {string.Join(", ", settable.Order(StringComparer.Ordinal))} or *")),
            .. wire is null && paths.Count == 0
                ? [new Violation(Reason.FieldRequired, field, $"{field} is required: the fields to change, with their new values")]
                : Array.Empty<Violation>(),
        ];
        return paths.Contains("*") ? All : paths.Count > 0 ? paths.Contains : path => wire is not null && IsPopulated(wire, path);
    }

    /// <summary>The value, if the field is given.</summary>
    public static Asked<T> If<T>(bool given, T value) => given ? value : default(Asked<T>);

    /// <summary>The domain's reference for the contract's.</summary>
    public static Reference? ToReference(V1.Reference? wire) => wire is null ? null : new Reference(wire.Id, wire.Name);

    /// <summary>The moment of a timestamp, to the microsecond that the store keeps. One that is no moment becomes the earliest, which the rules refuse.</summary>
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
            return DateTimeOffset.MinValue;
        }
    }

    private static bool IsPopulated(IMessage wire, string path)
    {
        var field = wire.Descriptor.FindFieldByName(path);
        var value = field.Accessor.GetValue(wire);
        return field switch
        {
            { IsRepeated: true } => value is ICollection { Count: > 0 },
            { HasPresence: true } => field.Accessor.HasValue(wire),
            _ => value is not ("" or 0 or false) && !(value is System.Enum && Convert.ToInt32(value) == 0),
        };
    }
}
