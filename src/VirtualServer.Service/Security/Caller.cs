using System.Diagnostics;
using System.Text;
using Grpc.Core;
using Microsoft.Extensions.Primitives;
using VirtualServers.Domain;

namespace VirtualServers.Service.Security;

/// <summary>The caller of a call and its correlation id: stored with every change, and part of every log line.</summary>
/// <param name="Violations">
/// Errors in the metadata of the call. Actor and correlation id are then replaced by values that are safe to log.
/// </param>
public sealed record Caller(string Actor, string CorrelationId, IReadOnlyList<Violation> Violations)
{
    /// <summary>
    /// Request metadata that names the actor. Trusted, because the service is reachable from loopback only (Loopback.cs).
    /// </summary>
    public const string ActorHeader = "x-actor";

    /// <summary>Request and response metadata with the correlation id.</summary>
    public const string CorrelationHeader = "x-correlation-id";

    private const string Anonymous = "anonymous";
    private const int MaxActorLength = 255;
    private const int MaxCorrelationLength = 128;

    private const string BinarySuffix = "-bin";

    /// <summary>The caller of a call; the same object each time.</summary>
    public static Caller Of(ServerCallContext context) => Of(context.GetHttpContext());

    /// <summary>The caller of a request, which need not be a call that gRPC can read.</summary>
    public static Caller Of(HttpContext http)
    {
        if (http.Items.TryGetValue(typeof(Caller), out var known)) return (Caller)known!;
        var caller = Of(http.Request.Headers);
        http.Items[typeof(Caller)] = caller;
        return caller;
    }

    // Reads the headers of the request: gRPC's own RequestHeaders throw at the first binary header that is not base64. Without a usable
    // correlation id, the call gets that of its trace, or a new one.
    private static Caller Of(IHeaderDictionary headers)
    {
        var violations = new List<Violation>();
        foreach (var (name, values) in headers)
        {
            if (name.EndsWith(BinarySuffix, StringComparison.OrdinalIgnoreCase) && !$"{values}".Split(',').All(IsBase64))
                violations.Add(Invalid(name, "is not base64: encode the bytes of the header in base64"));
        }

        var who = Read(ActorHeader, headers[ActorHeader], MaxActorLength, violations);
        if (who is "") violations.Add(Invalid(ActorHeader, "is blank: name the caller, or omit it"));
        var id = Read(CorrelationHeader, headers[CorrelationHeader], MaxCorrelationLength, violations) ?? "";
        if (!Ascii.IsValid(id))
        {
            violations.Add(Invalid(CorrelationHeader, $"{id.InQuotes} is not ASCII: use printable ASCII characters"));
            id = "";
        }

        return new(
            string.IsNullOrEmpty(who) ? Anonymous : who,
            id.Length > 0 ? id : Activity.Current?.TraceId.ToString() ?? Guid.CreateVersion7().ToString("N"),
            violations);
    }

    // The padding may be missing.
    private static bool IsBase64(string text)
    {
        var trimmed = text.Trim(' ', '=');
        return trimmed.Length % 4 != 1 && Convert.TryFromBase64String(
            trimmed.PadRight((trimmed.Length + 3) / 4 * 4, '='), new byte[trimmed.Length], out _);
    }

    // The value of a header, trimmed and in NFC; null when the header is absent or invalid.
    private static string? Read(string header, StringValues values, int maxLength, List<Violation> violations)
    {
        if (values.Count == 0) return null;
        var text = Texts.Canonical(values.ToString());
        string[] flaws = values.Count > 1
            ? [$"is given {values.Count} times: give it once"]
            : [.. Texts.Flaws(text, TextForm.Line, maxLength)];
        violations.AddRange(flaws.Select(flaw => Invalid(header, flaw)));
        return flaws.Length == 0 ? text : null;
    }

    private static Violation Invalid(string header, string flaw) => new(Reason.FieldInvalid, header, $"metadata {header} {flaw}");
}
