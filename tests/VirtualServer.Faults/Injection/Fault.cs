namespace VirtualServers.Faults.Injection;

/// <summary>A fault, injected and ended.</summary>
/// <param name="Name">For <c>--only</c>.</param>
/// <param name="Takes">How long at most, so that none begins too late; longer only while the service has not recovered.</param>
/// <param name="Inject">Returns what was seen.</param>
internal sealed record Fault(string Name, TimeSpan Takes, Func<Scene, Random, CancellationToken, Task<string>> Inject);

/// <summary>A fault that was injected.</summary>
internal sealed record Injected(string Name, TimeSpan From, TimeSpan To, DateTime Began, DateTime Ended, string Seen);

/// <summary>A node that led has died: the next one is to lead within two seconds.</summary>
/// <param name="Led">When the next one began to lead; null if it did not within a minute.</param>
/// <param name="IsUndisturbed">Whether no other fault held it up.</param>
internal sealed record Takeover(DateTime Died, DateTime? Led, string Cause, bool IsUndisturbed);
