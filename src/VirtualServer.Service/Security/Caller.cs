using System.Diagnostics;
using Grpc.Core;
using VirtualServers.Domain;

namespace VirtualServers.Service.Security;

/// <summary>Who asks, and under which correlation id: stored with every change, and in every log line.</summary>
/// <param name="Violations">What is wrong with what the caller said of itself; it goes by other names then, which are safe to log and to answer.</param>
public sealed record Caller(string Actor, string CorrelationId, IReadOnlyList<Violation> Violations)
{
    /// <summary>Request metadata that says who asks. Trusted, because nothing but loopback can reach the service (Loopback.cs).</summary>
    public const string ActorHeader = "x-actor";

    /// <summary>Request and response metadata with the correlation id.</summary>
    public const string CorrelationHeader = "x-correlation-id";

    private const string Anonymous = "anonymous";
    private const int ActorLength = 255;
    private const int CorrelationLength = 128;

    /// <summary>The caller of a call: the same however often it is asked for.</summary>
    public static Caller Of(ServerCallContext context)
    {
        if (context.UserState.TryGetValue(typeof(Caller), out var known)) return (Caller)known;
        var caller = Of(context.RequestHeaders.GetValue(ActorHeader) ?? "", context.RequestHeaders.GetValue(CorrelationHeader) ?? "");
        context.UserState[typeof(Caller)] = caller;
        return caller;
    }

    // Without a correlation id, or with one that can't be sent back, it gets the trace's, or a new one.
    private static Caller Of(string actor, string correlation)
    {
        var violations = new List<Violation>();
        var who = Usable(ActorHeader, actor, ActorLength, "characters that can be printed", c => !char.IsControl(c), violations);
        var id = Usable(CorrelationHeader, correlation, CorrelationLength, "printable ASCII characters", c => c is >= ' ' and <= '~', violations);
        return new(who ?? Anonymous, id ?? Activity.Current?.TraceId.ToString() ?? Guid.CreateVersion7().ToString("N"), violations);
    }

    private static string? Usable(string header, string text, int most, string what, Func<char, bool> allowed, List<Violation> violations)
    {
        if (text.Length <= most && text.All(allowed)) return text.Length > 0 ? text : null;
        violations.Add(new(Reason.FieldInvalid, header, $"metadata {header} {text.InQuotes} is not up to {most} {what}"));
        return null;
    }
}
