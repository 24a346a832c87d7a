using System.Diagnostics;
using Grpc.Core;
using VirtualServers.Domain;

namespace VirtualServers.Service.Security;

/// <summary>Who asks, and under which correlation id: stored with every change, and in every log line.</summary>
public sealed record Caller(string Actor, string CorrelationId)
{
    /// <summary>Request metadata that says who asks. Trusted, because nothing but loopback can reach the service (Loopback.cs).</summary>
    public const string ActorHeader = "x-actor";

    /// <summary>Request and response metadata with the correlation id.</summary>
    public const string CorrelationHeader = "x-correlation-id";

    private const string Anonymous = "anonymous";
    private const int ActorLength = 255;
    private const int CorrelationLength = 128;

    /// <summary>The caller of a call; without a correlation id of its own it gets the trace's, or a new one.</summary>
    public static Caller Of(ServerCallContext context) => new(
        context.RequestHeaders.GetValue(ActorHeader) is { Length: > 0 } actor ? actor : Anonymous,
        context.RequestHeaders.GetValue(CorrelationHeader) is { Length: > 0 } given ? given : Activity.Current?.TraceId.ToString() ?? Guid.CreateVersion7().ToString("N"));

    /// <summary>What is wrong with what the caller said of itself.</summary>
    public IReadOnlyList<Violation> Violations =>
    [
        .. Actor.Length > ActorLength ? [new Violation(Reason.FieldInvalid, ActorHeader, $"metadata {ActorHeader} has {Actor.Length} characters: at most {ActorLength} are allowed")] : Array.Empty<Violation>(),
        .. CorrelationId.Length > CorrelationLength ? [new Violation(Reason.FieldInvalid, CorrelationHeader, $"metadata {CorrelationHeader} has {CorrelationId.Length} characters: at most {CorrelationLength} are allowed")] : Array.Empty<Violation>(),
    ];
}
