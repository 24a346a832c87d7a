using Google.Api;
using Google.Protobuf.Reflection;

namespace VirtualServers.Service.Http;

/// <summary>One binding of <c>google.api.http</c>: a method and a path of HTTP that call a method of the contract.</summary>
internal sealed class Route
{
    /// <summary>The body that holds every field that the path does not have.</summary>
    public const string Everything = "*";

    private readonly string[] segments;

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

    /// <summary>The routes of a method: its binding and the additional ones; none without <c>google.api.http</c>.</summary>
    public static IEnumerable<Route> Of(MethodDescriptor method) =>
        method.GetOptions()?.GetExtension(AnnotationsExtensions.Http) is { } rule
            ? rule.AdditionalBindings.Prepend(rule).Select(binding => new Route(method, binding))
            : [];

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

    private static bool IsVariable(string segment) => segment.StartsWith('{');
}
