using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Microsoft.AspNetCore.Http.Features;
using VirtualServers.Domain;
using VirtualServers.Service.Faults;
using VirtualServers.Service.Wire;

namespace VirtualServers.Service.Http;

/// <summary>
/// A request of HTTP as the message of its method: the fields in the path, in the query and in the body. Nothing is ignored: a field that
/// does not exist, or stands in the wrong place, is a violation.
/// </summary>
internal sealed class JsonRequest
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly Route route;
    private readonly IReadOnlyDictionary<string, string> values;
    private readonly IQueryCollection query;
    private readonly Stream body;
    private readonly bool isJson, hasBody;
    private readonly string contentType;
    private readonly List<Violation> violations = [];

    /// <param name="route">The route of the request.</param>
    /// <param name="values">The values in its path.</param>
    /// <param name="request">The request as it was sent.</param>
    public JsonRequest(Route route, IReadOnlyDictionary<string, string> values, HttpRequest request)
    {
        (this.route, this.values, query, body) = (route, values, request.Query, request.Body);
        (isJson, contentType) = (request.HasJsonContentType(), request.ContentType ?? "");
        hasBody = request.ContentLength is not 0
            && request.HttpContext.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: true };
    }

    private MessageDescriptor Type => route.Method.InputType;

    /// <summary>The bytes of the message; <see cref="Refused"/> with every violation if there are any.</summary>
    public async ValueTask<byte[]> Read(CancellationToken cancellation)
    {
        var content = await ReadBody(cancellation);
        var place = new JsonObject();
        foreach (var (path, value) in values)
        {
            Put(place, path, [value]);
            if (IsId(path) && Reference.ParseUuid(value) is null && route.ByName is { } byName)
                Violate(path, $"{Requests.NoUuid(path, value)}, or use the path {byName.Path}");
        }

        foreach (var (path, texts) in query) PutQuery(place, path, [.. texts.Select(text => text ?? "")]);
        var placed = Parse(place.ToJsonString(), Type, "", "the query of the request");
        if (violations.Count > 0) throw new Refused(violations);
        // Protobuf messages that follow each other are merged.
        return [.. content, .. placed.ToByteArray()];
    }

    private async ValueTask<byte[]> ReadBody(CancellationToken cancellation)
    {
        if (route.Body.Length == 0)
        {
            if (hasBody) Violate("", $"{route.HttpMethod} {route.Path} has no body: give fields in the query");
            return [];
        }

        // A page in a browser can send any other content type to another origin without asking it (CORS).
        if (!isJson)
        {
            Violate(
                "content-type",
                $"the content type {contentType.InQuotes} is not application/json: send JSON with the content type application/json");
            return [];
        }

        using var bytes = new MemoryStream();
        await body.CopyToAsync(bytes, cancellation);
        var text = Decoded(bytes);
        var request = (IMessage)Activator.CreateInstance(Type.ClrType)!;
        if (route.Body == Route.Everything)
        {
            request = Parse(JsonMasks.Respelled(text, Type), Type, "");
            foreach (var field in route.NotInBody.Where(field => IsSet(request, field)))
                Violate(field.Name, $"{field.Name} is in the body, and the path names the object: omit it");
        }
        else
        {
            var field = Type.FindFieldByName(route.Body);
            if (text.Length > 0) field.Accessor.SetValue(request, Parse(text, field.MessageType, $"{field.Name}."));
        }

        return request.ToByteArray();
    }

    private static bool IsSet(IMessage request, FieldDescriptor field) => field.HasPresence
        ? field.Accessor.HasValue(request)
        : field.Accessor.GetValue(request) is not (0 or 0L or "" or false);

    private string Decoded(MemoryStream bytes)
    {
        try
        {
            return Utf8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
        }
        catch (DecoderFallbackException)
        {
            Violate("", "the body of the request is not UTF-8: encode it in UTF-8");
            return "";
        }
    }

    private void PutQuery(JsonObject root, string path, IReadOnlyList<string> texts)
    {
        var first = JsonFlaws.Field(Type, path.Split('.')[0]);
        if (first is null) violations.Add(JsonFlaws.Unknown(Type, path, Instead(path)));
        else if (route.Body == Route.Everything || route.Body == first.Name)
            Violate(path, $"{path.InQuotes} is in the query: send it in the body");
        else if (route.Has(Named(path))) Violate(path, $"{path.InQuotes} is in the query, and the path names the object: omit it");
        else Put(root, path, texts);
    }

    // The fields of this name within the fields of the request, or else the fields that the path does not have.
    private IEnumerable<string> Instead(string path)
    {
        var free = Type.Fields.InDeclarationOrder().Except(route.NotInBody).ToList();
        var within = free.Where(field => !field.IsRepeated && JsonFlaws.HasFields(field))
            .Select(field => (field.JsonName, Part: JsonFlaws.Field(field.MessageType, path)))
            .Where(one => one.Part is not null).Select(one => $"{one.JsonName}.{one.Part!.JsonName}").ToList();
        return within.Count > 0 ? within : free.Select(field => field.JsonName);
    }

    private static bool IsId(string path) => path.Split('.')[^1] == "id";

    // A path with names of JSON by the names of the contract, as far as they exist.
    private string Named(string path)
    {
        var (type, names) = ((MessageDescriptor?)Type, new List<string>());
        foreach (var name in path.Split('.'))
        {
            var field = type is null ? null : JsonFlaws.Field(type, name);
            names.Add(field?.Name ?? name);
            type = field is not null && JsonFlaws.HasFields(field) ? field.MessageType : null;
        }

        return string.Join('.', names);
    }

    // Sets the field of a path like "filter.names".
    private void Put(JsonObject root, string path, IReadOnlyList<string> texts)
    {
        var (place, type, names) = (root, Type, path.Split('.'));
        for (var i = 0; ; i++)
        {
            if (JsonFlaws.Field(type, names[i]) is not { } field)
            {
                violations.Add(JsonFlaws.Unknown(type, path));
                return;
            }

            if (field.IsMap || (field.IsRepeated && JsonFlaws.HasFields(field)))
            {
                Violate(path, $"{string.Join('.', names[..(i + 1)]).InQuotes} cannot be in a query: {InBody}");
                return;
            }

            if (i == names.Length - 1)
            {
                PutValue(place, field, path, texts);
                return;
            }

            if (field.IsRepeated || !JsonFlaws.HasFields(field))
            {
                Violate(path, $"{path.InQuotes} is no part of {field.Name}: give {field.Name} as one value");
                return;
            }

            if (place[field.JsonName] is not JsonObject inner) place[field.JsonName] = inner = [];
            (place, type) = (inner, field.MessageType);
        }
    }

    private void PutValue(JsonObject place, FieldDescriptor field, string path, IReadOnlyList<string> texts)
    {
        if (JsonFlaws.HasFields(field))
        {
            var part = field.MessageType.Fields.InDeclarationOrder()[0].JsonName;
            Violate(path, $"{path.InQuotes} has fields of its own: give each of them, like {path}.{part}");
        }
        else if (!field.IsRepeated && (texts.Count > 1 || place.ContainsKey(field.JsonName)))
        {
            Violate(path, $"{path.InQuotes} is given more than once: give it once");
        }
        else
        {
            place[field.JsonName] = field.IsRepeated
                ? new JsonArray([.. texts.Select(text => Value(field, text))])
                : Value(field, texts[0]);
        }
    }

    // The parser reads numbers and names from texts.
    private static JsonValue Value(FieldDescriptor field, string text) =>
        field.FieldType == FieldType.Bool && bool.TryParse(text, out var flag) ? JsonValue.Create(flag)
        : JsonValue.Create(JsonMasks.IsMask(field) ? JsonMasks.Respelled(text) : text);

    private string InBody =>
        route.WithBody is { } other ? $"send it in the body of {other.HttpMethod} {other.Path}" : "call the method by gRPC";

    private IMessage Parse(string text, MessageDescriptor type, string path, string place = "the body of the request")
    {
        if (text.Length == 0) text = "{}";
        try
        {
            return JsonParser.Default.Parse(text, type);
        }
        catch (Exception exception) when (exception is InvalidProtocolBufferException or InvalidJsonException)
        {
            violations.AddRange(Flaws(text, type, path, place, exception));
            return (IMessage)Activator.CreateInstance(type.ClrType)!;
        }
    }

    private static List<Violation> Flaws(string text, MessageDescriptor type, string path, string place, Exception failure)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            if (JsonFlaws.In(json.RootElement, type, path).ToList() is { Count: > 0 } flaws) return flaws;
        }
        catch (JsonException malformed)
        {
            var (line, octet) = (malformed.LineNumber + 1, malformed.BytePositionInLine + 1);
            return
            [
                new(Reason.FieldInvalid, "", $"the body of the request is not JSON, from line {line}, byte {octet}: write one JSON object"),
            ];
        }

        return
        [
            new(
                Reason.FieldInvalid, path.TrimEnd('.'),
                $"{place} cannot be read ({failure.Message.TrimEnd('.')}): write {type.Name} as {{…}}"),
        ];
    }

    private void Violate(string path, string message) => violations.Add(new(Reason.FieldInvalid, path, message));
}
