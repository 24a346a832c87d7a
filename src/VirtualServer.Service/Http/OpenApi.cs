using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json.Nodes;
using Google.Protobuf.Reflection;
using Google.Rpc;
using Microsoft.Net.Http.Headers;
using VirtualServers.Domain;
using VirtualServers.Service.Api;
using VirtualServers.Service.Security;
using VirtualServers.Service.Wire;

namespace VirtualServers.Service.Http;

/// <summary>The paths of JSON over HTTP as an OpenAPI document, from the descriptors of the contract with all their comments.</summary>
public static class OpenApi
{
    /// <summary>Where the service has the document.</summary>
    public const string Path = "/openapi.json";

    private const string Json = "application/json", JsonLines = "application/x-ndjson";

    private static readonly Lazy<string> Written = new(() => Document().ToJsonString(new()
    {
        WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    }));

    /// <summary>The document.</summary>
    public static string Text => Written.Value;

    // Without the commit.
    private static string Version =>
        typeof(OpenApi).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    private static JsonObject Document()
    {
        var schemas = new JsonSchemas();
        var paths = new JsonObject();
        foreach (var route in Routes.All)
        {
            if (paths[route.Path] is not JsonObject path) paths[route.Path] = path = [];
            path[route.HttpMethod.ToLowerInvariant()] = Operation(route, schemas);
        }

        return new()
        {
            ["openapi"] = "3.1.0",
            ["info"] = new JsonObject
            {
                ["title"] = "VsGrpc: the registry of load-balancer virtual servers",
                ["version"] = Version,
                ["description"] =
                    "JSON over HTTP for the RPCs of the package virtualserver.v1. Requests may name fields as the contract does, too.",
            },
            ["servers"] = new JsonArray(new JsonObject { ["url"] = "/" }),
            // A service without authentication needs none of them.
            ["security"] = new JsonArray(
                new JsonObject { ["token"] = new JsonArray() }, new JsonObject { ["certificate"] = new JsonArray() }, new JsonObject()),
            ["tags"] = new JsonArray([.. ReflectedServices.Contract.Select(service => new JsonObject
            {
                ["name"] = service.Name, ["description"] = Comments.Of(service),
            })]),
            ["paths"] = paths,
            ["components"] = new JsonObject
            {
                ["schemas"] = WithError(schemas),
                ["parameters"] = Metadata(),
                ["responses"] = new JsonObject { ["Error"] = Error(schemas) },
                ["securitySchemes"] = new JsonObject
                {
                    ["token"] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer", ["bearerFormat"] = "JWT" },
                    ["certificate"] = new JsonObject { ["type"] = "mutualTLS" },
                },
            },
        };
    }

    private static JsonObject WithError(JsonSchemas schemas)
    {
        schemas.Error();
        return schemas.All;
    }

    private static JsonObject Operation(Route route, JsonSchemas schemas)
    {
        var (method, comment) = (route.Method, Comments.Of(route.Method));
        var number = Routes.All.Where(other => other.Method == method).ToList().IndexOf(route);
        var operation = new JsonObject
        {
            ["operationId"] = number == 0 ? method.Name : $"{method.Name}_{number + 1}",
            ["summary"] = Comments.FirstSentence(comment),
            ["description"] = comment,
            ["tags"] = new JsonArray(method.Service.Name),
            ["parameters"] = new JsonArray(
            [
                .. route.Variables.Select(path => Parameter(path, FieldAt(method.InputType, path), "path", schemas)),
                .. Query(route).Select(field => Parameter(field.Path, field.Field, "query", schemas)),
                .. Metadata().Select(header => new JsonObject { ["$ref"] = $"#/components/parameters/{header.Key}" }),
            ]),
        };
        if (route.Body.Length > 0)
        {
            operation["requestBody"] = new JsonObject
            {
                ["required"] = true,
                ["content"] = Content(Json, route.Body == Route.Everything
                    ? schemas.Reference(method.InputType, route.NotInBody)
                    : schemas.Reference(method.InputType.FindFieldByName(route.Body).MessageType)),
            };
        }

        var responses = new JsonObject { ["200"] = Success(method, schemas) };
        foreach (var status in Failed()) responses[$"{status}"] = new JsonObject { ["$ref"] = "#/components/responses/Error" };
        operation["responses"] = responses;
        return operation;
    }

    private static JsonObject Success(MethodDescriptor method, JsonSchemas schemas) => new()
    {
        ["description"] = Comments.Of(method.OutputType),
        ["headers"] = new JsonObject { [Caller.CorrelationHeader] = Header("The correlation id of the call.") },
        ["content"] = method.IsServerStreaming
            ? Content(JsonLines, new()
            {
                ["type"] = "object", ["description"] = "One line of the stream: a result, or the error that ended it.",
                ["properties"] = new JsonObject { ["result"] = schemas.Reference(method.OutputType), ["error"] = schemas.Error() },
            })
            : Content(Json, schemas.Reference(method.OutputType)),
    };

    private static JsonObject Error(JsonSchemas schemas) => new()
    {
        ["description"] = "The call failed: its status, with details.",
        ["headers"] = new JsonObject
        {
            [Caller.CorrelationHeader] = Header("The correlation id of the call."),
            [HeaderNames.RetryAfter.ToLowerInvariant()] = Header("The seconds after which a repetition makes sense, if it does."),
        },
        ["content"] = Content(Json, schemas.Error()),
    };

    // What a failed call can have, beside what concerns the path.
    private static IEnumerable<int> Failed() => Enum.GetValues<Reason>()
        .Select(reason => JsonStatus.HttpStatus(Statuses.CodeOf(reason), reason.Spelled()))
        .Append(JsonStatus.HttpStatus(Code.DeadlineExceeded)).Distinct().Order();

    // The fields that are in the query: those with one value, also inside of messages.
    private static IEnumerable<(string Path, FieldDescriptor Field)> Query(Route route) => route.Body == Route.Everything
        ? []
        : Leaves(route.Method.InputType, "", "").Where(leaf =>
            leaf.Named.Split('.')[0] != route.Body && !route.Has(leaf.Named)).Select(leaf => (leaf.Path, leaf.Field));

    // By their paths in JSON and in the contract.
    private static IEnumerable<(string Path, string Named, FieldDescriptor Field)> Leaves(MessageDescriptor type, string path, string named)
    {
        foreach (var field in type.Fields.InDeclarationOrder())
        {
            var (json, proto) = ($"{path}{field.JsonName}", $"{named}{field.Name}");
            if (!JsonFlaws.HasFields(field))
            {
                if (!field.IsMap) yield return (json, proto, field);
            }
            else if (!field.IsRepeated)
            {
                foreach (var leaf in Leaves(field.MessageType, $"{json}.", $"{proto}.")) yield return leaf;
            }
        }
    }

    private static FieldDescriptor FieldAt(MessageDescriptor type, string path)
    {
        var names = path.Split('.', 2);
        var field = type.FindFieldByName(names[0]);
        return names.Length == 1 ? field : FieldAt(field.MessageType, names[1]);
    }

    private static JsonObject Parameter(string name, FieldDescriptor field, string place, JsonSchemas schemas)
    {
        var schema = schemas.Field(field);
        var description = schema["description"]!.DeepClone();
        schema.Remove("description");
        var parameter = new JsonObject { ["name"] = name, ["in"] = place, ["description"] = description, ["schema"] = schema };
        if (place == "path") parameter["required"] = true;
        return parameter;
    }

    private static JsonObject Metadata() => new()
    {
        ["actor"] = HeaderParameter(Caller.ActorHeader, "The actor, if it is not the subject of the credentials."),
        ["correlationId"] = HeaderParameter(Caller.CorrelationHeader, "The correlation id; generated by default."),
        ["timeout"] = HeaderParameter("grpc-timeout", "The deadline: a number and a unit, as in 5S, 300m or 1M."),
    };

    private static JsonObject HeaderParameter(string name, string description)
    {
        var header = Header(description);
        (header["name"], header["in"]) = (name, "header");
        return header;
    }

    private static JsonObject Header(string description) =>
        new() { ["description"] = description, ["schema"] = new JsonObject { ["type"] = "string" } };

    private static JsonObject Content(string type, JsonObject schema) => new() { [type] = new JsonObject { ["schema"] = schema } };
}
