using VirtualServers.Service.Api;

namespace VirtualServers.Service.Http;

/// <summary>The routes of the contract, from its descriptors.</summary>
internal static class Routes
{
    /// <summary>Every route; the first of a method is its own, the others are additional bindings.</summary>
    public static IReadOnlyList<Route> All { get; } =
        [.. ReflectedServices.Contract.SelectMany(service => service.Methods).SelectMany(Route.Of)];

    /// <summary>No route.</summary>
    public static (Route? Route, IReadOnlyDictionary<string, string> Values, IReadOnlyList<string> Allowed) None { get; } =
        (null, new Dictionary<string, string>(), []);

    /// <summary>The route of a request with the values in its path, or the methods of HTTP that the path has instead.</summary>
    /// <param name="method">The method of HTTP.</param>
    /// <param name="path">The path as it was sent: an escaped colon or slash is part of a value.</param>
    public static (Route? Route, IReadOnlyDictionary<string, string> Values, IReadOnlyList<string> Allowed) Find(string method, string path)
    {
        var colon = path.LastIndexOf(':');
        // A value may have a colon, too: an IPv6 address.
        var matches = (colon > path.LastIndexOf('/') ? Matches(path[..colon], path[(colon + 1)..]).ToList() : [])
            is { Count: > 0 } custom ? custom : [.. Matches(path, "")];
        var (route, values) = matches.Find(match => match.Route.HttpMethod == method);
        return (route, values ?? new Dictionary<string, string>(), [.. matches.Select(match => match.Route.HttpMethod).Distinct()]);
    }

    private static IEnumerable<(Route Route, IReadOnlyDictionary<string, string> Values)> Matches(string path, string verb)
    {
        var segments = path.Split('/');
        foreach (var route in All)
        {
            if (route.Verb == verb && route.Match(segments) is { } values) yield return (route, values);
        }
    }
}
