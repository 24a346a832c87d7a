using System.Collections;
using System.Reflection;

namespace VirtualServers.Domain.Tests;

/// <summary>
/// Formats commands, events, states and decisions for the messages of failed tests. Unset values are omitted; ids are shown as #1, #2.
/// </summary>
public static class Readable
{
    public static string Of(object? one) => Words(one).Replace(The.Ids, "#", StringComparison.Ordinal);

    private static string Words(object? one) => one switch
    {
        null => "nothing",
        string text => $"\"{text}\"",
        Named or Labels => $"{one}",
        IEnumerable many => $"[{string.Join(", ", many.Cast<object?>().Select(Words))}]",
        _ when one.GetType().Namespace?.StartsWith("VirtualServers.", StringComparison.Ordinal) is true && !one.GetType().IsEnum =>
            Record(one),
        _ => $"{one}",
    };

    private static string Record(object record)
    {
        var fields = record.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.CanWrite)
            .Select(property => (property.Name, Value: Shown(property.GetValue(record))))
            .Where(property => property.Value is not null)
            .Select(property => $"{property.Name}: {property.Value}");
        return $"{record.GetType().Name}({string.Join(", ", fields)})";
    }

    // Fields that are unset or not given are omitted; cleared fields are shown as nothing.
    private static string? Shown(object? value) =>
        value is null ? null
        : !IsAsked(value) ? Words(value)
        : Property(value, nameof(Asked<>.IsGiven)) is true ? Words(Property(value, nameof(Asked<>.Value)))
        : null;

    private static bool IsAsked(object value) =>
        value.GetType() is { IsGenericType: true } type && type.GetGenericTypeDefinition() == typeof(Asked<>);

    private static object? Property(object one, string name) => one.GetType().GetProperty(name)!.GetValue(one);
}
