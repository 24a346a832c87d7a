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

    /// <summary>The caller of a call; without a correlation id of its own it gets the trace's, or a new one.</summary>
    public static Caller Of(ServerCallContext context)
    {
        var violations = new List<Violation>();
        var actor = Read(context, ActorHeader, ActorLength, violations);
        var correlation = Read(context, CorrelationHeader, CorrelationLength, violations);
        return new(actor ?? Anonymous, correlation ?? Activity.Current?.TraceId.ToString() ?? Guid.CreateVersion7().ToString("N"), violations);
    }

    private static string? Read(ServerCallContext context, string header, int most, List<Violation> violations)
    {
        if (context.RequestHeaders.GetValue(header) is not { Length: > 0 } text) return null;
        if (text.Length <= most && text.All(c => c is >= ' ' and <= '~')) return text;
        violations.Add(new(Reason.FieldInvalid, header, $"metadata {header} {text.InQuotes} is not 1 to {most} printable ASCII characters"));
        return null;
    }
}
