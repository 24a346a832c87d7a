using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using VirtualServers.Domain;

namespace VirtualServers.Service.Http;

/// <summary>
/// Finds what is wrong with a JSON object that cannot be read as a message: each unknown field and each value of a wrong form, by its path
/// in the contract. The parser itself stops at the first and names no path.
/// </summary>
internal static class JsonFlaws
{
    private const string WellKnown = "google.protobuf";

    /// <summary>The field of a message with a name of JSON or of the contract; null without one.</summary>
    public static FieldDescriptor? Field(MessageDescriptor type, string name) =>
        type.FindFieldByName(name) ?? type.Fields.InDeclarationOrder().FirstOrDefault(field => field.JsonName == name);

    /// <summary>Whether JSON writes the fields of a message, and not one value like a time.</summary>
    public static bool HasFields(FieldDescriptor field) =>
        field.FieldType == FieldType.Message && !field.IsMap && field.MessageType.File.Package != WellKnown;

    /// <summary>The violation of a field that does not exist.</summary>
    /// <param name="use">What to use instead; every field of the message if it is not given.</param>
    public static Violation Unknown(MessageDescriptor type, string path, IEnumerable<string>? use = null) => new(
        Reason.FieldUnknown, path,
        $"{path.InQuotes} is not a field of {type.Name}: use "
        + string.Join(", ", use ?? type.Fields.InDeclarationOrder().Select(field => field.JsonName)));

    /// <summary>The violations in an object.</summary>
    /// <param name="json">The object.</param>
    /// <param name="type">The message that it should be.</param>
    /// <param name="path">The path of the object with a final dot, or nothing.</param>
    public static IEnumerable<Violation> In(JsonElement json, MessageDescriptor type, string path)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            var what = path.Length == 0 ? "the body of the request" : path.TrimEnd('.');
            yield return new(Reason.FieldInvalid, path.TrimEnd('.'), $"{what} is not a JSON object: write {type.Name} as {{…}}");
            yield break;
        }

        var given = json.EnumerateObject().Where(property => property.Value.ValueKind != JsonValueKind.Null)
            .Select(property => Field(type, property.Name)).OfType<FieldDescriptor>().Distinct().ToList();
        foreach (var rivals in given.Where(field => field.RealContainingOneof is not null).GroupBy(field => field.RealContainingOneof))
        {
            if (rivals.Count() < 2) continue;
            var names = string.Join(" and ", rivals.Select(field => path + field.JsonName));
            foreach (var field in rivals)
                yield return new(Reason.FieldInvalid, path + field.Name, $"{names} exclude each other: give one of them");
        }

        foreach (var property in json.EnumerateObject())
        {
            if (Field(type, property.Name) is not { } field)
            {
                yield return Unknown(type, path + property.Name);
                continue;
            }

            foreach (var flaw in In(property.Value, field, type, path + field.Name)) yield return flaw;
        }
    }

    private static IEnumerable<Violation> In(JsonElement value, FieldDescriptor field, MessageDescriptor type, string path)
    {
        if (Reads(value, field, type)) return [];
        var isList = field is { IsRepeated: true, IsMap: false };
        if (!isList && HasFields(field) && value.ValueKind == JsonValueKind.Object) return In(value, field.MessageType, $"{path}.");
        if (!isList || value.ValueKind != JsonValueKind.Array) return [Unreadable(path, value, Form(field))];
        return value.EnumerateArray().SelectMany((item, i) => (HasFields(field), Reads(item, field, type, isItem: true)) switch
        {
            (_, true) => [],
            (true, _) => In(item, field.MessageType, $"{path}[{i}]."),
            _ => [Unreadable($"{path}[{i}]", item, Form(field, isItem: true))],
        });
    }

    private static Violation Unreadable(string path, JsonElement value, string form) =>
        new(Reason.FieldInvalid, path, $"{path} {value.ToString().InQuotes} cannot be read: write {form}");

    private static bool Reads(JsonElement value, FieldDescriptor field, MessageDescriptor type, bool isItem = false)
    {
        try
        {
            var text = isItem ? $"[{value.GetRawText()}]" : value.GetRawText();
            JsonParser.Default.Parse($"{{\"{field.JsonName}\": {text}}}", type);
            return true;
        }
        catch (Exception exception) when (exception is InvalidProtocolBufferException or InvalidJsonException)
        {
            return false;
        }
    }

    private static string Form(FieldDescriptor field, bool isItem = false) => field switch
    {
        { IsMap: true } => "an object with texts, like {\"key\": \"value\"}",
        { IsRepeated: true } when !isItem => $"a list in brackets, each item {Form(field, isItem: true)}",
        { FieldType: FieldType.String } => "a text in quotes",
        { FieldType: FieldType.Bool } => "true or false",
        { FieldType: FieldType.Enum } =>
            $"a name like {field.EnumType.Values.ElementAtOrDefault(1)?.Name ?? field.EnumType.Values[0].Name}, or its number",
        { FieldType: FieldType.Message, MessageType.FullName: $"{WellKnown}.Timestamp" } => "a time like \"2026-01-31T12:00:00Z\"",
        { FieldType: FieldType.Message, MessageType.FullName: $"{WellKnown}.Duration" } => "a duration like \"10s\"",
        { FieldType: FieldType.Message, MessageType.FullName: $"{WellKnown}.FieldMask" } => "names of fields like \"port,description\"",
        { FieldType: FieldType.Message, MessageType: var type } => $"{type.Name} as {{…}}",
        _ => "a number without fraction, in the range of the field",
    };
}
