using System.Diagnostics;
using Grpc.Core;
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

    /// <summary>The caller of a call; the same object each time.</summary>
    public static Caller Of(ServerCallContext context)
    {
        if (context.UserState.TryGetValue(typeof(Caller), out var known)) return (Caller)known;
        var caller = Of(context.RequestHeaders.GetValue(ActorHeader) ?? "", context.RequestHeaders.GetValue(CorrelationHeader) ?? "");
        context.UserState[typeof(Caller)] = caller;
        return caller;
    }

    // Without a usable correlation id, the call gets that of its trace, or a new one.
    private static Caller Of(string actor, string correlation)
    {
        var violations = new List<Violation>();
        var who = Usable(ActorHeader, actor, MaxActorLength, "printable characters", c => !char.IsControl(c), violations);
        var id = Usable(
            CorrelationHeader, correlation, MaxCorrelationLength, "printable ASCII characters", c => c is >= ' ' and <= '~', violations);
        return new(who ?? Anonymous, id ?? Activity.Current?.TraceId.ToString() ?? Guid.CreateVersion7().ToString("N"), violations);
    }

    private static string? Usable(
        string header, string text, int maxLength, string allowedCharacters, Func<char, bool> isAllowed, List<Violation> violations)
    {
        if (text.Length <= maxLength && text.All(isAllowed)) return text.Length > 0 ? text : null;
        violations.Add(new(
            Reason.FieldInvalid, header, $"metadata {header} {text.InQuotes} is invalid: use up to {maxLength} {allowedCharacters}"));
        return null;
    }
}
