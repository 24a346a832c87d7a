using Google.Api;
using Google.Protobuf.Reflection;

namespace VirtualServers.Service.Http;

/// <summary>One binding of <c>google.api.http</c>: a method and a path of HTTP that call a method of the contract.</summary>
internal sealed class Route
{
    /// <summary>The body that holds every field that the path does not have.</summary>
    public const string Everything = "*";

    private readonly string[] segments;
    private readonly HashSet<string> taken;

    private Route(MethodDescriptor method, HttpRule rule)
    {
        Method = method;
        (HttpMethod, Path) = rule.PatternCase switch
        {
            HttpRule.PatternOneofCase.Get => (HttpMethods.Get, rule.Get),
            HttpRule.PatternOneofCase.Put => (HttpMethods.Put, rule.Put),
            HttpRule.PatternOneofCase.Post => (HttpMethods.Post, rule.Post),
            HttpRule.PatternOneofCase.Delete => (HttpMethods.Delete, rule.Delete),
            HttpRule.PatternOneofCase.Patch => (HttpMethods.Patch, rule.Patch),
            _ => throw new InvalidOperationException($"{method.FullName} has a google.api.http without a pattern"),
        };
        Body = rule.Body;
        var colon = Path.LastIndexOf(':');
        Verb = colon < 0 ? "" : Path[(colon + 1)..];
        segments = (colon < 0 ? Path : Path[..colon]).Split('/');
        taken = [.. Variables.SelectMany(Taken)];
    }

    /// <summary>The method that it calls.</summary>
    public MethodDescriptor Method { get; }

    /// <summary>The method of HTTP.</summary>
    public string HttpMethod { get; }

    /// <summary>The path as the contract writes it: <c>/v1/virtualServers/{id}:enable</c>.</summary>
    public string Path { get; }

    /// <summary>The field that the body of the request has, <see cref="Everything"/>, or nothing for a request without a body.</summary>
    public string Body { get; }

    /// <summary>The custom verb at the end of the path (AIP-136); empty without one.</summary>
    public string Verb { get; }

    /// <summary>The paths of the fields in the path.</summary>
    public IEnumerable<string> Variables => segments.Where(IsVariable).Select(segment => segment[1..^1]);

    /// <summary>The fields that the body does not have: the path has them, a part of them, or another of their oneof.</summary>
    public IReadOnlySet<FieldDescriptor> NotInBody => Method.InputType.Fields.InDeclarationOrder()
        .Where(known => Has(known.Name) || Variables.Any(path => path.StartsWith($"{known.Name}.", StringComparison.Ordinal))).ToHashSet();

    /// <summary>Whether the path of HTTP has a field, or another of its oneof.</summary>
    /// <param name="field">The path of the field in the contract.</param>
    public bool Has(string field) =>
        taken.Any(path => field == path || field.StartsWith($"{path}.", StringComparison.Ordinal));

    /// <summary>The routes of a method: its binding and the additional ones; none without <c>google.api.http</c>.</summary>
    public static IEnumerable<Route> Of(MethodDescriptor method) =>
        method.GetOptions()?.GetExtension(AnnotationsExtensions.Http) is { } rule
            ? rule.AdditionalBindings.Prepend(rule).Select(binding => new Route(method, binding))
            : [];

    /// <summary>The same method and verb with the name of the object in the path instead of its id; null if there is none.</summary>
    public Route? ByName => Routes.All.FirstOrDefault(other =>
        other != this && other.Method == Method && other.Verb == Verb && other.HttpMethod == HttpMethod
        && other.Path.Contains("/byName/", StringComparison.Ordinal));

    /// <summary>The same method with every field in the body; null if there is none.</summary>
    public Route? WithBody => Routes.All.FirstOrDefault(other => other.Method == Method && other.Body == Everything);

    /// <summary>The values of the fields in a path; null for a path of another route.</summary>
    /// <param name="path">The segments of the path, still escaped and without the verb.</param>
    public IReadOnlyDictionary<string, string>? Match(IReadOnlyList<string> path)
    {
        if (path.Count != segments.Length) return null;
        var values = new Dictionary<string, string>();
        for (var i = 0; i < segments.Length; i++)
        {
            var text = Uri.UnescapeDataString(path[i]);
            if (!IsVariable(segments[i]))
            {
                if (text != segments[i]) return null;
            }
            else if (text.Length == 0)
            {
                return null;
            }
            else
            {
                values[segments[i][1..^1]] = text;
            }
        }

        return values;
    }

    // A variable, and the other fields of each oneof on its way.
    private IEnumerable<string> Taken(string variable)
    {
        var (type, prefix) = (Method.InputType, "");
        foreach (var name in variable.Split('.'))
        {
            var field = type.FindFieldByName(name);
            foreach (var other in field.RealContainingOneof?.Fields ?? [])
            {
                if (other != field) yield return $"{prefix}{other.Name}";
            }

            (type, prefix) = (field.FieldType == FieldType.Message ? field.MessageType : type, $"{prefix}{name}.");
        }

        yield return variable;
    }

    private static bool IsVariable(string segment) => segment.StartsWith('{');
}
