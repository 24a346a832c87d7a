using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace VirtualServers.Service.Http;

/// <summary>
/// Masks whose fields have the names of the contract (<c>ssl_offload</c>), as all other names of a request may. The parser reads only those
/// of JSON (<c>sslOffload</c>).
/// </summary>
internal static partial class JsonMasks
{
    /// <summary>Whether a field is a mask.</summary>
    public static bool IsMask(FieldDescriptor field) => field is { FieldType: FieldType.Message, IsRepeated: false }
        && field.MessageType.FullName == FieldMask.Descriptor.FullName;

    /// <summary>The mask with the names of JSON.</summary>
    public static string Respelled(string mask) => Underscores().Replace(mask, found => found.Value[1..].ToUpperInvariant());

    /// <summary>The request with the names of JSON in its masks; as it is if it has none, or is not a JSON object.</summary>
    public static string Respelled(string text, MessageDescriptor type)
    {
        var masks = type.Fields.InDeclarationOrder().Where(IsMask).ToList();
        if (masks.Count == 0 || !text.Contains("mask", StringComparison.OrdinalIgnoreCase)) return text;
        try
        {
            if (JsonNode.Parse(text) is not JsonObject request) return text;
            foreach (var (name, value) in request.ToList())
            {
                if (value?.GetValueKind() == JsonValueKind.String && masks.Exists(mask => name == mask.Name || name == mask.JsonName))
                    request[name] = Respelled(value.GetValue<string>());
            }

            return request.ToJsonString();
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException)
        {
            // Not JSON, or a name is given twice: the reader of the request says so.
            return text;
        }
    }

    [GeneratedRegex("_[a-z]")]
    private static partial Regex Underscores();
}
