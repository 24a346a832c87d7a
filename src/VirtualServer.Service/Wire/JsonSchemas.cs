using System.Text.Json.Nodes;
using Google.Protobuf.Reflection;
using Google.Rpc;
using Status = Google.Rpc.Status;

namespace VirtualServers.Service.Wire;

/// <summary>The messages of the contract as JSON Schema: what protobuf's JSON writes. Collects the messages that are referred to.</summary>
/// <param name="place">Where the document has its schemas.</param>
/// <param name="isOpen">
/// Whether it describes what a service writes, which may be newer and have more fields and values, and not what it accepts.
/// </param>
internal sealed class JsonSchemas(string place = JsonSchemas.Components, bool isOpen = false)
{
    /// <summary>Where an OpenAPI or AsyncAPI document has its schemas.</summary>
    public const string Components = "#/components/schemas/";

    private static readonly MessageDescriptor[] Details =
    [
        ErrorInfo.Descriptor, BadRequest.Descriptor, PreconditionFailure.Descriptor, ResourceInfo.Descriptor, RetryInfo.Descriptor,
    ];

    private const string OutputOnly = "Output only. ", Required = "Required.", Unspecified = "UNSPECIFIED";

    private readonly SortedDictionary<string, JsonObject> schemas = new(StringComparer.Ordinal);

    /// <summary>Every schema that was referred to, by its name.</summary>
    public JsonObject All => new(schemas.Select(schema => KeyValuePair.Create<string, JsonNode?>(schema.Key, schema.Value)));

    /// <summary>A reference to a message.</summary>
    /// <param name="type">The message.</param>
    /// <param name="left">The fields that the JSON does not have, because the path has them.</param>
    public JsonObject Reference(MessageDescriptor type, IReadOnlySet<FieldDescriptor>? left = null)
    {
        if (!schemas.ContainsKey(type.Name))
        {
            schemas[type.Name] = []; // for a message that contains itself
            schemas[type.Name] = Message(type, left);
        }

        return Reference(type.Name);
    }

    /// <summary>A reference to the status of a failed call.</summary>
    public JsonObject Error()
    {
        schemas.TryAdd(nameof(Status), new()
        {
            ["type"] = "object",
            ["description"] = "google.rpc.Status: why a call failed.",
            ["required"] = new JsonArray("code", "message"),
            ["properties"] = new JsonObject
            {
                ["code"] = new JsonObject { ["type"] = "integer", ["description"] = "The code, as google.rpc.Code numbers it." },
                ["message"] = new JsonObject { ["type"] = "string", ["description"] = "Every violation, with its remedy, for people." },
                ["details"] = new JsonObject
                {
                    ["type"] = "array", ["description"] = "The details, for programs (AIP-193).",
                    ["items"] = new JsonObject { ["oneOf"] = new JsonArray([.. Details.Select(Detail)]) },
                },
            },
            ["additionalProperties"] = false,
        });
        return Reference(nameof(Status));
    }

    /// <summary>Texts as a list.</summary>
    public static JsonArray Array(IEnumerable<string> texts) => new([.. texts.Select(text => JsonValue.Create(text))]);

    /// <summary>The values of <c>anyOf</c> for a text that has one of these values, or one that a newer service adds.</summary>
    /// <param name="values">The known values.</param>
    /// <param name="pattern">The form of all values.</param>
    public static JsonArray Known(IEnumerable<string> values, string pattern) =>
        new(new JsonObject { ["enum"] = Array(values) }, new JsonObject { ["pattern"] = pattern });

    /// <summary>A field, with its comment.</summary>
    public JsonObject Field(FieldDescriptor field)
    {
        var schema = Bare(field);
        var comment = Comments.Of(field);
        schema["description"] = Told(comment);
        if (!isOpen && comment.StartsWith(OutputOnly, StringComparison.Ordinal)) schema["readOnly"] = true;
        return schema;
    }

    private JsonObject Reference(string name) => new() { ["$ref"] = $"{place}{name}" };

    private JsonObject Message(MessageDescriptor type, IReadOnlySet<FieldDescriptor>? left)
    {
        var schema = Object(type.Fields.InDeclarationOrder().Where(field => left?.Contains(field) != true), Field);
        var alternatives = type.Oneofs.Where(one => !one.IsSynthetic && !one.Fields.Any(field => left?.Contains(field) == true));
        schema["description"] = string.Join("\n\n", alternatives
            .Select(one => $"One of {string.Join(", ", one.Fields.Select(field => field.JsonName))}: {Told(Comments.Of(one))}")
            .Prepend(Told(Comments.Of(type))));
        if (!isOpen) return schema;
        var required = type.Fields.InDeclarationOrder()
            .Where(field => field.RealContainingOneof is null && Comments.Of(field).StartsWith(Required, StringComparison.Ordinal))
            .ToList();
        if (required.Count > 0) schema["required"] = Array(required.Select(field => field.JsonName));
        return schema;
    }

    // A comment, without what it says of requests if there are none.
    private string Told(string comment) => !isOpen ? comment : string.Join('\n', comment.Split('\n')
        .Where(line => !line.StartsWith("Errors", StringComparison.Ordinal) && !line.StartsWith("- ERROR_", StringComparison.Ordinal))
        .Select(line => line.StartsWith(OutputOnly, StringComparison.Ordinal) ? line[OutputOnly.Length..] : line)).Trim();

    // A detail of a status; its comments are those of google/rpc/error_details.proto.
    private JsonObject Detail(MessageDescriptor type)
    {
        var schema = Object(type.Fields.InDeclarationOrder(), Bare);
        schema["properties"]!["@type"] = new JsonObject { ["const"] = $"type.googleapis.com/{type.FullName}" };
        schema["required"] = new JsonArray("@type");
        return schema;
    }

    private JsonObject Object(IEnumerable<FieldDescriptor> fields, Func<FieldDescriptor, JsonObject> property)
    {
        var schema = new JsonObject
        {
            ["type"] = "object",
            ["properties"] = new JsonObject(
                fields.Select(field => KeyValuePair.Create<string, JsonNode?>(field.JsonName, property(field)))),
        };
        if (!isOpen) schema["additionalProperties"] = false;
        return schema;
    }

    private JsonObject Bare(FieldDescriptor field)
    {
        if (field.IsMap)
            return new() { ["type"] = "object", ["additionalProperties"] = One(field.MessageType.FindFieldByName("value")) };
        return field.IsRepeated ? new() { ["type"] = "array", ["items"] = One(field) } : One(field);
    }

    private JsonObject One(FieldDescriptor field) => field.FieldType switch
    {
        FieldType.Bool => new() { ["type"] = "boolean" },
        FieldType.String => new() { ["type"] = "string" },
        FieldType.Int32 => new() { ["type"] = "integer", ["format"] = "int32" },
        // JSON numbers of 64 bits lose digits in JavaScript.
        FieldType.Int64 => new() { ["type"] = "string", ["format"] = "int64", ["pattern"] = "^-?[0-9]+$" },
        FieldType.Enum => Enum(field.EnumType),
        FieldType.Message => field.MessageType.FullName switch
        {
            "google.protobuf.Timestamp" => new() { ["type"] = "string", ["format"] = "date-time" },
            "google.protobuf.Duration" => new() { ["type"] = "string", ["pattern"] = "^-?[0-9]+(\\.[0-9]+)?s$" },
            "google.protobuf.FieldMask" => new() { ["type"] = "string" },
            "google.protobuf.Value" => [],
            _ when field.MessageType.File.Package == "google.rpc" => Object(field.MessageType.Fields.InDeclarationOrder(), Bare),
            _ => Reference(field.MessageType),
        },
        _ => throw new InvalidOperationException($"{field.FullName} has a type without a schema: {field.FieldType}"),
    };

    private JsonObject Enum(EnumDescriptor type)
    {
        // A message has no field without a value.
        var values = type.Values.Where(value => !isOpen || value.Number != 0).ToList();
        var schema = new JsonObject
        {
            ["type"] = "string",
            ["description"] =
                $"{Comments.Of(type)}\n\n{string.Join('\n', values.Select(value => $"- {value.Name}: {Comments.Of(value)}"))}",
        };
        var names = values.Select(value => value.Name);
        var prefix = type.FindValueByNumber(0).Name.Replace(Unspecified, "", StringComparison.Ordinal);
        if (isOpen) schema["anyOf"] = Known(names, $"^{prefix}[A-Z0-9_]+$");
        else schema["enum"] = Array(names);
        schemas.TryAdd(type.Name, schema);
        return Reference(type.Name);
    }
}
