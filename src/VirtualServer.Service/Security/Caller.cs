using System.Diagnostics;
using System.Text;
using Grpc.Core;
using Microsoft.Extensions.Primitives;
using VirtualServers.Domain;

namespace VirtualServers.Service.Security;

/// <summary>The caller of a call and its correlation id: stored with every change, and part of every log line.</summary>
/// <param name="Actor">Who acts: the authenticated subject, or whom it speaks for.</param>
/// <param name="Violations">
/// Errors in the metadata of the call. Actor and correlation id are then replaced by values that are safe to log.
/// </param>
public sealed record Caller(string Actor, string CorrelationId, IReadOnlyList<Violation> Violations)
{
    /// <summary>
    /// Request metadata that names the actor. Accepted from callers that may speak for others, and from every caller of a service without
    /// authentication, which is reachable from loopback only (Endpoints.cs).
    /// </summary>
    public const string ActorHeader = "x-actor";

    /// <summary>Request and response metadata with the correlation id.</summary>
    public const string CorrelationHeader = "x-correlation-id";

    private const int MaxCorrelationLength = 128;

    private const string BinarySuffix = "-bin";

    /// <summary>The subject of the credentials; empty when there are none.</summary>
    public string Subject { get; private init; } = "";

    /// <summary>The subject of the credentials when it speaks for the actor; otherwise empty.</summary>
    public string AuthenticatedAs { get; private init; } = "";

    /// <summary>The end of the credentials, and of the streams of the caller.</summary>
    public DateTimeOffset Until { get; private init; } = DateTimeOffset.MaxValue;

    /// <summary>
    /// The tenants whose objects the caller may read: those of its permission to read, and of the permission that the call requires.
    /// </summary>
    public TenantScope ReadScope { get; private init; } = TenantScope.All;

    /// <summary>The tenants whose objects the caller may change by this call.</summary>
    public TenantScope ChangeScope { get; private init; } = TenantScope.All;

    /// <summary>The same by id. Nothing of a tenant until the names in the scope are known (Queries/TenantNames.cs).</summary>
    public Tenants Reads { get; private init; } = Tenants.All;

    /// <inheritdoc cref="Reads"/>
    public Tenants Changes { get; private init; } = Tenants.All;

    /// <summary>What a stream is told when the credentials of its caller have ended.</summary>
    public static Violation Expired { get; } = new(
        Reason.Unauthenticated, "", "the credentials of the call have expired: call again with new ones");

    /// <summary>The caller of a call; the same object each time.</summary>
    public static Caller Of(ServerCallContext context) => Of(context.GetHttpContext());

    /// <summary>The caller of a request, which need not be a call that gRPC can read.</summary>
    public static Caller Of(HttpContext http) => (Caller)http.Items[typeof(Caller)]!;

    /// <summary>Makes an identity the caller of a request.</summary>
    /// <param name="required">The permission that the call requires, if any.</param>
    public static void Set(HttpContext http, Identity identity, Permission? required = null) =>
        http.Items[typeof(Caller)] = Of(http.Request.Headers, identity, required);

    /// <summary>Replaces the names in the scopes of the caller of a call by ids.</summary>
    public static void Limit(ServerCallContext context, Func<TenantScope, Tenants> known)
    {
        var caller = Of(context);
        context.GetHttpContext().Items[typeof(Caller)] =
            caller with { Reads = known(caller.ReadScope), Changes = known(caller.ChangeScope) };
    }

    // Reads the headers of the request: gRPC's own RequestHeaders throw at the first binary header that is not base64. Without a usable
    // correlation id, the call gets that of its trace, or a new one.
    private static Caller Of(IHeaderDictionary headers, Identity identity, Permission? required)
    {
        var violations = new List<Violation>();
        foreach (var (name, values) in headers)
        {
            if (name.EndsWith(BinarySuffix, StringComparison.OrdinalIgnoreCase) && !$"{values}".Split(',').All(IsBase64))
                violations.Add(Invalid(name, "is not base64: encode the bytes of the header in base64"));
        }

        var who = Read(ActorHeader, headers[ActorHeader], Identity.MaxLength, violations);
        if (who is "") violations.Add(Invalid(ActorHeader, "is blank: name the caller, or omit it"));
        if (string.IsNullOrEmpty(who)) who = identity.Subject;
        if (who != identity.Subject && identity.Access.Scope(Permission.OnBehalfOf) is null)
        {
            if (identity.IsProven) violations.Add(SpeaksForOthers(identity.Subject));
            who = identity.Subject;
        }

        var id = Read(CorrelationHeader, headers[CorrelationHeader], MaxCorrelationLength, violations) ?? "";
        if (!Ascii.IsValid(id))
        {
            violations.Add(Invalid(CorrelationHeader, $"{id.InQuotes} is not ASCII: use printable ASCII characters"));
            id = "";
        }

        var change = (required is { } permission ? identity.Access.Scope(permission) : null) ?? TenantScope.None;
        var read = (identity.Access.Scope(Permission.RegistryRead) ?? TenantScope.None).Or(change);
        return new(who, id.Length > 0 ? id : Activity.Current?.TraceId.ToString() ?? Guid.CreateVersion7().ToString("N"), violations)
        {
            Subject = identity.IsProven ? identity.Subject : "",
            AuthenticatedAs = identity.IsProven && who != identity.Subject ? identity.Subject : "",
            Until = identity.Until,
            ReadScope = read,
            ChangeScope = change,
            Reads = read.IsUnlimited ? Tenants.All : Tenants.Only(),
            Changes = change.IsUnlimited ? Tenants.All : Tenants.Only(),
        };
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

    private static Violation SpeaksForOthers(string subject) => new(
        Reason.PermissionDenied, "",
        $"metadata {ActorHeader} names another actor than {subject.InQuotes}, which lacks the permission "
        + $"{Permission.OnBehalfOf.Spelled()}: omit it, or use a role that has it");

    private static Violation Invalid(string header, string flaw) => new(Reason.FieldInvalid, header, $"metadata {header} {flaw}");
}
